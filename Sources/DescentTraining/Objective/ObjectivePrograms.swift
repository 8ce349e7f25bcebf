internal import DescentAutodiff
internal import DescentCore
internal import DescentData
internal import DescentModels

/// Loss, gradient and Hessian product of a model for some rows, as their part of the mean over all rows.
struct ObjectivePrograms: Sendable {
  let loss: CompiledModel.Compiled
  let gradient: CompiledModel.Compiled
  /// Results: loss, product. The direction is a repeated input.
  let product: CompiledModel.Compiled
  let direction: Tape.Buffer
  let parameterCount: Int

  /// Which matrix `product` multiplies by.
  enum Matrix: Sendable {
    case hessian
    case gaussNewton
  }

  init(
    _ model: any Model, task: TrainingTask, mode: ModelMode, rows: Int, of rowsInAll: Int, matrix: Matrix = .hessian
  ) throws {
    let total = rowsInAll * task.data.positionsPerRow
    var traced = TracedModel(model, task: task, rows: rows, mode: mode)
    parameterCount = traced.scope.layout.trainableCount
    var buffers = [traced.tape.buffer("loss")]
    loss = try traced.compiled([ProgramOutput(traced.meanLoss(over: total), to: buffers[0])], buffers, rows: rows)

    traced = TracedModel(model, task: task, rows: rows, mode: mode)
    buffers = [traced.tape.buffer("loss"), traced.tape.buffer("gradient")]
    gradient = try traced.compiled(
      traced.lossAndGradient(of: traced.meanLoss(over: total), to: buffers[0], buffers[1]), buffers, rows: rows)

    (product, direction) = try Self.product(model, task: task, mode: mode, rows: rows, of: rowsInAll, matrix: matrix)
  }

  /// The product of some rows' part of the mean over all, and where it reads its direction. Results: loss,
  /// product.
  static func product(
    _ model: any Model, task: TrainingTask, mode: ModelMode, rows: Int, of total: Int, matrix: Matrix = .hessian
  ) throws -> (CompiledModel.Compiled, direction: Tape.Buffer) {
    let traced = TracedModel(model, task: task, rows: rows, mode: mode)
    let buffers = [traced.tape.buffer("loss"), traced.tape.buffer("product")]
    let tape = traced.tape
    let direction = tape.buffer("direction")
    let slices = traced.scope.layout.trainable
    let mean = traced.meanLoss(over: total * task.data.positionsPerRow)
    let parameters = traced.scope.parameters
    let directions = slices.map { tape.source(direction, offset: $0.offset, shape: $0.shape) }
    let products: [Tensor]
    switch matrix {
    case .hessian:
      let gradients = tape.gradient(of: mean, by: parameters)
      products = tape.tangents(of: gradients, inputs: parameters, directions: directions)
    case .gaussNewton:
      // Jᵀ·(H_L·(J·v)): forward to the outputs, through the loss alone, and back.
      let outputs = traced.outputs
      let along = tape.tangents(of: [outputs], inputs: parameters, directions: directions)
      let change = tape.tangents(of: tape.gradient(of: mean, by: [outputs]), inputs: [outputs], directions: along)
      products = tape.pullback(of: outputs, cotangent: change[0], to: parameters)
    }
    let outputs = zip(products, slices).map { ProgramOutput($0, to: buffers[1], offset: $1.offset) }
    let compiled = try traced.compiled(
      [ProgramOutput(mean, to: buffers[0])] + outputs, buffers, rows: rows, repeatedInputs: [direction])
    return (compiled, direction)
  }
}

extension TracedModel {
  func compiled(
    _ outputs: [ProgramOutput], _ results: [Tape.Buffer], rows: Int, repeatedInputs: [Tape.Buffer] = []
  ) throws(ShapeError) -> CompiledModel.Compiled {
    CompiledModel.Compiled(
      program: try tape.compile(outputs, repeatedInputs: repeatedInputs), sources: sources, input: input,
      targets: targets, results: results, rows: rows)
  }
}
