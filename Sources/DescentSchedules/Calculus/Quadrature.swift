/// ∫ f over [a, b] by double-exponential quadrature (Takahasi & Mori 1974), good to about 10⁻¹⁴ for a smooth f, roots and
/// powers at the ends included.
func quadrature(_ a: Double, _ b: Double, _ f: (Double) -> Double) -> Double {
  guard b > a else { return 0 }
  let width = 1.0 / 16
  var sum = CompensatedSum()
  for k in -64...64 {
    let t = Double(k) * width
    let s = Double.pi / 2 * hyperbolicSine(t)
    // The distance from the nearer end, so that roots there keep their accuracy.
    let near = (b - a) / (1 + exponential(2 * abs(s)))
    let x = s < 0 ? a + near : b - near
    let slope = hyperbolicCosine(t) / (hyperbolicCosine(s) * hyperbolicCosine(s))
    sum.add(f(x) * slope)
  }
  return sum.value * (b - a) / 2 * (Double.pi / 2) * width
}

/// A sum whose error does not grow with its terms (Neumaier 1974).
struct CompensatedSum {
  private var sum = 0.0
  private var lost = 0.0

  var value: Double { sum + lost }

  mutating func add(_ term: Double) {
    let next = sum + term
    // With an infinity the correction would be no number.
    if next.isFinite { lost += abs(sum) >= abs(term) ? (sum - next) + term : (term - next) + sum }
    sum = next
  }
}
