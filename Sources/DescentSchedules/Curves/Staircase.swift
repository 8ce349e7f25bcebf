/// from·factor^⌊u/every⌋, not past `limit`: a floor for factors up to 1, a ceiling above.
struct Staircase: Sendable, Hashable {
  var from: Double
  var factor: Double
  var every: Int
  var limit: Double

  @inline(__always) func value(_ u: Double) -> Double { stair((u / Double(every)).rounded(.down)) }

  /// The value just before u: at a stair's edge the upper one.
  func valueBefore(_ u: Double) -> Double { stair(max((u / Double(every)).rounded(.up) - 1, 0)) }

  func integral(to u: Double) -> Double {
    let width = Double(every)
    let whole = (u / width).rounded(.down)
    let free = min(whole, freeStairs)
    let bound = whole > free ? (whole - free) * width * limit : 0
    return from * width * geometricSum(factor, free) + bound + (u - whole * width) * stair(whole)
  }

  private func stair(_ index: Double) -> Double {
    let rate = from * power(factor, index)
    return factor > 1 ? min(rate, limit) : max(rate, limit)
  }

  /// How many stairs lie before the limit; infinite if all do.
  private var freeStairs: Double {
    if factor > 1 ? from >= limit : from <= limit { return 0 }
    guard limit > 0, limit.isFinite, factor != 1 else { return .infinity }
    return (logarithm(limit / from) / logarithm(factor)).rounded(.up)
  }
}
