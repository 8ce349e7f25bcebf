/// Triangular cycles (Smith 2017; PyTorch's `CyclicLR`): low + (high − low)·s·scale, s up from 0 to 1 and back, scale
/// 1, 2^−cycle or gamma^u.
struct Triangles: Sendable, Hashable {
  var low: Double
  var high: Double
  var up: Double
  var down: Double
  /// The factor from cycle to cycle: 1 or ½.
  var perCycle: Double
  /// The factor from step to step: 1 or gamma.
  var perStep: Double

  init(_ cyclic: Cyclic, high: Double) {
    low = cyclic.low
    self.high = high
    up = Double(cyclic.up)
    down = Double(cyclic.down)
    perCycle = cyclic.mode == .triangular2 ? 0.5 : 1
    perStep = cyclic.mode == .expRange ? cyclic.gamma : 1
  }

  var period: Double { up + down }

  @inline(__always) func value(_ u: Double) -> Double {
    let cycle = (u / period).rounded(.down)
    let x = u - cycle * period
    let height = x <= up ? x / up : (period - x) / down
    var scale = height
    if perCycle != 1 { scale *= power(perCycle, cycle) }
    if perStep != 1 { scale *= power(perStep, u) }
    return low * (1 - scale) + high * scale
  }

  func integral(to u: Double) -> Double {
    let cycles = (u / period).rounded(.down)
    let rest = u - cycles * period
    let ratio = perCycle * power(perStep, period)
    let heights = area(to: period) * geometricSum(ratio, cycles) + power(ratio, cycles) * area(to: rest)
    return low * u + (high - low) * heights
  }

  /// ∫₀ˣ s(v)·perStep^v dv within the first cycle.
  private func area(to x: Double) -> Double {
    let slope = logarithm(perStep)
    let rise = min(x, up)
    var area = rise * rise / up * weightedRamp(slope * rise)
    if x > up {
      let fall = x - up
      let z = slope * fall
      let level = z == 0 ? 1 : exponentialMinusOne(z) / z
      area += power(perStep, up) * fall * (level - fall / down * weightedRamp(z))
    }
    return area
  }

  /// ∫₀¹ v·e^(zv) dv = (e^z(z − 1) + 1)/z², by its series near zero where that cancels.
  private func weightedRamp(_ z: Double) -> Double {
    if abs(z) > 1 { return ((z - 1) * exponentialMinusOne(z) + z) / (z * z) }
    var sum = 0.0
    var term = 1.0
    for n in 0..<24 {
      sum += term / Double(n + 2)
      term *= z / Double(n + 1)
    }
    return sum
  }
}
