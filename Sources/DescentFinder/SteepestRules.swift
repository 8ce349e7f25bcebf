/// s₀ = L₀, sₖ = 0.05·Lₖ + 0.95·sₖ₋₁: the smoothing of pytorch-lr-finder and Ignite.
private func runningAverage(_ raw: [Double]) -> [Double] {
  var smooth: [Double] = []
  for loss in raw { smooth.append(smooth.last.map { 0.05 * loss + (1 - 0.05) * $0 } ?? loss) }
  return smooth
}

/// `LRFinder.plot` with its own cut of 10 points at the start and 5 at the end; raises with fewer than 17 points.
func steepestByTorchLRFinder(_ rates: [Double], _ raw: [Double]) -> Double? {
  guard raw.count >= 17 else { return nil }
  let kept = pythonSlice(raw.count, from: 10, dropping: 5)
  return argmin(unitGradient(Array(runningAverage(raw)[kept]))).map { rates[kept.lowerBound + $0] }
}

/// Ignite's choice: the losses up to the lowest (found in Float32), their inner central differences, the steepest.
func steepestByIgnite(_ rates: [Double], _ raw: [Double]) -> Double? {
  let smooth = runningAverage(raw)
  guard let lowest = argmin(smooth.map { Float($0) }), lowest >= 2 else { return nil }
  return argmin((1..<lowest).map { Float(0.5 * (smooth[$0 + 1] - smooth[$0 - 1])) }).map { rates[$0 + 1] }
}

/// Lightning's suggestion: drop 10 points at the start and 1 at the end, then those not finite, and take the
/// steepest.
///
/// Its average corrects its bias by 1 − β^(k+2) instead of 1 − β^(k+1), so that it starts at half the first loss and
/// rises.
func steepestByLightning(_ rates: [Double], _ raw: [Double], againstRate: Bool) -> Double? {
  var smooth: [Double] = []
  var average = 0.0
  var power = 0.98
  for loss in raw {
    average = 0.98 * average + (1 - 0.98) * loss
    power *= 0.98
    smooth.append(average / (1 - power))
  }
  let kept = pythonSlice(raw.count, from: 10, dropping: 1)
  let finite = kept.filter { Float(smooth[$0]).isFinite }
  guard finite.count >= 2 else { return nil }
  let losses = finite.map { Float(smooth[$0]) }
  if againstRate {
    return argmin(gradient(losses, at: finite.map { Float(rates[$0]) })).map { rates[finite[$0]] }
  }
  // Version 2.5.2 counts the index it found from 10, as if nothing had been dropped.
  return argmin(unitGradient(losses)).map { rates[kept.lowerBound + $0] }
}

/// `torch.gradient(y, spacing=[x])` in Float32, in its order of operations.
private func gradient(_ y: [Float], at x: [Float]) -> [Float] {
  y.indices.map { i in
    if i == 0 { return (y[1] - y[0]) / (x[1] - x[0]) }
    let before = x[i] - x[i - 1]
    if i == y.count - 1 { return (y[i] - y[i - 1]) / before }
    let after = x[i + 1] - x[i]
    let left = -after / (before * (before + after))
    let centre = (after - before) / (before * after)
    let right = before / (after * (before + after))
    return left * y[i - 1] + centre * y[i] + right * y[i + 1]
  }
}
