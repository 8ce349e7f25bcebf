extension DAdaptation {
  /// √(1 − β₂ᵗ)/(1 − β₁ᵗ), or 1 without bias correction.
  func adamCorrection(afterStep t: Int) -> Double {
    guard inner.value("biasCorrection") != 0 else { return 1 }
    return (1 - power(inner.value("beta2"), t)).squareRoot() / (1 - power(inner.value("beta1"), t))
  }

  func updateAdam<S: UpdateScalar>(_ step: VectorStep<S>) {
    let scale = step.scalars[Number.d] * adamCorrection(afterStep: step.step + 1)
    let root = inner.value("beta2").squareRoot()
    var (numerator, length) = (0.0, 0.0)
    step.forEachSlice(of: self) { slice, rule in
      guard slice.rate > 0 else { return }
      let rate = scale * slice.rate
      let inner = rule.inner
      let coupled = S(inner.value("decoupled") != 0 ? 0 : inner.value("weightDecay"))
      let (s, m, v) = (slice.vectors(Place.s), slice.vectors(Place.m), slice.vectors(Place.v))
      let (beta1, beta2) = (S(inner.value("beta1")), S(inner.value("beta2")))
      let fresh1 = S(rate * (1 - inner.value("beta1")))
      let fresh2 = S(1 - inner.value("beta2"))
      let epsilon = S(inner.value("epsilon"))
      let keep = S(root)
      let fresh = S(rate * (1 - root))
      let found = slice.sums { i, g, w in
        let g = g + coupled * w
        let along = g * (s[i] / (v[i].squareRoot() + epsilon))
        m[i] = beta1 * m[i] + fresh1 * g
        v[i] = beta2 * v[i] + fresh2 * g * g
        s[i] = keep * s[i] + fresh * g
        return (along, s[i].magnitude)
      }
      numerator += rate * found.0
      length += found.1
    }
    // A gradient of nothing but zeros so far says nothing.
    guard length != 0 else { return }
    step.scalars[Number.numerator] = root * step.scalars[Number.numerator] + (1 - root) * numerator
    step.scalars[Number.rate] = scale * step.learningRate
    raise(to: step.scalars[Number.numerator] / ((1 - root) * length), step)
    step.forEachSlice(of: self) { slice, rule in
      let inner = rule.inner
      let (m, v) = (slice.vectors(Place.m), slice.vectors(Place.v))
      let decay = inner.value("decoupled") != 0 ? inner.value("weightDecay") : 0
      let keep = S(1 - scale * slice.rate * decay)
      let epsilon = S(inner.value("epsilon"))
      slice.forEachTile { tile in
        for i in tile {
          var w = tile.parameters[i]
          w = keep * w - m[i] / (v[i].squareRoot() + epsilon)
          tile.parameters[i] = w
        }
      }
    }
  }

  func updateLion<S: UpdateScalar>(_ step: VectorStep<S>) {
    let d = step.scalars[Number.d]
    let root = inner.value("beta2").squareRoot()
    var (numerator, length) = (0.0, 0.0)
    step.forEachSlice(of: self) { slice, rule in
      let rate = d * slice.rate
      let inner = rule.inner
      let (s, m, parameters) = (slice.vectors(Place.s), slice.vectors(Place.m), VectorArray(slice.parameters))
      let decoupled = inner.value("decoupled") != 0
      let coupled = S(decoupled ? 0 : inner.value("weightDecay"))
      let keepWeights = S(1 - (decoupled ? rate * inner.value("weightDecay") : 0))
      let (beta1, beta2) = (S(inner.value("beta1")), S(inner.value("beta2")))
      let fresh1 = S(1 - inner.value("beta1"))
      let fresh2 = S(rate * (1 - inner.value("beta2")))
      let (keep, fresh, along) = (S(root), S(rate * (1 - root)), S(rate))
      let found = slice.sums { i, g, w in
        let g = g + coupled * w
        let u = (beta1 * m[i] + fresh1 * g).sign
        parameters[i] = keepWeights * w - along * u
        m[i] = beta2 * m[i] + fresh2 * g
        let product = u * s[i]
        s[i] = keep * s[i] + fresh * u
        return (product, s[i].magnitude)
      }
      numerator += rate * found.0
      length += found.1
    }
    guard length != 0 else { return }
    step.scalars[Number.numerator] = root * step.scalars[Number.numerator] + (1 - root) * numerator
    step.scalars[Number.rate] = d * step.learningRate
    raise(to: step.scalars[Number.numerator] / ((1 - root) * length), step)
  }
}
