#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The x for which a standard normal variable is below x with `probability`.
///
/// - Domain: 0 < p < 1; p = 0 and p = 1 give −∞ and ∞, anything else not-a-number.
/// - Accuracy: relative error about 10⁻¹⁵.
/// - Source: Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37
///   (1988), PPND16. The body (|p − ½| ≤ 0.425) uses arithmetic only, the tails one logarithm.
public func normalQuantile(_ probability: Double) -> Double {
  let q = probability - 0.5
  if abs(q) <= 0.425 {
    let r = 0.180625 - q * q
    return q * polynomial(bodyNumerator, r) / polynomial(bodyDenominator, r)
  }
  let tail = min(probability, 1 - probability)
  guard tail > 0 else {
    return tail == 0 ? (q < 0 ? -Double.infinity : .infinity) : .nan
  }
  let r = (-log(tail)).squareRoot()
  let x =
    r <= 5
    ? polynomial(tailNumerator, r - 1.6) / polynomial(tailDenominator, r - 1.6)
    : polynomial(farNumerator, r - 5) / polynomial(farDenominator, r - 5)
  return q < 0 ? -x : x
}

// Seven-degree polynomials, constant term first.
private typealias Coefficients = (Double, Double, Double, Double, Double, Double, Double, Double)

@inline(always) private func polynomial(_ c: Coefficients, _ x: Double) -> Double {
  ((((((c.7 * x + c.6) * x + c.5) * x + c.4) * x + c.3) * x + c.2) * x + c.1) * x + c.0
}

private let bodyNumerator: Coefficients = (
  3.3871328727963666080, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
  4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3
)
private let bodyDenominator: Coefficients = (
  1, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
  2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3
)
private let tailNumerator: Coefficients = (
  1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
  1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4
)
private let tailDenominator: Coefficients = (
  1, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1,
  1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9
)
private let farNumerator: Coefficients = (
  6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 2.96560571828504891230e-1,
  2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7
)
private let farDenominator: Coefficients = (
  1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
  7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15
)
