public import DescentCore

/// The gradient of the step before, for its product with the next one.
struct PreviousGradient {
  static let name = "previous_gradient"

  let memory: AlignedBuffer<Float>
  /// False until a step has been made.
  var isThere = false

  init(_ count: Int) { memory = AlignedBuffer(count) }

  /// Nil before a step has been made.
  var values: [Float]? { isThere ? memory.values : nil }
}

extension ModelTrainee: GradientAware {
  /// The gradient is the mean over the step's batches, before clipping. It is kept until the next step, here and in
  /// checkpoints.
  public func step(asking request: (GradientFacts) -> StepRequest) throws -> StepReport {
    let loss = measureGradient()
    let gradient = UnsafeBufferPointer(gradientMemory.elements)
    let scale = 1 / Double(source.accumulation)
    var previous = previousGradient ?? PreviousGradient(gradient.count)
    let dot = previous.isThere ? dotProduct(gradient, UnsafeBufferPointer(previous.memory.elements)) : nil
    let facts = GradientFacts(
      loss: loss, squaredNorm: dotProduct(gradient, gradient) * scale * scale,
      dotWithPrevious: dot.map { $0 * scale * scale })
    previous.memory.update(gradientMemory, at: 0)
    previous.isThere = true
    previousGradient = previous
    var report = try update(request(facts), loss: loss)
    report.gradientDot = facts.dotWithPrevious
    return report
  }
}

/// In double precision, four sums at a time, always in the same order.
private func dotProduct(_ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>) -> Double {
  var sums = SIMD4<Double>()
  let whole = a.count / 4 * 4
  for i in stride(from: 0, to: whole, by: 4) {
    let x = SIMD4(Double(a[i]), Double(a[i + 1]), Double(a[i + 2]), Double(a[i + 3]))
    sums += x * SIMD4(Double(b[i]), Double(b[i + 1]), Double(b[i + 2]), Double(b[i + 3]))
  }
  return (whole..<a.count).reduce(sums.sum()) { $0 + Double(a[$1]) * Double(b[$1]) }
}
