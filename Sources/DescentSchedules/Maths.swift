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
