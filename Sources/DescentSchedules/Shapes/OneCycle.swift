/// One-cycle (Smith & Topin 2018): up from peak/div to the peak, then down to peak/(div·finalDiv), over the whole run.
///
/// Convention: PyTorch's `OneCycleLR` with two cosine phases, its edges included. With N steps and a warm-up of W steps
/// (rounded half up) the rate is peak/div at step 0, the peak exactly at step W − 1 and peak/(div·finalDiv) exactly at
/// the last step N − 1. It equals PyTorch's where pct_start·N is whole; Optax puts the peak at W and the end at N;
/// fastai's final divisor is relative to the peak, not to peak/div.
public struct OneCycle: Sendable, Hashable {
  /// The phase that ends at the peak.
  public var warmup: Length
  /// Peak over first rate, above 0.
  public var div: Double
  /// First rate over last rate, above 0.
  public var finalDiv: Double

  public init(warmup: Length = .percent(30), div: Double = 25, finalDiv: Double = 1e4) {
    self.warmup = warmup
    self.div = div
    self.finalDiv = finalDiv
  }

  var problem: String? {
    if let problem = warmup.problem { return problem }
    if !(div.isFinite && div > 0) { return "onecycle's div must be above 0, it is \(number(div))" }
    if !(finalDiv.isFinite && finalDiv > 0) { return "onecycle's final-div must be above 0, it is \(number(finalDiv))" }
    return nil
  }
}
