#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

func logarithm10(_ x: Double) -> Double { log10(x) }

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

func exponential(_ x: Double) -> Double { exp(x) }

/// The mean; infinite, as of a loss that nobody measured, where there are none.
func mean(_ values: [Double]) -> Double {
  values.isEmpty ? .infinity : values.reduce(0, +) / Double(values.count)
}
