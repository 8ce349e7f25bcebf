/// A rule whose weight decay may act on the parameters beside its step, and can be taken out of it.
protocol DecouplesDecay: UpdateRule {
  var weightDecay: Double { get set }
  /// False where the decay is added to the gradient.
  var isDecayDecoupled: Bool { get }
}

extension DecouplesDecay {
  var isDecayDecoupled: Bool { true }
}

/// The same by a setting.
protocol MayDecoupleDecay: DecouplesDecay {
  var decoupled: Bool { get }
}

extension MayDecoupleDecay {
  var isDecayDecoupled: Bool { decoupled }
}

extension ACProp: DecouplesDecay {}
extension AdamP: DecouplesDecay {}
extension CAME: DecouplesDecay {}
extension Grams: DecouplesDecay {}
extension LaProp: DecouplesDecay {}
extension MARS: DecouplesDecay {}
extension Shampoo: DecouplesDecay {}
extension Sophia: DecouplesDecay {}
extension StableAdamW: DecouplesDecay {}

extension ADOPT: MayDecoupleDecay {}
extension AdEMAMix: MayDecoupleDecay {}
extension AdaBelief: MayDecoupleDecay {}
extension AdaBound: MayDecoupleDecay {}
extension Adadelta: MayDecoupleDecay {}
extension Adagrad: MayDecoupleDecay {}
extension Adam: MayDecoupleDecay {}
extension Adamax: MayDecoupleDecay {}
extension AggMo: MayDecoupleDecay {}
extension Ano: MayDecoupleDecay {}
extension Kate: MayDecoupleDecay {}
extension Lion: MayDecoupleDecay {}
extension MADGRAD: MayDecoupleDecay {}
extension MirrorMADGRAD: MayDecoupleDecay {}
extension NAdam: MayDecoupleDecay {}
extension PID: MayDecoupleDecay {}
extension QHAdam: MayDecoupleDecay {}
extension QHM: MayDecoupleDecay {}
extension RAdam: MayDecoupleDecay {}
extension RMSprop: MayDecoupleDecay {}
extension SGD: MayDecoupleDecay {}
extension SignSGD: MayDecoupleDecay {}
extension SimplifiedAdEMAMix: MayDecoupleDecay {}
extension Tiger: MayDecoupleDecay {}
extension Yogi: MayDecoupleDecay {}

extension UpdateRule {
  /// γ where the decay is decoupled, else 0.
  var decoupledDecay: Double {
    guard let rule = self as? any DecouplesDecay, rule.isDecayDecoupled else { return 0 }
    return rule.weightDecay
  }

  var withoutDecoupledDecay: any UpdateRule {
    guard var rule = self as? any DecouplesDecay, rule.isDecayDecoupled else { return self }
    rule.weightDecay = 0
    return rule
  }
}
