/// Which layer each parameter belongs to, by its name and the order of the layout.
///
/// A layer's name is the part of the parameter's name up to the first component that is a number (`blocks.3` of
/// `blocks.3.attn.weight`), or else the first component (`layer0`, `block1`, `embedding`). Layers are numbered from 0 in
/// the order they first appear. One whose parameters are all vectors (a norm between or after others) belongs to the one
/// before it, as in timm's grouping.
public struct LayerDepths: Sendable, Hashable {
  /// Of each parameter, in their order, from 0.
  public let depths: [Int]
  /// The deepest layer's number.
  public let last: Int

  public init(of parameters: [PlanParameter]) {
    let names = parameters.map { Self.layer(of: $0.name) }
    let withMatrices = Set(zip(names, parameters).filter { $0.1.shape.count > 1 }.map(\.0))
    var known: [String: Int] = [:]
    var current = -1
    depths = names.map { name in
      if let depth = known[name] { return depth }
      if current < 0 || withMatrices.contains(name) { current += 1 }
      known[name] = current
      return current
    }
    last = max(current, 0)
  }

  static func layer(of name: String) -> String {
    let components = name.split(separator: ".", omittingEmptySubsequences: false)
    let number = components.firstIndex { !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } } ?? 0
    return components[...number].joined(separator: ".")
  }

  /// max(decay^(last − depth), minimum): the factor on the rate of layer `depth` (timm's `param_groups_layer_decay`).
  public func factor(ofLayer depth: Int, decay: Double, minimum: Double = 0) -> Double {
    max(power(decay, Double(last - depth)), minimum)
  }
}
