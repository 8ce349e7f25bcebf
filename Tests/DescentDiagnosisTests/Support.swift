import DescentCore
import DescentDiagnosis

/// Numbers that look random and are the same every time.
struct Noise {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  /// Uniform on −1 ..< 1.
  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) / Double(1 << 52) - 1
  }
}

/// A log of losses at a constant rate, or at the rates given.
func log(
  _ losses: [Double], rates: [Double]? = nil, every: Int = 1,
  more: (Int) -> [(name: String, value: Double)] = { _ in [] }
) -> RunLog {
  var log = RunLog()
  for (row, loss) in losses.enumerated() {
    log.append(step: row * every, [("loss", loss), ("lr", rates?[row] ?? 0.1)] + more(row))
  }
  return log
}

/// A loss that comes down from 3 to 0.5, with noise, and rests.
func healthyLosses(_ count: Int = 1000, seed: UInt64 = 1, noise: Double = 0.05) -> [Double] {
  var random = Noise(seed)
  return (0..<count).map { row in
    let share = Double(row) / Double(count)
    return 0.5 + 2.5 / (1 + 800 * share * share) + noise * random.next()
  }
}

func found(_ code: FindingCode, in log: RunLog) -> Finding? {
  Diagnosis(log).findings.first { $0.code == code }
}

/// The same losses in another unit.
func scaled(_ losses: [Double], by factor: Double, plus shift: Double) -> [Double] {
  losses.map { $0 * factor + shift }
}
