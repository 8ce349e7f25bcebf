internal import DescentAutodiff
internal import DescentCore
internal import DescentModels
internal import DescentOptimizers

/// The loss on a trainee's present batch, for rules that evaluate again.
final class ModelStepObjective: StepObjective {
  // The trainee owns this.
  private unowned let trainee: ModelTrainee

  init(_ trainee: ModelTrainee) { self.trainee = trainee }

  var offers: StepNeeds { [.evaluation, .hessianProduct] }

  func loss(at point: UnsafeMutablePointer<Float>) -> Double { trainee.loss(at: point) }

  func gradient(at point: UnsafeMutablePointer<Float>, into gradient: UnsafeMutablePointer<Float>) -> Double {
    trainee.gradient(at: point, into: gradient)
  }

  func hessianProduct(
    at point: UnsafeMutablePointer<Float>, along direction: UnsafeMutablePointer<Float>,
    into product: UnsafeMutablePointer<Float>
  ) throws(OptimizerError) {
    do { try trainee.hessianProduct(at: point, along: direction, into: product) } catch {
      throw OptimizerError("The model has no Hessian products: \(error)")
    }
  }
}

/// The program of a Hessian product on one batch, and what it works in.
struct HessianKit {
  let compiled: CompiledModel.Compiled
  let direction: Tape.Buffer
  let arena: Arena
  /// The product of one batch of several.
  let part: AlignedBuffer<Float>

  init(_ model: CompiledModel) throws {
    (compiled, direction) = try ObjectivePrograms.product(
      model.architecture, task: model.task, mode: .training, rows: model.batchSize, of: model.batchSize)
    arena = Arena(for: compiled.program, precision: .float32)
    part = AlignedBuffer(model.layout.trainableCount)
  }
}
