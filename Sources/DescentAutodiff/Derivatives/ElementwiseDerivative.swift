/// What an operand's change is multiplied with.
enum Factor {
  case zero
  case one
  case minusOne
  case tensor(Tensor)

  func applied(to change: Tensor) -> Tensor? {
    switch self {
    case .zero: nil
    case .one: change
    case .minusOne: -change
    case .tensor(let factor): change * factor
    }
  }
}

/// ∂y/∂(operand `index`) of an element-wise operation, made of the same operations so that it can be derived again.
///
/// One table serves both modes: reverse multiplies the result's cotangent with it, forward the operand's tangent.
func derivative(of operation: ElementwiseOperation, at index: Int, operands x: [Tensor], result y: Tensor) -> Factor {
  switch operation {
  case .negate: .minusOne
  case .exp: .tensor(y)
  case .log: .tensor(x[0].reciprocal())
  case .tanh: .tensor(1 - y.squared())
  case .sigmoid: .tensor(y * (1 - y))
  case .relu: .tensor(.elementwise(.positive, [y]))
  case .positive, .sign, .greater: .zero
  case .sqrt: .tensor(0.5 / y)
  case .reciprocal: .tensor(-y.squared())
  case .abs: .tensor(x[0].sign())
  case .square: .tensor(2 * x[0])
  case .erf: .tensor(1.1283791670955126 * (-x[0].squared()).exp())
  case .sin: .tensor(x[0].cos())
  case .cos: .tensor(-x[0].sin())
  case .geluTanh: .tensor(.elementwise(.geluTanhSlope, [x[0]]))
  case .geluTanhSlope: .tensor(geluTanhCurvature(x[0]))
  case .add: .one
  case .subtract: index == 0 ? .one : .minusOne
  case .multiply: .tensor(x[1 - index])
  case .divide: index == 0 ? .tensor(x[1].reciprocal()) : .tensor(-(y / x[1]))
  case .maximum: .tensor(share(of: x[index], over: x[1 - index]))
  case .minimum: .tensor(share(of: x[1 - index], over: x[index]))
  case .power:
    index == 0 ? .tensor(x[1] * x[0].power(x[1] - 1)) : .tensor(y * x[0].log())
  case .select:
    switch index {
    case 0: .zero
    case 1: .tensor(x[0].select(y.tape.constant(1, shape: y.shape), else: y.tape.constant(0, shape: y.shape)))
    default: .tensor(x[0].select(y.tape.constant(0, shape: y.shape), else: y.tape.constant(1, shape: y.shape)))
    }
  }
}

// 1 where a is larger, 0 where b is, ½ at ties.
private func share(of a: Tensor, over b: Tensor) -> Tensor {
  0.5 + 0.5 * (a.isGreater(than: b) - b.isGreater(than: a))
}

// The second derivative of x·s with s = sigmoid(v), v = factor·(x + cubic·x³): 2s′ + x·s″.
private func geluTanhCurvature(_ x: Tensor) -> Tensor {
  let square = x.squared()
  let s = (GELU.factor * (x + GELU.cubic * x * square)).sigmoid()
  let slope = GELU.factor * (1 + (3 * GELU.cubic) * square)
  let first = s * (1 - s) * slope
  let second = first * slope * (1 - 2 * s) + s * (1 - s) * ((6 * GELU.factor * GELU.cubic) * x)
  return 2 * first + x * second
}
