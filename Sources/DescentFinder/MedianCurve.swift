/// The point-wise median of repeats over their steps.
///
/// At a step the median is taken of the repeats that have it. A repeat that blew up before counts as above all others
/// (leaving it out would let the survivors flatter the curve), one that ran out of data or was interrupted is left
/// out. The curve ends before the first step whose median is not finite, that is once half of the repeats have blown
/// up.
func medianCurve(_ repeats: [RepeatResult], window: Int?) -> [CurvePoint] {
  var rates: [Double] = []
  var losses: [Double] = []
  for step in 0..<(repeats.map(\.curve.count).max() ?? 0) {
    var rate = 0.0
    let values = repeats.compactMap { result -> Double? in
      guard step < result.curve.count else { return result.stopped.isBlowUp ? .infinity : nil }
      rate = result.curve[step].rate
      let loss = result.curve[step].loss
      return loss.isFinite ? loss : .infinity
    }
    guard !values.isEmpty, case let middle = median(values), middle.isFinite else { break }
    rates.append(rate)
    losses.append(middle)
  }
  return makeCurve(rates: rates, losses: losses, window: window)
}
