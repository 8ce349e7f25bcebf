/// The two ways of weight decay as the numbers of one step: d = g + coupled·w, and w ← keep·w − ….
struct WeightDecay<S: UpdateScalar> {
  let coupled: S
  let keep: S

  @inline(__always)
  init(_ decay: Double, decoupled: Bool, rate: Double) {
    coupled = S(decoupled ? 0 : decay)
    keep = S(decoupled ? 1 - rate * decay : 1)
  }
}

/// The curvature at which the slowest unstable motion, a change of sign in every step, neither grows nor shrinks.
///
/// A rule that is linear in the gradient (and in P⁻¹·g, where it divides by a P that is taken as it stands) answers a
/// gradient of alternating sign, gₜ = (−1)ᵗ, with an update c·gₜ. Such a motion is kept alive where c·η·(h + γ) = 1 + a, with
/// a = 1 − ηγ and no γ on the left where the decay is decoupled. For averages of gradients this is where the iteration
/// turns unstable.
///
/// - Parameter response: c: 1 for plain descent, 1/(1 + μ) for heavy ball, (1 − β)/(1 + β) for an average.
func alternatingThreshold(response: Double, rate: Double, weightDecay: Double, decoupled: Bool) -> Double {
  (decoupled ? 2 - rate * weightDecay : 2) / (response * rate) - (decoupled ? 0 : weightDecay)
}
