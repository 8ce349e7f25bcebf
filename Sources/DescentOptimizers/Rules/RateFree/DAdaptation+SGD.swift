extension DAdaptation {
  func updateSGD<S: UpdateScalar>(_ step: VectorStep<S>) {
    if step.step == 0 { step.keepParameters(in: step.vectors(Place.start)) }
    if step.scalars[Number.firstNorm] == 0 {
      // Without the decay, as in the authors' package.
      var squares = 0.0
      step.forEachSlice(of: self) { slice, _ in if slice.rate > 0 { squares += slice.sum { _, g, _ in g * g } } }
      step.scalars[Number.firstNorm] = squares.squareRoot()
    }
    let scale = step.scalars[Number.d] / step.scalars[Number.firstNorm]
    guard scale.isFinite else { return }
    var squares = 0.0
    step.forEachSlice(of: self) { slice, rule in
      guard slice.rate > 0 else { return }
      let decay = S(rule.inner.value("weightDecay"))
      let s = slice.vectors(Place.s)
      let rate = S(scale * slice.rate)
      let found = slice.sums { i, g, w in
        let g = g + decay * w
        let along = g * s[i]
        s[i] = s[i] + rate * g
        return (along, s[i] * s[i])
      }
      step.scalars[Number.numerator] += scale * slice.rate * found.0
      squares += found.1
    }
    guard squares != 0 else { return }
    step.scalars[Number.rate] = scale * step.learningRate
    raise(to: 2 * step.scalars[Number.numerator] / squares.squareRoot(), step)
    step.forEachSlice(of: self) { slice, rule in
      let (s, start) = (slice.vectors(Place.s), slice.vectors(Place.start))
      let momentum = rule.inner.value("momentum")
      let (keep, fresh) = (S(momentum), S(1 - momentum))
      slice.forEachTile { tile in
        for i in tile {
          var w = tile.parameters[i]
          w = keep * w + fresh * (start[i] - s[i])
          tile.parameters[i] = w
        }
      }
    }
  }

  func updateAdagrad<S: UpdateScalar>(_ step: VectorStep<S>) {
    if step.step == 0 { step.keepParameters(in: step.vectors(Place.start)) }
    let d = step.scalars[Number.d]
    var (weighted, length) = (0.0, 0.0)
    step.forEachSlice(of: self) { slice, rule in
      let (s, sum) = (slice.vectors(Place.s), slice.vectors(Place.sum))
      let decay = S(rule.inner.value("weightDecay"))
      let epsilon = S(rule.inner.value("epsilon"))
      let rate = S(d * slice.rate)
      let found = slice.sums { i, g, w in
        let g = g + decay * w
        sum[i] = sum[i] + g * g
        s[i] = s[i] + rate * g
        let root = sum[i].squareRoot() + epsilon
        return (g * g / root, s[i] * s[i] / root)
      }
      step.scalars[Number.squares] += d * slice.rate * d * slice.rate * found.0
      weighted += found.1
      length += slice.sum { i, _, _ in s[i].magnitude }
    }
    guard length != 0 else { return }
    step.scalars[Number.rate] = d * step.learningRate
    if step.learningRate > 0 { raise(to: (weighted - step.scalars[Number.squares]) / length, step) }
    step.forEachSlice(of: self) { slice, rule in
      let (s, sum, start) = (slice.vectors(Place.s), slice.vectors(Place.sum), slice.vectors(Place.start))
      let epsilon = S(rule.inner.value("epsilon"))
      slice.forEachTile { tile in
        for i in tile {
          var w = tile.parameters[i]
          w = start[i] - s[i] / (sum[i].squareRoot() + epsilon)
          tile.parameters[i] = w
        }
      }
    }
  }
}
