internal import DescentAutodiff
internal import DescentModels

/// What an objective needs to know of a model before it divides the rows into chunks.
struct ChunkFacts {
  /// First values of what the model keeps.
  let keptStarts: [Double]
  private let mode: ModelMode
  private let dropsOut: Bool
  let normalizesOverBatch: Bool
  private let bytesPerRow: Int

  // A chunk's intermediate values are to stay within a processor's second-level cache.
  private static let wantedBytes = 1 << 20
  private static let sizes = 8...256

  init(_ model: any Model, task: TrainingTask, mode: ModelMode, scalarBytes: Int) throws {
    let rows = 8
    let traced = TracedModel(model, task: task, rows: rows, mode: mode)
    let scope = traced.scope
    self.mode = mode
    keptStarts = scope.keptStarts
    dropsOut = scope.drawsMasks
    normalizesOverBatch = scope.normalizesOverBatch
    let buffers = [traced.tape.buffer("loss"), traced.tape.buffer("gradient")]
    let gradient = try traced.tape.compile(traced.lossAndGradient(of: traced.meanLoss(), to: buffers[0], buffers[1]))
    bytesPerRow = max(1, gradient.arenaCount * scalarBytes / rows)
  }

  /// Rows to handle at a time.
  func chunkSize(rows: Int) -> Int {
    if normalizesOverBatch, mode.batchStatistics == .batch { return rows }
    return min(max(Self.wantedBytes / bytesPerRow, Self.sizes.lowerBound), Self.sizes.upperBound)
  }

  /// What people should know of how the loss is measured.
  func conditions(chunkCount: Int, chunkSize: Int) -> [String] {
    var result: [String] = []
    if dropsOut { result.append("dropout masks frozen") }
    if normalizesOverBatch {
      switch mode.batchStatistics {
      case .running: result.append("batch normalisation with running statistics")
      case .batch where chunkCount == 1:
        result.append("batch normalisation with the statistics of all \(chunkSize) rows")
      case .batch: result.append("batch normalisation with the statistics of each \(chunkSize) rows")
      }
    }
    return result
  }
}
