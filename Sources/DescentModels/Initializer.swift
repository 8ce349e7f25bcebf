public import DescentRandom

/// How a parameter starts.
///
/// Standard deviations and bounds follow from the fan-in and fan-out of a matrix `[in, out]`.
public enum Initializer: Sendable, Hashable, CustomStringConvertible {
  /// Normal with σ = √(2 / fan-in): keeps the variance of activations through ReLU. He et al. 2015, eq. 10
  /// (arXiv:1502.01852).
  case he
  /// Normal with σ = √(2 / (fan-in + fan-out)). Glorot & Bengio 2010, eq. 12, with a normal instead of a uniform.
  case glorot
  /// Normal with σ = √(1 / fan-in). LeCun et al. 1998, "Efficient BackProp", eq. 16.
  case lecun
  /// Uniform on ±√(6 / fan-in), the variance of ``he``.
  case heUniform
  /// Uniform on ±√(6 / (fan-in + fan-out)). Glorot & Bengio 2010, eq. 16.
  case glorotUniform
  /// Uniform on ±√(3 / fan-in), the variance of ``lecun``.
  case lecunUniform
  /// Normal with this standard deviation.
  case normal(Double)
  case constant(Double)

  /// Names that ``init(parsing:)`` reads, besides `normal(σ)`.
  public static let names = ["he", "glorot", "lecun", "he-uniform", "glorot-uniform", "lecun-uniform"]

  /// Fills `values` with what this initialiser draws from `random`.
  ///
  /// - Parameters:
  ///   - values: what to fill.
  ///   - fanIn: inputs that each output sums over.
  ///   - fanOut: outputs that each input goes to.
  ///   - random: where the numbers come from.
  public func fill(
    _ values: UnsafeMutableBufferPointer<Double>, fanIn: Int, fanOut: Int, random: inout RandomSequence
  ) {
    let inputs = Double(max(1, fanIn))
    let both = Double(max(1, fanIn + fanOut))
    switch self {
    case .he: fillNormal(values, (2 / inputs).squareRoot(), &random)
    case .glorot: fillNormal(values, (2 / both).squareRoot(), &random)
    case .lecun: fillNormal(values, (1 / inputs).squareRoot(), &random)
    case .heUniform: fillUniform(values, (6 / inputs).squareRoot(), &random)
    case .glorotUniform: fillUniform(values, (6 / both).squareRoot(), &random)
    case .lecunUniform: fillUniform(values, (3 / inputs).squareRoot(), &random)
    case .normal(let deviation): fillNormal(values, deviation, &random)
    case .constant(let value): values.update(repeating: value)
    }
  }

  private func fillNormal(
    _ values: UnsafeMutableBufferPointer<Double>, _ deviation: Double, _ random: inout RandomSequence
  ) {
    for i in values.indices { values[i] = deviation * random.normal() }
  }

  private func fillUniform(
    _ values: UnsafeMutableBufferPointer<Double>, _ bound: Double, _ random: inout RandomSequence
  ) {
    for i in values.indices { values[i] = random.uniform(in: -bound..<bound) }
  }

  public var description: String {
    switch self {
    case .he: "he"
    case .glorot: "glorot"
    case .lecun: "lecun"
    case .heUniform: "he-uniform"
    case .glorotUniform: "glorot-uniform"
    case .lecunUniform: "lecun-uniform"
    case .normal(let deviation): "normal(\(deviation))"
    case .constant(let value): "constant(\(value))"
    }
  }
}
