extension DAdaptation {
  func updateAdan<S: UpdateScalar>(_ step: VectorStep<S>) {
    if step.step == 0 { step.vectors(Place.last).base.update(from: step.gradient, count: step.count) }
    let d = step.scalars[Number.d]
    let beta3 = inner.value("beta3", or: 0.99)
    var (weighted, length, squares) = (0.0, 0.0, 0.0)
    step.forEachSlice(of: self) { slice, rule in
      let rate = d * slice.rate
      let inner = rule.inner
      let (s, m, v) = (slice.vectors(Place.s), slice.vectors(Place.m), slice.vectors(Place.v))
      let (difference, last) = (slice.vectors(Place.difference), slice.vectors(Place.last))
      let (beta1, beta2, keep) = (S(inner.value("beta1")), S(inner.value("beta2")), S(beta3))
      let fresh1 = S(rate * (1 - inner.value("beta1")))
      let fresh2 = S(rate * (1 - inner.value("beta2")))
      let (fresh3, fresh) = (S(1 - beta3), S(rate * (1 - beta3)))
      let epsilon = S(inner.value("epsilon"))
      let found = slice.sums { i, g, _ in
        let change = g - last[i]
        let u = g + beta2 * change
        m[i] = beta1 * m[i] + fresh1 * g
        difference[i] = beta2 * difference[i] + fresh2 * change
        v[i] = keep * v[i] + fresh3 * u * u
        s[i] = keep * s[i] + fresh * g
        last[i] = g
        let root = v[i].squareRoot() + epsilon
        return (g * g / root, s[i] * s[i] / root)
      }
      squares += rate * rate * found.0
      weighted += found.1
      length += slice.sum { i, _, _ in s[i].magnitude }
    }
    guard length != 0 else { return }
    step.scalars[Number.squares] = beta3 * step.scalars[Number.squares] + (1 - beta3) * squares
    step.scalars[Number.rate] = d * step.learningRate
    if step.learningRate > 0 {
      raise(to: (weighted / (1 - beta3) - step.scalars[Number.squares]) / length, step)
    }
    step.forEachSlice(of: self) { slice, rule in
      let inner = rule.inner
      let (m, v, difference) = (slice.vectors(Place.m), slice.vectors(Place.v), slice.vectors(Place.difference))
      let beta2 = S(inner.value("beta2"))
      let epsilon = S(inner.value("epsilon"))
      let shrink = S(1 / (1 + d * slice.rate * inner.value("weightDecay")))
      slice.forEachTile { tile in
        for i in tile {
          var w = tile.parameters[i]
          w = shrink * (w - (m[i] + beta2 * difference[i]) / (v[i].squareRoot() + epsilon))
          tile.parameters[i] = w
        }
      }
    }
  }
}
