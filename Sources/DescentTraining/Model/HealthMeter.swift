internal import DescentCore

/// Measures ``StepHealth`` at every twentieth step; the steps between cost nothing.
///
/// Which steps those are follows from their number alone, so that a resumed run measures the same ones.
final class HealthMeter {
  static let interval = 20
  /// Not 0, so that checkpoints after round numbers of steps need no copy of the parameters.
  private static let phase = 7

  /// A unit counts as silent after so many measurements in a row.
  private static let patience: UInt8 = 5

  private static let beforeName = "health.before"
  private static let silentName = "health.silent"

  private let layout: ParameterLayout
  private let before: AlignedBuffer<Float>
  private var hasBefore = false
  /// Measurements in a row, up to the last one, at which a hidden unit's bias had no gradient.
  private var silent: [UInt8]
  private let matrices: (first: Int, last: Int)?
  private let biases: [Int]

  init(_ layout: ParameterLayout) {
    self.layout = layout
    before = AlignedBuffer(layout.trainableCount)
    let shaped = layout.trainable.indices.filter { layout.trainable[$0].shape.count > 1 }
    matrices = shaped.first.flatMap { first in shaped.last.map { (first, $0) } }
    // The biases of the layer nearest the output belong to no hidden unit.
    biases = layout.trainable.indices.filter { layout.trainable[$0].shape.count == 1 && $0 < shaped.last ?? 0 }
    silent = [UInt8](repeating: 0, count: biases.reduce(0) { $0 + layout.trainable[$1].count })
  }

  /// Called between the gradient and the update of every step.
  func observe(
    step: Int, gradient: UnsafePointer<Float>, parameters: UnsafePointer<Float>, gradientScale: Double
  ) -> StepHealth? {
    let place = step % Self.interval
    if place == Self.phase - 1 {
      _ = before.elements.update(fromContentsOf: UnsafeBufferPointer(start: parameters, count: before.elements.count))
      hasBefore = true
    }
    guard place == Self.phase else { return nil }
    var health = StepHealth()
    if let matrices {
      health.firstGradientNorm = norm(gradient, matrices.first) * gradientScale
      health.lastGradientNorm = norm(gradient, matrices.last) * gradientScale
    }
    if hasBefore {
      let sums = alongUpdate(gradient, parameters)
      health.updateNorm = sums.squares.squareRoot()
      health.updateDot = sums.dot * gradientScale
      hasBefore = false
    }
    health.silentUnits = silentUnits(gradient)
    return health
  }

  private func norm(_ gradient: UnsafePointer<Float>, _ slice: Int) -> Double {
    var sum = 0.0
    let range = layout.trainable[slice].range
    forEachBlock(range.count) { start, count in
      let g = gradient + range.lowerBound + start
      var part = SIMD16<Float>()
      var i = 0
      while i + 16 <= count {
        let x = UnsafeRawPointer(g + i).loadUnaligned(as: SIMD16<Float>.self)
        part += x * x
        i += 16
      }
      for i in i..<count { part[0] += g[i] * g[i] }
      sum += Double(part.sum())
    }
    return sum.squareRoot()
  }

  private func alongUpdate(
    _ gradient: UnsafePointer<Float>, _ parameters: UnsafePointer<Float>
  ) -> (dot: Double, squares: Double) {
    var (dot, squares) = (0.0, 0.0)
    forEachBlock(before.elements.count) { start, count in
      let (g, after, old) = (gradient + start, parameters + start, before.base + start)
      var (products, lengths) = (SIMD16<Float>(), SIMD16<Float>())
      var i = 0
      while i + 16 <= count {
        let change =
          UnsafeRawPointer(after + i).loadUnaligned(as: SIMD16<Float>.self)
          - UnsafeRawPointer(old + i).loadUnaligned(as: SIMD16<Float>.self)
        products += change * UnsafeRawPointer(g + i).loadUnaligned(as: SIMD16<Float>.self)
        lengths += change * change
        i += 16
      }
      for i in i..<count {
        let change = after[i] - old[i]
        products[0] += change * g[i]
        lengths[0] += change * change
      }
      dot += Double(products.sum())
      squares += Double(lengths.sum())
    }
    return (dot, squares)
  }

  /// Sums in single precision stay short.
  @inline(__always) private func forEachBlock(_ count: Int, _ body: (_ start: Int, _ count: Int) -> Void) {
    for start in stride(from: 0, to: count, by: 4096) { body(start, min(4096, count - start)) }
  }

  private func silentUnits(_ gradient: UnsafePointer<Float>) -> Double? {
    var most: Double?
    var place = 0
    for bias in biases {
      let slice = layout.trainable[bias]
      var count = 0
      for i in 0..<slice.count {
        let run = gradient[slice.offset + i] == 0 ? min(silent[place + i] + 1, Self.patience) : 0
        silent[place + i] = run
        count += run == Self.patience ? 1 : 0
      }
      place += slice.count
      most = max(most ?? 0, Double(count) / Double(max(1, slice.count)))
    }
    return most
  }

  // MARK: Keeping

  /// What a checkpoint needs for the same measurements to follow.
  var state: [CheckpointTensor] {
    var tensors: [CheckpointTensor] = []
    if hasBefore { tensors.append(CheckpointTensor(Self.beforeName, before.values)) }
    if silent.contains(where: { $0 > 0 }) {
      tensors.append(CheckpointTensor(name: Self.silentName, element: .uint8, shape: [silent.count], bytes: silent))
    }
    return tensors
  }

  /// Puts it back; without it the meter begins anew.
  func restore(_ tensors: [CheckpointTensor]) {
    let values = tensors.first { $0.name == Self.beforeName }?.floats
    hasBefore = values?.count == before.elements.count
    if let values, hasBefore { before.update(from: values) }
    let bytes = tensors.first { $0.name == Self.silentName }?.bytes
    silent = bytes?.count == silent.count ? bytes ?? silent : [UInt8](repeating: 0, count: silent.count)
  }
}
