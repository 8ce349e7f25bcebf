internal import DescentAutodiff
internal import DescentCore
internal import DescentData
internal import DescentLinearAlgebra

/// Measures parameters on any rows of the task's data.
final class ModelEvaluator {
  private let model: CompiledModel
  private let machine: Machine
  private let arena: Arena
  private let batch: Batch<Float>
  private let losses: AlignedBuffer<Float>
  private let outputs: AlignedBuffer<Float>

  init(_ model: CompiledModel, machine: Machine) {
    self.model = model
    self.machine = machine
    let compiled = model.evaluation
    arena = Arena(for: compiled.program, precision: .float32)
    batch = Batch(rows: compiled.rows, of: model.task.data)
    let predictions = compiled.rows * model.task.data.positionsPerRow
    losses = AlignedBuffer(predictions)
    outputs = AlignedBuffer(predictions * model.task.data.outputCount)
    batch.bind(to: arena, compiled)
    arena.bind(compiled.results[0], to: losses.pointer)
    arena.bind(compiled.results[1], to: outputs.pointer)
  }

  /// Mean loss, and accuracy or R² and RMSE, over `rows`.
  ///
  /// - Parameter parameters: the whole vector of the layout.
  func evaluate(_ rows: [Int32], parameters: UnsafeMutableRawPointer) -> Evaluation {
    let kept = parameters + model.layout.trainableCount * MemoryLayout<Float>.stride
    // No masks are drawn in evaluation, so any place will do for their state.
    arena.bind(model.evaluation.sources, parameters: parameters, kept: kept, random: losses.pointer)
    let size = model.evaluation.rows
    var chunk = [Int32](repeating: 0, count: size)
    var tally = Tally(task: model.task)
    for start in stride(from: 0, to: rows.count, by: size) {
      let used = min(size, rows.count - start)
      // A short last chunk is filled up with its first row; the surplus is not counted.
      for i in 0..<size { chunk[i] = rows[start + (i < used ? i : 0)] }
      chunk.withUnsafeBufferPointer { batch.load($0, of: model.task.data) }
      arena.run(on: machine)
      tally.add(used * model.task.data.positionsPerRow, losses: losses, outputs: outputs, batch: batch)
    }
    return tally.evaluation(rows: rows.count, predictions: rows.count * model.task.data.positionsPerRow)
  }
}

/// Sums over predictions, in Double: one for a row, or for each position of a text.
private struct Tally {
  let width: Int
  let isClasses: Bool
  let scale: [Double]
  var loss = 0.0
  var correct = 0
  var residualSquares = 0.0
  var count = 0.0
  // Welford's running mean and sum of squares of the targets, per output, for R².
  var mean: [Double]
  var spread: [Double]

  init(task: TrainingTask) {
    width = task.data.outputCount
    isClasses = task.data.classCount != nil
    scale = task.targetScaling?.scale ?? [Double](repeating: 1, count: width)
    mean = [Double](repeating: 0, count: width)
    spread = mean
  }

  mutating func add(_ count: Int, losses: AlignedBuffer<Float>, outputs: AlignedBuffer<Float>, batch: Batch<Float>) {
    for row in 0..<count {
      loss += Double(losses.elements[row])
      let output = outputs.elements[(row * width)..<((row + 1) * width)]
      if isClasses {
        let label = Int(batch.labels.elements[row])
        // The first largest output; a NaN is never the largest.
        var best = output.startIndex
        for i in output.indices where output[i] > output[best] { best = i }
        if best - output.startIndex == label, !output[best].isNaN { correct += 1 }
      } else {
        self.count += 1
        for j in 0..<width {
          let target = Double(batch.values.elements[row * width + j]) * scale[j]
          let residual = Double(output[output.startIndex + j]) * scale[j] - target
          residualSquares += residual * residual
          let difference = target - mean[j]
          mean[j] += difference / self.count
          spread[j] += difference * (target - mean[j])
        }
      }
    }
  }

  func evaluation(rows: Int, predictions: Int) -> Evaluation {
    let n = Double(predictions)
    if isClasses {
      return Evaluation(rows: rows, loss: loss / n, accuracy: rows > 0 ? Double(correct) / n : nil)
    }
    let total = spread.reduce(0, +)
    return Evaluation(
      rows: rows, loss: loss / n, r2: total > 0 ? 1 - residualSquares / total : nil,
      rmse: rows > 0 ? (residualSquares / (n * Double(width))).squareRoot() : nil)
  }
}
