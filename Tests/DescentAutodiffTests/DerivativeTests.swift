import DescentAutodiff
import DescentTestSupport
import Testing

/// A function of a vector of a given length, smooth on the given range.
struct DifferentiableCase: CustomTestStringConvertible, Sendable {
  var testDescription: String
  var count: Int
  var range: ClosedRange<Double> = -1.5...1.5
  var labels: [Int32] = []
  var function: @Sendable (Tensor, Tensor) -> Tensor

  init(
    _ name: String, _ count: Int, in range: ClosedRange<Double> = -1.5...1.5, labels: [Int32] = [],
    _ function: @escaping @Sendable (Tensor, Tensor) -> Tensor
  ) {
    testDescription = name
    self.count = count
    self.range = range
    self.labels = labels
    self.function = function
  }
}

/// Random shapes: every size is drawn anew for each seed.
func cases(seed: UInt64) -> [DifferentiableCase] {
  var random = TestRandom(seed)
  let (m, n, k, b) = (
    Int.random(in: 1...5, using: &random), Int.random(in: 1...6, using: &random),
    Int.random(in: 1...7, using: &random), Int.random(in: 1...3, using: &random)
  )
  let labels = (0..<m).map { _ in Int32.random(in: 0..<Int32(n), using: &random) }
  @Sendable func matrix(_ x: Tensor) -> Tensor { x.reshaped([m, n]) }
  return [
    .init("negate", n) { x, _ in -x },
    .init("exp", n) { x, _ in x.exp() },
    .init("log", n, in: 0.2...3) { x, _ in x.log() },
    .init("tanh", n) { x, _ in x.tanh() },
    .init("sigmoid", n) { x, _ in x.sigmoid() },
    .init("relu", n, in: 0.1...2) { x, _ in (x - 1).relu() * x },
    .init("gelu exact", n) { x, _ in x.gelu() },
    .init("gelu tanh", n) { x, _ in x.gelu(.tanhApproximation) },
    .init("gelu tanh far out", n, in: -6...6) { x, _ in x.gelu(.tanhApproximation).squared() },
    .init("square root", n, in: 0.2...3) { x, _ in x.squareRoot() },
    .init("reciprocal", n, in: 0.3...3) { x, _ in x.reciprocal() },
    .init("magnitude and sign", n, in: 0.2...2) { x, _ in x.magnitude() * (x - 0.1).sign() },
    .init("square", n) { x, _ in x.squared() },
    .init("erf", n) { x, _ in x.erf() },
    .init("sin cos", n) { x, _ in x.sin() * (2 * x).cos() },
    .init("add subtract multiply", n) { x, _ in (x + 2) * (3 - x) + x * x },
    .init("divide", n, in: 0.5...2) { x, _ in (1 + x.squared()) / (x + 1) },
    .init("power", n, in: 0.3...2) { x, _ in x.power(2.5) + x.power(x) },
    .init("maximum minimum", 2 * n) { x, _ in
      let (a, b) = (x.sliced([0..<n]), x.sliced([n..<(2 * n)]))
      return a.maximum(b).squared() + a.minimum(b) * a
    },
    .init("select", n, in: 0.1...2) { x, _ in
      (x - 1).isGreater(than: x.tape.constant(0)).select(x.squared(), else: x.exp())
    },
    .init("broadcast row and column", m * n) { x, _ in
      let a = x.reshaped([m, n])
      return a * a.sum([0]) + a.sum([1]).exp() * a + a.mean()
    },
    .init("broadcast middle", b * m * n) { x, _ in
      let a = x.reshaped([b, m, n])
      return a * a.sum([1]) + a.sum([0, 2]).tanh()
    },
    .init("transpose", b * m * n) { x, _ in
      let a = x.reshaped([b, m, n])
      return a.transposed([2, 0, 1]).exp() * a.transposed([2, 0, 1]) + a.transposed([2, 0, 1]).sum([1])
    },
    .init("slice and pad", m * n) { x, _ in
      let a = matrix(x)
      let part = a.sliced([0..<m, (n - 1)..<n])
      return part.exp().padded(to: [m + 1, n + 2], at: [1, 1]) + part.sum()
    },
    .init("largest", m * n) { x, _ in matrix(x).largest([1]).exp() + matrix(x).largest([0, 1]) },
    .init("matmul", m * k + k * n) { x, _ in
      let a = x.sliced([0..<(m * k)]).reshaped([m, k])
      let c = x.sliced([(m * k)..<(m * k + k * n)]).reshaped([k, n])
      return a.matmul(c).tanh()
    },
    .init("matmul transposed", m * k + k * n) { x, _ in
      let a = x.sliced([0..<(m * k)]).reshaped([k, m])
      let c = x.sliced([(m * k)..<(m * k + k * n)]).reshaped([n, k])
      return a.transposed().matmul(c.transposed()).tanh() + c.matmul(a).transposed().exp()
    },
    .init("matmul batched", b * m * k + b * k * n) { x, _ in
      let a = x.sliced([0..<(b * m * k)]).reshaped([b, m, k])
      let c = x.sliced([(b * m * k)..<(b * (m * k + k * n))]).reshaped([b, n, k])
      return a.matmul(c.transposed()).sigmoid()
    },
    .init("matmul batch by matrix", b * m * k + k * n) { x, _ in
      let a = x.sliced([0..<(b * m * k)]).reshaped([b, m, k])
      return a.matmul(x.sliced([(b * m * k)..<(b * m * k + k * n)]).reshaped([k, n])).squared()
    },
    .init("softmax", m * n) { x, _ in matrix(x).softmax().squared() },
    .init("cross-entropy", m * n, labels: labels) { x, y in matrix(x).crossEntropy(labels: y).squared() },
    .init("squared error", m * n) { x, _ in (matrix(x) - 0.3).squared().mean() },
    .init("causal softmax", b * k * k) { x, _ in x.reshaped([b, k, k]).causalSoftmax(scale: 0.7).squared() },
    .init("smoothed cross-entropy", m * n, labels: labels) { x, y in
      matrix(x).crossEntropy(labels: y, smoothing: 0.1).squared()
    },
    .init("concatenate", m * n) { x, _ in
      let a = matrix(x)
      let parts = [a.exp(), a.sliced([0..<m, 0..<1]), a]
      return Tensor.concatenated(parts, along: 1).squared() * Tensor.concatenated(parts, along: 1)
    },
    .init("gather", n * k, labels: labels) { x, y in x.reshaped([n, k]).gathered(y).exp() },
    .init("gather through two tables", n * k, labels: labels) { x, y in
      let rows = x.reshaped([n, k]).gathered(y)
      return rows.matmul(rows.transposed()).tanh()
    },
    .init("convolution", b * 5 * 6 * 2 + k * 2 * 2 * 3) { x, _ in
      let picture = x.sliced([0..<(b * 60)]).reshaped([b, 5, 6, 2])
      let kernel = x.sliced([(b * 60)..<(b * 60 + k * 12)]).reshaped([k, 2, 2, 3])
      return picture.convolved(with: kernel, stride: m, padding: k / 2).tanh()
    },
    .init("convolution twice", b * 36 + 18) { x, _ in
      let kernel = x.sliced([(b * 36)..<(b * 36 + 18)]).reshaped([3, 3, 1, 2])
      let first = x.sliced([0..<(b * 36)]).reshaped([b, 6, 6, 1]).convolved(with: kernel, padding: 1).sigmoid()
      return first.sum([3]).convolved(with: kernel, stride: 2).squared()
    },
    .init("maximum pool", b * 7 * 6 * 2) { x, _ in
      x.reshaped([b, 7, 6, 2]).exp().maxPooled(Window(3, 2, stride: 1 + m % 3, padding: 1)).squared()
    },
    .init("average pool", b * 7 * 6 * 2) { x, _ in
      let picture = x.reshaped([b, 7, 6, 2])
      let window = Window(3, 2, stride: 1 + m % 3, padding: 1)
      return picture.averagePooled(window).exp() * picture.averagePooled(window, countsPadding: false)
    },
    .init("normalised rows", m * n) { x, _ in
      let a = matrix(x)
      let centered = a - a.mean([1])
      let scale = (centered.squared().mean([1]) + 0.1).squareRoot().reciprocal()
      return (centered * scale * a.sum([0]) + 1).tanh() * scale
    },
    .init("normalised columns", m * n) { x, _ in
      let a = matrix(x)
      let centered = a - a.mean([0])
      return centered * (centered.squared().mean([0]) + 0.1).squareRoot().reciprocal()
    },
    .init("two-layer network", n * k + k * m + 3) { x, _ in
      let w = x.sliced([0..<(n * k)]).reshaped([n, k])
      let v = x.sliced([(n * k)..<(n * k + k * m)]).reshaped([k, m])
      let bias = x.sliced([(n * k + k * m)..<(n * k + k * m + 1)])
      let input = x.tape.constant((0..<(4 * n)).map { Double($0 % 7) / 7 - 0.4 }, shape: [4, n])
      return (input.matmul(w) + bias).tanh().matmul(v).squared().mean()
    },
  ]
}

/// A scalar made of every result element with different weights, so that no element's error can hide.
private func weighted(_ y: Tensor) -> Tensor {
  let weights = (0..<y.count).map { 0.3 + Double($0 * 7 % 5) / 3 }
  return (y * y.tape.constant(weights, shape: y.shape)).sum()
}

@Suite struct DerivativeTests {
  @Test(arguments: (1...4).flatMap { cases(seed: $0) })
  func `reverse mode agrees with central differences`(_ test: DifferentiableCase) throws {
    var random = TestRandom(99)
    let point = random.values(test.count, in: test.range)
    let evaluate = Evaluation()
    let gradient = try evaluate(point, labels: test.labels) { x, y, _ in
      x.tape.gradient(of: weighted(test.function(x, y)), by: [x])
    }[0]
    var numeric = [Double](repeating: 0, count: test.count)
    let h = 1e-5
    for i in point.indices {
      let ends = try [h, -h].map { step in
        var moved = point
        moved[i] += step
        return try evaluate(moved, labels: test.labels) { x, y, _ in [weighted(test.function(x, y))] }[0][0]
      }
      numeric[i] = (ends[0] - ends[1]) / (2 * h)
    }
    #expect(worstDifference(gradient, numeric) < 2e-8)
  }

  @Test(arguments: (5...8).flatMap { cases(seed: $0) })
  func `forward mode agrees with reverse mode`(_ test: DifferentiableCase) throws {
    var random = TestRandom(7)
    let point = random.values(test.count, in: test.range)
    let direction = random.values(test.count)
    let results = try Evaluation()(point, labels: test.labels, more: [direction]) { x, y, more in
      let value = weighted(test.function(x, y))
      let gradient = x.tape.gradient(of: value, by: [x])[0]
      return [x.tape.tangents(of: [value], inputs: [x], directions: [more[0]])[0], (gradient * more[0]).sum()]
    }
    #expect(worstDifference(results[0], results[1]) < 1e-12)
  }

  @Test(arguments: (9...12).flatMap { cases(seed: $0) })
  func `forward over reverse agrees with differences of gradients`(_ test: DifferentiableCase) throws {
    var random = TestRandom(21)
    let point = random.values(test.count, in: test.range)
    let direction = random.values(test.count)
    let evaluate = Evaluation()
    let product = try evaluate(point, labels: test.labels, more: [direction]) { x, y, more in
      let gradient = x.tape.gradient(of: weighted(test.function(x, y)), by: [x])[0]
      return x.tape.tangents(of: [gradient], inputs: [x], directions: [more[0]])
    }[0]
    let h = 1e-5
    let ends = try [h, -h].map { step in
      try evaluate(zip(point, direction).map { $0 + step * $1 }, labels: test.labels) { x, y, _ in
        x.tape.gradient(of: weighted(test.function(x, y)), by: [x])
      }[0]
    }
    #expect(worstDifference(product, zip(ends[0], ends[1]).map { ($0 - $1) / (2 * h) }) < 1e-6)
  }

  @Test func `ties share the derivative of a maximum equally`() throws {
    let result = try Evaluation()([2, 2, 1]) { x, _, _ in
      x.tape.gradient(of: x.largest([0]).sum(), by: [x])
    }
    #expect(result[0] == [0.5, 0.5, 0])
    let pair = try Evaluation()([2]) { x, _, _ in x.tape.gradient(of: x.maximum(x.tape.constant(2)).sum(), by: [x]) }
    #expect(pair[0] == [0.5])
  }

  @Test func `an input that the result does not depend on has a zero gradient`() throws {
    let result = try Evaluation()([1, 2], more: [[3]]) { x, _, more in
      x.tape.gradient(of: x.squared().sum(), by: [x, more[0]])
    }
    #expect(result == [[2, 4], [0]])
  }

  @Test func `third derivatives are right too`() throws {
    let result = try Evaluation()([0.7]) { x, _, _ in
      let first = x.tape.gradient(of: x.tanh().sum(), by: [x])[0]
      let second = x.tape.gradient(of: first.sum(), by: [x])[0]
      return x.tape.gradient(of: second.sum(), by: [x])
    }
    // (tanh)''' = (1 − y²)(6y² − 2), y = tanh 0.7
    let y = 0.6043677771171635
    #expect(abs(result[0][0] - (1 - y * y) * (6 * y * y - 2)) < 1e-12)
  }
}
