internal import DescentSchedules

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Workload {
  /// A schedule's value beside the C library's function that it needs, and a million values at once.
  static let schedules: [Workload] =
    [
      evaluation("schedule-cosine", "one rate of a cosine over 10⁷ steps", "0.1: cosine"),
      function("libm-cos", "one cosine of the C library over as many angles") { cos(.pi * $0) },
      evaluation("schedule-polynomial", "one rate of a polynomial of power 0.9", "0.1: polynomial(0.9) to 0"),
      function("libm-pow", "one power of the C library") { pow($0, 0.9) },
      evaluation("schedule-linear", "one rate of a line, which needs no function", "0.1: linear to 0"),
      evaluation("schedule-five-pieces", "one rate of five lines in sequence", fiveLines),
    ]
    + millions.map { name, text in
      Workload("schedule-million-\(name)", "a million rates at once of \(text)") { _ in
        let schedule = try Schedule(parsing: text).resolved(peak: 0.1, horizon: Horizon(steps: 1_000_000))
        var rates = [Double](repeating: 0, count: 1_000_000)
        return { schedule.rates(in: 0..<1_000_000, into: &rates) }
      }
    }

  private static let fiveLines =
    "0.1: warmup 5% -> hold 35% -> linear 20% to 50% -> linear 20% to 10% -> linear to 0"

  /// One of the everyday schedules, and the dearest: two powers, a logarithm and a cosine, each with a sequence.
  private static let millions = [
    ("usual", "warmup 5% -> cosine to 1%"), ("k-polynomial", "warmup 5% -> k-polynomial(0.7, 1.3)"),
    ("jitter", "warmup 5% -> cosine | jitter 10% normal"), ("restarts", "restarts 100 x2 decay 0.5"),
  ]

  private static func evaluation(_ name: String, _ summary: String, _ text: String) -> Workload {
    Workload(name, summary, parts: 1000) { _ in
      let schedule = try Schedule(parsing: text).resolved(horizon: Horizon(steps: 10_000_000))
      return repeated { schedule.rate(at: $0) }
    }
  }

  private static func function(
    _ name: String, _ summary: String, _ value: @escaping @Sendable (Double) -> Double
  ) -> Workload {
    Workload(name, summary, parts: 1000) { _ in repeated { value(Double($0) / 1e7) } }
  }

  /// A thousand values at places all over the run.
  @inline(__always) private static func repeated(_ value: @escaping (Int) -> Double) -> () -> Void {
    var step = 0
    return {
      var sum = 0.0
      for _ in 0..<1000 {
        sum += value(step)
        step = (step + 9_973) % 10_000_000
      }
      precondition(!sum.isNaN, "keeps the sum from being optimised away")
    }
  }
}
