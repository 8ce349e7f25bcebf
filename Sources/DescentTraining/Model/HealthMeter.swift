internal import CDescentKernels
internal import DescentCore

/// Measures ``StepHealth`` at every twentieth step; the steps between cost nothing.
///
/// Which steps those are follows from their number alone, so that a resumed run measures the same ones. What an update did
/// is measured on a sample of the parameters where they are many, so that it never takes long.
final class HealthMeter {
  static let interval = 20
  /// Not 0, so that checkpoints after round numbers of steps need no copy of the parameters.
  private static let phase = 7

  /// A unit counts as silent after so many measurements in a row.
  private static let patience: UInt8 = 5

  private static let beforeName = "health.before"
  private static let silentName = "health.silent"

  /// Parameters of the sample, about; models that have no more are measured whole.
  private static let sampleSize = 8192
  private static let blockSize = 256

  private let path = dk_best_path()
  /// The first parameter of each block of the sample, and how many there are in a block.
  private let blocks: [Int]
  private let blockSize: Int
  /// Parameters that each one of the sample stands for.
  private let weight: Double
  /// The sample before an update; then what the update did.
  private let before: AlignedBuffer<Float>
  private var hasBefore = false
  /// Measurements in a row, up to the last one, at which a hidden unit's bias had no gradient.
  private let silent: AlignedBuffer<UInt8>
  private let matrices: (first: Range<Int>, last: Range<Int>)?
  private let biases: [Range<Int>]

  init(_ layout: ParameterLayout) {
    let count = layout.trainableCount
    if count <= Self.sampleSize {
      (blocks, blockSize) = ([0], count)
    } else {
      blockSize = Self.blockSize
      let whole = count / blockSize
      let pace = (count + Self.sampleSize - 1) / Self.sampleSize
      blocks = stride(from: pace / 2, to: whole, by: pace).map { $0 * Self.blockSize }
    }
    weight = Double(count) / Double(max(1, blocks.count * blockSize))
    before = AlignedBuffer(blocks.count * blockSize)
    let shaped = layout.trainable.indices.filter { layout.trainable[$0].shape.count > 1 }
    matrices = shaped.first.flatMap { first in
      shaped.last.map { (layout.trainable[first].range, layout.trainable[$0].range) }
    }
    // The biases of the layer nearest the output belong to no hidden unit.
    biases = layout.trainable.indices.filter { layout.trainable[$0].shape.count == 1 && $0 < shaped.last ?? 0 }
      .map { layout.trainable[$0].range }
    silent = AlignedBuffer(biases.reduce(0) { $0 + $1.count })
  }

  /// Called between the gradient and the update of every step.
  func observe(
    step: Int, gradient: UnsafePointer<Float>, parameters: UnsafePointer<Float>, gradientScale: Double
  ) -> StepHealth? {
    let place = step % Self.interval
    if place == Self.phase - 1 {
      let size = blockSize * MemoryLayout<Float>.stride
      for (index, start) in blocks.enumerated() {
        (before.pointer + index * size).copyMemory(from: parameters + start, byteCount: size)
      }
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

  private func norm(_ gradient: UnsafePointer<Float>, _ range: Range<Int>) -> Double {
    let g = gradient + range.lowerBound
    return dk_dot_f32(path, Int64(range.count), g, g).squareRoot()
  }

  private func alongUpdate(
    _ gradient: UnsafePointer<Float>, _ parameters: UnsafePointer<Float>
  ) -> (dot: Double, squares: Double) {
    var (dot, squares) = (0.0, 0.0)
    let count = Int64(blockSize)
    for (index, start) in blocks.enumerated() {
      let change = before.base + index * blockSize
      // The update's negative, in place of the parameters before it.
      dk_add_scaled_f32(path, count, -1, parameters + start, change)
      dot -= dk_dot_f32(path, count, change, gradient + start)
      squares += dk_dot_f32(path, count, change, change)
    }
    return (dot * weight, squares * weight)
  }

  private func silentUnits(_ gradient: UnsafePointer<Float>) -> Double? {
    var most: Double?
    var runs = silent.base
    for range in biases {
      var count = 0
      for i in range {
        let run = gradient[i] == 0 ? min(runs.pointee &+ 1, Self.patience) : 0
        runs.pointee = run
        runs += 1
        count &+= run == Self.patience ? 1 : 0
      }
      most = max(most ?? 0, Double(count) / Double(max(1, range.count)))
    }
    return most
  }

  // MARK: Keeping

  /// What a checkpoint needs for the same measurements to follow.
  var state: [CheckpointTensor] {
    var tensors: [CheckpointTensor] = []
    if hasBefore { tensors.append(CheckpointTensor(Self.beforeName, before.values)) }
    if silent.elements.contains(where: { $0 > 0 }) {
      let bytes = silent.values
      tensors.append(CheckpointTensor(name: Self.silentName, element: .uint8, shape: [bytes.count], bytes: bytes))
    }
    return tensors
  }

  /// Puts it back; without it the meter begins anew.
  func restore(_ tensors: [CheckpointTensor]) {
    let values = tensors.first { $0.name == Self.beforeName }?.floats
    hasBefore = values?.count == before.elements.count
    if let values, hasBefore { before.update(from: values) }
    let bytes = tensors.first { $0.name == Self.silentName }?.bytes
    if let bytes, bytes.count == silent.elements.count {
      silent.update(from: bytes)
    } else {
      silent.elements.update(repeating: 0)
    }
  }
}
