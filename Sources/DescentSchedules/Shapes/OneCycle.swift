/// One-cycle (Smith & Topin 2018): up from peak/div to the peak, then down to peak/(div·finalDiv), over the whole run.
///
/// Convention: PyTorch's `OneCycleLR`, its edges included. With N steps and a warm-up of W steps (rounded half up) the
/// rate is peak/div at step 0, the peak exactly at step W − 1 and peak/(div·finalDiv) exactly at the last step N − 1;
/// with three phases it is back at peak/div at step 2W − 2. It equals PyTorch's where pct_start·N is whole; Optax puts
/// the peak at W and the end at N; fastai's final divisor is relative to the peak, not to peak/div.
public struct OneCycle: Sendable, Hashable {
  /// How a phase gets from one rate to the next.
  public enum Anneal: String, Sendable, Hashable, CaseIterable {
    case cosine
    case linear
  }

  /// The phase that ends at the peak.
  public var warmup: Length
  /// Peak over first rate, above 0.
  public var div: Double
  /// First rate over last rate, above 0.
  public var finalDiv: Double
  public var anneal: Anneal
  /// Down to the first rate as fast as it went up, then on to the last one.
  public var threePhase: Bool

  public init(
    warmup: Length = .percent(30), div: Double = 25, finalDiv: Double = 1e4, anneal: Anneal = .cosine,
    threePhase: Bool = false
  ) {
    self.warmup = warmup
    self.div = div
    self.finalDiv = finalDiv
    self.anneal = anneal
    self.threePhase = threePhase
  }

  var problem: String? {
    if let problem = warmup.problem { return problem }
    if !(div.isFinite && div > 0) { return "onecycle's div must be above 0, it is \(number(div))" }
    if !(finalDiv.isFinite && finalDiv > 0) { return "onecycle's final-div must be above 0, it is \(number(finalDiv))" }
    return nil
  }
}
