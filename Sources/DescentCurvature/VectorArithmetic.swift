internal import CDescentKernels

// Arithmetic of whole vectors. Float and Double run the kernels, also in builds that are not optimised; another element
// type takes the plain loop.

private let path = dk_best_path()

/// Σ a·b, in double precision.
func dot<Scalar: BinaryFloatingPoint>(_ a: [Scalar], _ b: [Scalar]) -> Double {
  precondition(a.count == b.count, "vectors of one length")
  let count = Int64(a.count)
  return a.withUnsafeBytes { x in
    b.withUnsafeBytes { y in
      if Scalar.self == Float.self, let x = x.floats, let y = y.floats { return dk_dot_f32(path, count, x, y) }
      if Scalar.self == Double.self, let x = x.doubles, let y = y.doubles { return dk_dot_f64(path, count, x, y) }
      return zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
  }
}

/// ‖a‖₂.
func norm<Scalar: BinaryFloatingPoint>(_ a: [Scalar]) -> Double { dot(a, a).squareRoot() }

/// y += factor·x.
func add<Scalar: BinaryFloatingPoint>(_ factor: Double, times x: [Scalar], to y: inout [Scalar]) {
  precondition(x.count == y.count, "vectors of one length")
  let count = Int64(x.count)
  guard Scalar.self == Float.self || Scalar.self == Double.self else {
    for i in y.indices { y[i] += Scalar(factor) * x[i] }
    return
  }
  x.withUnsafeBytes { x in
    y.withUnsafeMutableBytes { y in
      if Scalar.self == Float.self, let x = x.floats, let y = y.floats {
        dk_add_scaled_f32(path, count, factor, x, y)
      } else if let x = x.doubles, let y = y.doubles {
        dk_add_scaled_f64(path, count, factor, x, y)
      }
    }
  }
}

/// y = factor·x.
func assign<Scalar: BinaryFloatingPoint>(_ factor: Double, times x: [Scalar], to y: inout [Scalar]) {
  precondition(x.count == y.count, "vectors of one length")
  let count = Int64(x.count)
  guard Scalar.self == Float.self || Scalar.self == Double.self else {
    for i in y.indices { y[i] = Scalar(factor) * x[i] }
    return
  }
  x.withUnsafeBytes { x in
    y.withUnsafeMutableBytes { y in
      if Scalar.self == Float.self, let x = x.floats, let y = y.floats {
        dk_scale_f32(path, count, factor, x, y)
      } else if let x = x.doubles, let y = y.doubles {
        dk_scale_f64(path, count, factor, x, y)
      }
    }
  }
}

/// y = a·b, element by element.
func assign<Scalar: BinaryFloatingPoint>(product a: [Scalar], _ b: [Scalar], to y: inout [Scalar]) {
  assign(1, times: a, to: &y)
  multiply(&y, by: b)
}

/// y = factor·y.
func multiply<Scalar: BinaryFloatingPoint>(_ y: inout [Scalar], by factor: Double) {
  let count = Int64(y.count)
  guard Scalar.self == Float.self || Scalar.self == Double.self else {
    for i in y.indices { y[i] *= Scalar(factor) }
    return
  }
  y.withUnsafeMutableBytes { y in
    if Scalar.self == Float.self, let y = y.floats {
      dk_scale_f32(path, count, factor, y, y)
    } else if let y = y.doubles {
      dk_scale_f64(path, count, factor, y, y)
    }
  }
}

/// y = y·a, element by element.
func multiply<Scalar: BinaryFloatingPoint>(_ y: inout [Scalar], by a: [Scalar]) {
  precondition(a.count == y.count, "vectors of one length")
  let count = Int64(a.count)
  guard Scalar.self == Float.self || Scalar.self == Double.self else {
    for i in y.indices { y[i] *= a[i] }
    return
  }
  a.withUnsafeBytes { a in
    y.withUnsafeMutableBytes { y in
      if Scalar.self == Float.self, let a = a.floats, let y = y.floats {
        dk_multiply_f32(path, count, a, y, y)
      } else if let a = a.doubles, let y = y.doubles {
        dk_multiply_f64(path, count, a, y, y)
      }
    }
  }
}

extension UnsafeRawBufferPointer {
  fileprivate var floats: UnsafePointer<Float>? { baseAddress?.assumingMemoryBound(to: Float.self) }
  fileprivate var doubles: UnsafePointer<Double>? { baseAddress?.assumingMemoryBound(to: Double.self) }
}

extension UnsafeMutableRawBufferPointer {
  fileprivate var floats: UnsafeMutablePointer<Float>? { baseAddress?.assumingMemoryBound(to: Float.self) }
  fileprivate var doubles: UnsafeMutablePointer<Double>? { baseAddress?.assumingMemoryBound(to: Double.self) }
}

/// The machine epsilon of an element type.
func epsilon<Scalar: BinaryFloatingPoint>(of type: Scalar.Type) -> Double { Double(Scalar.ulpOfOne) }
