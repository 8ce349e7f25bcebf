internal import DescentSpecs

/// `timm.optim.create_optimizer_v2(model, 'cadamw', lr=1e-3)`: names for classes with settings.
enum TimmNames {
  static let factories = ["create_optimizer_v2", "create_optimizer"]

  /// The class, the settings that timm adds (in Python), and whether it takes the factory's momentum.
  private struct Named {
    var type: String
    var settings: String
    var takesMomentum: Bool

    init(_ type: String, _ settings: String = "", momentum: Bool = false) {
      self.type = type
      self.settings = settings
      takesMomentum = momentum
    }
  }

  private static let names: [String: Named] = [
    "sgd": Named("SGD", "nesterov=True", momentum: true),
    "nesterov": Named("SGD", "nesterov=True", momentum: true),
    "momentum": Named("SGD", "nesterov=False", momentum: true),
    "sgdw": Named("SGDW", "nesterov=True", momentum: true),
    "nesterovw": Named("SGDW", "nesterov=True", momentum: true),
    "csgdw": Named("SGDW", "nesterov=True, caution=True", momentum: true),
    "adam": Named("Adam"),
    "adamw": Named("AdamW"),
    "adamwlegacy": Named("AdamWLegacy"),
    "cadamw": Named("AdamWLegacy", "caution=True"),
    "adamp": Named("AdamP", "wd_ratio=0.01, nesterov=True"),
    "cadamp": Named("AdamP", "wd_ratio=0.01, nesterov=True, caution=True"),
    "adamax": Named("Adamax"),
    "nadam": Named("NAdam"),
    "nadamw": Named("NAdamW"),
    "cnadamw": Named("NAdamW", "caution=True"),
    "radam": Named("RAdam"),
    "radamw": Named("RAdam", "decoupled_weight_decay=True"),
    "adabelief": Named("AdaBelief", "rectify=False"),
    "radabelief": Named("AdaBelief", "rectify=True"),
    "adadelta": Named("Adadelta"),
    "adagrad": Named("Adagrad", "eps=1e-8"),
    "adan": Named("Adan", "no_prox=False"),
    "adanw": Named("Adan", "no_prox=True"),
    "cadan": Named("Adan", "caution=True, no_prox=False"),
    "cadanw": Named("Adan", "caution=True, no_prox=True"),
    "adopt": Named("Adopt"),
    "adoptw": Named("Adopt", "decoupled=True"),
    "cadopt": Named("Adopt", "caution=True"),
    "cadoptw": Named("Adopt", "decoupled=True, caution=True"),
    "lamb": Named("Lamb"),
    "lambc": Named("Lamb", "trust_clip=True"),
    "clamb": Named("Lamb", "caution=True"),
    "laprop": Named("LaProp"),
    "claprop": Named("LaProp", "caution=True"),
    "lars": Named("Lars", momentum: true),
    "larc": Named("Lars", "trust_clip=True", momentum: true),
    "nlars": Named("Lars", "nesterov=True", momentum: true),
    "nlarc": Named("Lars", "nesterov=True, trust_clip=True", momentum: true),
    "lion": Named("Lion"),
    "clion": Named("Lion", "caution=True"),
    "madgrad": Named("MADGRAD", momentum: true),
    "madgradw": Named("MADGRAD", "decoupled_decay=True", momentum: true),
    "mars": Named("Mars"),
    "cmars": Named("Mars", "caution=True"),
    "novograd": Named("NvNovoGrad"),
    "nvnovograd": Named("NvNovoGrad"),
    "rmsprop": Named("RMSprop", "alpha=0.9", momentum: true),
    "rmsproptf": Named("RMSpropTF", "alpha=0.9", momentum: true),
    "rmsproptfw": Named("RMSpropTF", "alpha=0.9, decoupled_decay=True", momentum: true),
    "crmsproptf": Named("RMSpropTF", "alpha=0.9, caution=True", momentum: true),
    "adafactor": Named("Adafactor"),
    "adahessian": Named("Adahessian"),
    "kron": Named("Kron"),
    "muon": Named("Muon"),
    "sgdp": Named("SGDP"),
  ]

  /// Arguments of the factory itself; any other is the class's.
  private static let own = [
    "model_or_params", "opt", "lr", "weight_decay", "momentum", "foreach", "filter_bias_and_bn",
  ]
  private static let perLayer = ["layer_decay", "layer_decay_min_scale", "layer_decay_no_opt_scale", "param_group_fn"]

  static func reading(
    of call: PythonCall, at position: Int, in context: LibraryOptimizerContext
  ) throws(SpecError) -> LibraryOptimizerContext.Result {
    func error(_ message: String, at place: Int) -> SpecError { SpecError(message, in: context.text, at: place) }
    var given: [String: PythonArgument] = [:]
    var order = own[...]
    for argument in call.arguments {
      if argument.label == nil, order.first == "model_or_params", case .text = argument.value.value {
        order.removeFirst()
      }
      guard let name = argument.label ?? order.popFirst() else {
        throw error("\(call.name) takes no more arguments without their names", at: argument.position)
      }
      if perLayer.contains(name), argument.value.value != .none {
        throw error(
          "\(call.name): \(name) gives every layer a rate of its own, which cannot be followed", at: argument.position)
      }
      guard given.updateValue(argument, forKey: name) == nil else {
        throw error("\(call.name): \(name) is given twice", at: argument.position)
      }
    }
    let place = given["opt"]?.position ?? position
    let written = given["opt"]?.value.value ?? .text("sgd")
    guard case .text(let text) = written else {
      throw error("\(call.name): opt must be a name such as 'adamw', not \(written.kind)", at: place)
    }
    let parts = text.lowercased().split(separator: "_").map(String.init)
    if parts.first == "lookahead", parts.count > 1 {
      throw error(
        "\(text) cannot be followed: timm's slow weights begin at the first synchronization, ours at the start",
        at: place)
    }
    guard parts.count == 1, let named = names[parts[0]] else {
      let known = names.keys.sorted()
      throw error(
        "timm has no optimizer '\(text)' that can be read here; \(suggestion(for: text, among: known))", at: place)
    }
    let inner = try arguments(for: named, given, at: position)
    var result = try context.reading(of: PythonCall(path: named.type, arguments: inner), at: position)
    if result.optimizer.value("weightDecay") > 0 {
      result.notes.append("For a model, timm leaves vectors without weight decay (filter_bias_and_bn); here all decay.")
    }
    return result
  }

  /// What the factory calls the class with.
  private static func arguments(
    for named: Named, _ given: [String: PythonArgument], at position: Int
  ) throws(SpecError) -> [PythonArgument] {
    var arguments: [String: PythonExpression] = [
      "weight_decay": PythonExpression(value: .real(0), position: position)
    ]
    if named.takesMomentum { arguments["momentum"] = PythonExpression(value: .real(0.9), position: position) }
    let settings = try PythonReader.call(in: "f(\(named.settings))", suchAs: "f(a=1)").call
    for setting in settings.arguments {
      guard let label = setting.label else { continue }
      arguments[label] = PythonExpression(value: setting.value.value, position: position)
    }
    for (name, argument) in given {
      if own.prefix(2).contains(name) || perLayer.contains(name) || name == "filter_bias_and_bn" { continue }
      if name == "momentum", !named.takesMomentum { continue }
      if name == "lr", argument.value.value == .none { continue }
      arguments[name] = argument.value
    }
    return arguments.sorted { $0.key < $1.key }.map {
      PythonArgument(label: $0.key, value: $0.value, position: $0.value.position)
    }
  }
}
