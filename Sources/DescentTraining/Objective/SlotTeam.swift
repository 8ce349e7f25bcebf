internal import DescentData
internal import DescentLinearAlgebra
internal import DescentOptimizers

/// The slots of an objective with the threads they are divided over.
///
/// With enough slots each thread works on whole slots; with fewer slots than threads the kernels are divided instead.
final class SlotTeam<Scalar: EngineScalar> {
  let slots: [Slot<Scalar>]
  private let machine: Machine
  private let single: Machine
  private let sharesSlots: Bool

  init(_ slots: [Slot<Scalar>], threads: Int) {
    self.slots = slots
    machine = Machine(threads: threads)
    single = Machine(threads: 1)
    sharesSlots = machine.threads > 1 && slots.count >= machine.threads
  }

  /// Divides chunks over as many slots as there may be.
  convenience init(_ chunks: [Chunk<Scalar>], kept: AlignedBuffer<Scalar>, threads: Int) {
    let slotCount = min(chunks.count, Slot<Scalar>.maximumCount)
    let slots = (0..<slotCount).map { index in
      let range = (chunks.count * index / slotCount)..<(chunks.count * (index + 1) / slotCount)
      return Slot(Array(chunks[range]), parameterCount: chunks[0].programs.parameterCount, kept: kept)
    }
    self.init(slots, threads: threads)
  }

  /// Puts other rows in the place of the chunks', in order.
  func load(_ rows: UnsafeBufferPointer<Int32>, of data: Dataset) {
    var start = 0
    for slot in slots {
      for chunk in slot.chunks {
        chunk.load(UnsafeBufferPointer(rebasing: rows[start..<(start + chunk.rows)]), of: data)
        start += chunk.rows
      }
    }
  }

  /// Calls `work` with each slot's number and the machine to run it on; it may touch only that slot.
  func forEach(_ work: (Int, Machine) -> Void) {
    if sharesSlots, let pool = machine.threadPool {
      chunkExecutor(on: pool)(slots.count) { work($0, single) }
    } else {
      for index in slots.indices { work(index, machine) }
    }
  }

  var loss: Double { slots.reduce(0) { $0 + $1.loss } }

  /// Adds the slots' sums in order.
  func total(into vector: inout [Scalar]) {
    vector.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      base.copyMemory(from: slots[0].sum.pointer, byteCount: bytes.count)
    }
    vector.withUnsafeMutableBufferPointer { vector in
      for slot in slots.dropFirst() { Scalar.add(UnsafeBufferPointer(slot.sum.elements), to: vector) }
    }
  }
}
