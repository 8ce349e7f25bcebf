/// A line search for a point that meets the strong Wolfe conditions, by cubic interpolation.
///
/// Along φ(t) = f(x + t·d): φ(t) ≤ φ(0) + c₁·t·φ'(0) and |φ'(t)| ≤ c₂·|φ'(0)|, c₁ = 10⁻⁴, c₂ = 0.9.
/// Source: Nocedal and Wright, Numerical Optimization, algorithms 3.5 and 3.6, with the interpolation of Moré and Thuente
/// safeguarded as in minFunc and `torch.optim.LBFGS`, whose trial points these are.
struct WolfeSearch {
  /// A trial: t, φ(t), φ'(t), and which of the gradients' places holds its gradient.
  struct Trial {
    var t: Double
    var loss: Double
    var slope: Double
    var place: Int
  }

  static let c1 = 1e-4
  static let c2 = 0.9
  /// A bracket shorter than this, in parameter units along the longest element of d, is not divided further.
  static let shortest = 1e-9

  /// Places for gradients that a search needs, the start's in place 0.
  static let places = 4

  /// - Parameters:
  ///   - start: t = 0.
  ///   - first: the first t.
  ///   - largest: of |d|.
  ///   - evaluations: after the first trial.
  ///   - evaluate: φ and φ' at t; the gradient goes to the place.
  /// - Returns: the best trial, and how often it evaluated.
  @inline(__always)
  static func search(
    from start: Trial, first: Double, largest: Double, evaluations: Int,
    evaluate: (_ t: Double, _ place: Int) throws(OptimizerError) -> (loss: Double, slope: Double)
  ) throws(OptimizerError) -> (best: Trial, evaluations: Int) {
    func trial(_ t: Double, _ place: Int) throws(OptimizerError) -> Trial {
      let (loss, slope) = try evaluate(t, place)
      return Trial(t: t, loss: loss, slope: slope, place: place)
    }
    var count = 1
    var iterations = 0
    var previous = start
    var now = try trial(first, 1)
    var bracket: (Trial, Trial)?
    while iterations < evaluations {
      // Written so that a loss that is not a number counts as too large.
      if !(now.loss <= start.loss + c1 * now.t * start.slope) || (iterations > 1 && now.loss >= previous.loss) {
        bracket = (previous, now)
        break
      }
      if abs(now.slope) <= -c2 * start.slope { return (now, count) }
      if now.slope >= 0 {
        bracket = (previous, now)
        break
      }
      let (nearest, farthest) = (now.t + 0.01 * (now.t - previous.t), now.t * 10)
      let t = minimum(previous, now, within: (nearest, farthest))
      let place = free(besides: [start, now])
      previous = now
      now = try trial(t, place)
      count += 1
      iterations += 1
    }
    var (a, b) = bracket ?? (start, now)
    var aIsLow = !(b.loss < a.loss)
    var stalled = false
    while iterations < evaluations {
      if abs(b.t - a.t) * largest < shortest { break }
      var t = minimum(a, b)
      let (low, high) = (min(a.t, b.t), max(a.t, b.t))
      // Close to an end twice in a row, or beyond it: a tenth of the way in.
      let margin = 0.1 * (high - low)
      if min(high - t, t - low) < margin {
        if stalled || t >= high || t <= low {
          t = abs(t - high) < abs(t - low) ? high - margin : low + margin
          stalled = false
        } else {
          stalled = true
        }
      } else {
        stalled = false
      }
      let new = try trial(t, free(besides: [start, a, b]))
      count += 1
      iterations += 1
      let best = aIsLow ? a : b
      if !(new.loss <= start.loss + c1 * t * start.slope && new.loss < best.loss) {
        if aIsLow { b = new } else { a = new }
        aIsLow = !(b.loss < a.loss)
      } else {
        if abs(new.slope) <= -c2 * start.slope { return (new, count) }
        let other = aIsLow ? b : a
        if new.slope * (other.t - best.t) >= 0 {
          if aIsLow { b = best } else { a = best }
        }
        if aIsLow { a = new } else { b = new }
      }
    }
    return (aIsLow ? a : b, count)
  }

  private static func free(besides trials: [Trial]) -> Int {
    (1..<places).first { place in !trials.contains { $0.place == place } } ?? places - 1
  }

  /// The minimum of the cubic through two trials, within bounds; their middle where it has none.
  static func minimum(_ a: Trial, _ b: Trial, within bounds: (Double, Double)? = nil) -> Double {
    let (low, high) = bounds ?? (min(a.t, b.t), max(a.t, b.t))
    let d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.t - b.t)
    let square = d1 * d1 - a.slope * b.slope
    guard square >= 0 else { return (low + high) / 2 }
    let d2 = square.squareRoot()
    let t =
      a.t <= b.t
      ? b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
      : a.t - (a.t - b.t) * ((a.slope + d2 - d1) / (a.slope - b.slope + 2 * d2))
    return t.isFinite ? min(max(t, low), high) : (low + high) / 2
  }
}
