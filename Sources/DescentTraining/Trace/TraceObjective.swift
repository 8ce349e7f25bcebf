public import DescentCore
internal import DescentOptimizers

extension TraceProblem: Objective {
  public var parameterCount: Int { start.count }

  public func loss(at point: [Double]) -> Double {
    switch loss {
    case .function(let function): return function.loss(point)
    case .quadratic(let hessian):
      var sum = 0.0
      for (row, x) in zip(hessian, point) { sum += x * dot(row, point) }
      return 0.5 * sum
    }
  }

  public func gradient(at point: [Double], into gradient: inout [Double]) -> Double {
    switch loss {
    case .function(let function):
      function.gradient(point, into: &gradient)
      return function.loss(point)
    case .quadratic(let hessian):
      multiply(hessian, point, into: &gradient)
      return 0.5 * dot(point, gradient)
    }
  }

  public func linearized(at point: [Double]) -> any Linearization<Double> {
    TraceLinearization(problem: self, point: point, loss: loss(at: point))
  }

  /// The Hessian where it is the same everywhere; nil where it depends on the point.
  public var constantHessian: [[Double]]? {
    switch loss {
    case .quadratic(let hessian): hessian
    case .function(let function) where function.isQuadratic:
      start.indices.map { i in
        var row = start
        function.hessianProduct(start, start.indices.map { $0 == i ? 1 : 0 }, into: &row)
        return row
      }
    case .function: nil
    }
  }
}

/// Exact Hessian products of a trace problem.
struct TraceLinearization: Linearization {
  let problem: TraceProblem
  let point: [Double]
  let loss: Double

  mutating func hessianProduct(_ direction: [Double], into product: inout [Double]) {
    switch problem.loss {
    case .function(let function): function.hessianProduct(point, direction, into: &product)
    case .quadratic(let hessian): multiply(hessian, direction, into: &product)
    }
  }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for (x, y) in zip(a, b) { sum += x * y }
  return sum
}

private func multiply(_ matrix: [[Double]], _ x: [Double], into product: inout [Double]) {
  for (i, row) in matrix.enumerated() { product[i] = dot(row, x) }
}

/// A trace problem for rules that evaluate again.
struct TraceStepObjective: StepObjective {
  let problem: TraceProblem

  var offers: StepNeeds { [.evaluation, .hessianProduct] }

  private func values(_ point: UnsafeMutablePointer<Double>) -> [Double] {
    Array(UnsafeBufferPointer(start: point, count: problem.parameterCount))
  }

  func loss(at point: UnsafeMutablePointer<Double>) -> Double { problem.loss(at: values(point)) }

  func gradient(at point: UnsafeMutablePointer<Double>, into gradient: UnsafeMutablePointer<Double>) -> Double {
    let point = values(point)
    var result = point
    let loss = problem.gradient(at: point, into: &result)
    for (i, value) in result.enumerated() { gradient[i] = value }
    return loss
  }

  func hessianProduct(
    at point: UnsafeMutablePointer<Double>, along direction: UnsafeMutablePointer<Double>,
    into product: UnsafeMutablePointer<Double>
  ) {
    var linearization = TraceLinearization(problem: problem, point: values(point), loss: 0)
    var result = values(point)
    linearization.hessianProduct(values(direction), into: &result)
    for (i, value) in result.enumerated() { product[i] = value }
  }
}
