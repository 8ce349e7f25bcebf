import DescentCore
import DescentOptimizers
import Foundation

/// A problem of the trajectories in one precision: loss, gradient and Hessian products by the formulas of the fixtures.
struct TrajectoryProblem<Scalar: UpdateScalar> {
  private enum Kind {
    case vector(h: [[Scalar]])
    case matrix(a: [[Scalar]], b: [[Scalar]], c: [[Scalar]])
    case perceptron(points: [[Scalar]], targets: [[Scalar]])
  }

  let layout: ParameterLayout
  let start: [Scalar]
  private let kind: Kind
  private let shapes: [[Int]]

  init?(_ constants: TrajectoryConstants) {
    func scalars(_ table: [[Double]]?) -> [[Scalar]] { (table ?? []).map { $0.map { Scalar($0) } } }
    switch constants.kind {
    case "vector": kind = .vector(h: scalars(constants.h))
    case "matrix": kind = .matrix(a: scalars(constants.a), b: scalars(constants.b), c: scalars(constants.c))
    case "perceptron": kind = .perceptron(points: scalars(constants.points), targets: scalars(constants.targets))
    default: return nil
    }
    shapes = constants.shapes
    start = constants.start.map { Scalar($0) }
    var layout = ParameterLayout()
    for (index, shape) in shapes.enumerated() { layout.addTrainable(constants.names?[index] ?? "p", shape: shape) }
    self.layout = layout
  }

  func loss(_ p: [Scalar]) -> Double { Double(evaluate(p, direction: nil).loss) }

  func gradient(_ p: [Scalar]) -> [Scalar] { evaluate(p, direction: nil).gradient }

  func hessianProduct(_ p: [Scalar], _ direction: [Scalar]) -> [Scalar] { evaluate(p, direction: direction).product }

  private func evaluate(_ p: [Scalar], direction v: [Scalar]?) -> (loss: Scalar, gradient: [Scalar], product: [Scalar])
  {
    switch kind {
    case .vector(let h):
      let g = h.map { dot($0, p) }
      return (dot(g, p) / 2, g, v.map { v in h.map { dot($0, v) } } ?? [])
    case .matrix(let a, let b, let c):
      func linear(_ p: [Scalar]) -> [[Scalar]] { product(product(a, rows(p, shapes[0])), b) }
      func adjoint(_ r: [[Scalar]]) -> [Scalar] { product(product(transposed(a), r), transposed(b)).flatMap(\.self) }
      let residual = zip(linear(p), c).map { zip($0, $1).map { $0 - $1 } }
      let loss = residual.reduce(Scalar(0)) { $0 + dot($1, $1) } / 2
      return (loss, adjoint(residual), v.map { adjoint(linear($0)) } ?? [])
    case .perceptron(let points, let targets): return perceptron(p, v, points, targets)
    }
  }

  private func perceptron(
    _ p: [Scalar], _ v: [Scalar]?, _ points: [[Scalar]], _ targets: [[Scalar]]
  ) -> (loss: Scalar, gradient: [Scalar], product: [Scalar]) {
    let (w1, b1, w2, b2) = tensors(p)
    let (v1, c1, v2, c2) = tensors(v ?? [Scalar](repeating: 0, count: p.count))
    let count = Scalar(points.count)
    let w2t = transposed(w2)
    let v2t = transposed(v2)
    var loss = Scalar(0)
    var gradient = [Scalar](repeating: 0, count: p.count)
    var hessian = gradient
    for (x, t) in zip(points, targets) {
      let h = zip(w1, b1).map { Scalar(tanh(Double(dot($0, x) + $1))) }
      let y = zip(w2, b2).map { dot($0, h) + $1 }
      let r = zip(y, t).map { ($0 - $1) / count }
      loss += zip(y, t).reduce(Scalar(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 2 / count
      let slope = h.map { 1 - $0 * $0 }
      let back = w2t.map { dot($0, r) }
      let e = zip(back, slope).map { $0 * $1 }
      add(outer(e, x) + e + outer(r, h) + r, to: &gradient)
      guard v != nil else { continue }
      let dh = zip(zip(v1, c1).map { dot($0, x) + $1 }, slope).map { $0 * $1 }
      let dy = zip(zip(v2, c2).map { dot($0, h) + $1 }, w2.map { dot($0, dh) }).map { $0 + $1 }
      let dr = dy.map { $0 / count }
      let dback = zip(v2t.map { dot($0, r) }, w2t.map { dot($0, dr) }).map { $0 + $1 }
      let de = h.indices.map { dback[$0] * slope[$0] - 2 * back[$0] * h[$0] * dh[$0] }
      add(outer(de, x) + de + zip(outer(dr, h), outer(r, dh)).map { $0 + $1 } + dr, to: &hessian)
    }
    return (loss, gradient, hessian)
  }

  private func tensors(_ p: [Scalar]) -> ([[Scalar]], [Scalar], [[Scalar]], [Scalar]) {
    let parts = layout.trainable.map { Array(p[$0.range]) }
    return (rows(parts[0], shapes[0]), parts[1], rows(parts[2], shapes[2]), parts[3])
  }

  private func rows(_ p: [Scalar], _ shape: [Int]) -> [[Scalar]] {
    (0..<shape[0]).map { Array(p[$0 * shape[1]..<($0 + 1) * shape[1]]) }
  }

  private func transposed(_ a: [[Scalar]]) -> [[Scalar]] { a[0].indices.map { j in a.map { $0[j] } } }

  private func product(_ a: [[Scalar]], _ b: [[Scalar]]) -> [[Scalar]] {
    let columns = transposed(b)
    return a.map { row in columns.map { dot(row, $0) } }
  }

  private func outer(_ a: [Scalar], _ b: [Scalar]) -> [Scalar] { a.flatMap { x in b.map { x * $0 } } }

  private func add(_ values: [Scalar], to sum: inout [Scalar]) {
    for (i, value) in values.enumerated() { sum[i] += value }
  }

  private func dot(_ a: [Scalar], _ b: [Scalar]) -> Scalar {
    var sum = Scalar(0)
    for (x, y) in zip(a, b) { sum += x * y }
    return sum
  }
}

/// A problem as the loss of a step's batch.
struct TrajectoryObjective<Scalar: UpdateScalar>: StepObjective {
  let problem: TrajectoryProblem<Scalar>

  var offers: StepNeeds { [.evaluation, .hessianProduct] }

  private func array(_ point: UnsafeMutablePointer<Scalar>) -> [Scalar] {
    Array(UnsafeBufferPointer(start: point, count: problem.start.count))
  }

  private func write(_ values: [Scalar], to target: UnsafeMutablePointer<Scalar>) {
    for (i, value) in values.enumerated() { target[i] = value }
  }

  func loss(at point: UnsafeMutablePointer<Scalar>) -> Double { problem.loss(array(point)) }

  func gradient(at point: UnsafeMutablePointer<Scalar>, into gradient: UnsafeMutablePointer<Scalar>) -> Double {
    write(problem.gradient(array(point)), to: gradient)
    return problem.loss(array(point))
  }

  func hessianProduct(
    at point: UnsafeMutablePointer<Scalar>, along direction: UnsafeMutablePointer<Scalar>,
    into product: UnsafeMutablePointer<Scalar>
  ) {
    write(problem.hessianProduct(array(point), array(direction)), to: product)
  }
}
