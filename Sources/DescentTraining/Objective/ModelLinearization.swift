internal import DescentAutodiff
internal import DescentCore

/// Exact Hessian products at one point: forward mode over the gradient's graph. The part that does not depend on the
/// direction runs once, with the first product or when the loss is asked for.
final class ModelLinearization<Scalar: EngineScalar>: GaussNewtonLinearization {
  private let team: SlotTeam<Scalar>
  // By slot and chunk: the second stage reads what the first left in each.
  private let arenas: [[Arena]]
  private let point: AlignedBuffer<Scalar>
  private let direction: AlignedBuffer<Scalar>
  private var knownLoss: Double?
  /// Makes the linearization whose products are Gauss–Newton's; with the first of them.
  private let makeGaussNewton: () throws -> ModelLinearization<Scalar>
  private var gaussNewton: ModelLinearization<Scalar>?

  init(
    _ team: SlotTeam<Scalar>, at values: [Scalar], gaussNewton: @escaping () throws -> ModelLinearization<Scalar>
  ) {
    makeGaussNewton = gaussNewton
    let (point, direction) = (AlignedBuffer<Scalar>(values.count), AlignedBuffer<Scalar>(values.count))
    point.update(from: values)
    self.team = team
    self.point = point
    self.direction = direction
    arenas = team.slots.map { $0.takeProductArenas(at: point, along: direction) }
  }

  deinit {
    for (slot, arenas) in zip(team.slots, arenas) {
      for (chunk, arena) in zip(slot.chunks, arenas) { chunk.giveBack(arena) }
    }
  }

  var loss: Double {
    if let knownLoss { return knownLoss }
    run(.first)
    return team.loss
  }

  func hessianProduct(_ direction: [Scalar], into product: inout [Scalar]) throws {
    guard direction.count == self.direction.elements.count, product.count == direction.count else {
      throw TaskError("The model has \(point.elements.count) parameters, the direction \(direction.count).")
    }
    self.direction.update(from: direction)
    run(knownLoss == nil ? .all : .second)
    team.total(into: &product)
  }

  func gaussNewtonProduct(_ direction: [Scalar], into product: inout [Scalar]) throws {
    let inner = try gaussNewton ?? makeGaussNewton()
    gaussNewton = inner
    try inner.hessianProduct(direction, into: &product)
  }

  private func run(_ stage: Program.Stage) {
    team.forEach { team.slots[$0].measureProduct(arenas[$0], stage, on: $1) }
    if stage != .second { knownLoss = team.loss }
  }
}
