#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

func logarithm10(_ x: Double) -> Double { log10(x) }
