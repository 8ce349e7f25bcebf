#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// eˣ.
func exponential(_ x: Double) -> Double { exp(x) }

/// log₂ x.
func logarithm2(_ x: Double) -> Double { log2(x) }

/// The q-quantile of some numbers, linear between order statistics; nil of none.
func quantile(_ q: Double, of values: some Sequence<Double>) -> Double? {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return nil }
  let place = q * Double(sorted.count - 1)
  let index = min(Int(place), sorted.count - 1)
  let next = min(index + 1, sorted.count - 1)
  return sorted[index] + (place - Double(index)) * (sorted[next] - sorted[index])
}
