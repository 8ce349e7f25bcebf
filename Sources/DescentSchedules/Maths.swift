#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// The C maths library under names that say what they are; one place for the platform's import.

func sine(_ x: Double) -> Double { sin(x) }
func cosine(_ x: Double) -> Double { cos(x) }
func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }
/// xʸ without the C library where y is 1, 2 or ½, as it mostly is.
@inline(__always) func usualPower(_ x: Double, _ y: Double) -> Double {
  if y == 2 { return x * x }
  if y == 0.5 { return x.squareRoot() }
  return y == 1 ? x : pow(x, y)
}
/// xʸ for 0 ≤ x ≤ 1 and a moderate y > 0, by eʸ ˡⁿ ˣ: three quarters of pow's time for some units in the last place more
/// error, which a rate between two levels does not show.
@inline(__always) func quickPower(_ x: Double, _ y: Double) -> Double {
  if y == 2 { return x * x }
  if y == 0.5 { return x.squareRoot() }
  return y == 1 ? x : exp(y * log(x))
}
func logarithm(_ x: Double) -> Double { log(x) }
/// ln(1 + x), accurate for small x.
func logarithmOnePlus(_ x: Double) -> Double { log1p(x) }
/// eˣ − 1, accurate for small x.
func exponentialMinusOne(_ x: Double) -> Double { expm1(x) }
/// eˣ.
func exponential(_ x: Double) -> Double { exp(x) }
/// The hyperbolic tangent.
func tangent(_ x: Double) -> Double { tanh(x) }
func hyperbolicCosine(_ x: Double) -> Double { cosh(x) }
func hyperbolicSine(_ x: Double) -> Double { sinh(x) }
