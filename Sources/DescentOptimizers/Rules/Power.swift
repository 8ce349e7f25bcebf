#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// base^exponent for base > 0 and any exponent.
func power(_ base: Double, _ exponent: Double) -> Double { exponent == 0 ? 1 : pow(base, exponent) }

/// Natural.
func logarithm(_ x: Double) -> Double { log(x) }

func exponential(_ x: Double) -> Double { exp(x) }

/// ∛x.
func cubeRoot(_ x: Double) -> Double { cbrt(x) }

/// base^exponent by squaring, for exponent ≥ 0; exact to a few units in the last place.
func power(_ base: Double, _ exponent: Int) -> Double {
  var result = 1.0
  var square = base
  var rest = exponent
  while rest > 0 {
    if rest & 1 == 1 { result *= square }
    square *= square
    rest >>= 1
  }
  return result
}
