internal import CDescentKernels

/// How a rule keeps its averages of gradients and of their squares (moments) between steps.
///
/// The step itself is made in the parameters' precision. Adam's two averages take 8 bytes per parameter in single
/// precision, 4 in bfloat16 and 2.03 in 8 bits; Lion's one, or SGD's momentum, half of that.
public enum Moments: String, CaseIterable, Codable, Sendable, Hashable {
  /// In the parameters' own precision.
  case full
  /// In bfloat16, eight significant bits, rounded to nearest, ties to even.
  ///
  /// A change of less than half a unit is lost: with β₂ above 0.996 an average of squares never falls again, whatever
  /// the gradients, and steps stay shorter than they should. ``stochasticBfloat16`` has no such floor.
  case bfloat16
  /// In bfloat16, rounded up or down at random so that the mean is right.
  ///
  /// The random bits are those of a counter (Philox4x32-10) of step, element and array: every run repeats them, whatever
  /// its seed.
  case stochasticBfloat16
  /// In one byte: an entry of the dynamic map times the largest magnitude of 256 neighbours.
  ///
  /// Block-wise dynamic quantisation of Dettmers et al., "8-bit optimizers via block-wise quantization", arXiv 2110.02861,
  /// with the map and the block of bitsandbytes' present optimizers (the paper's blocks are of 2048). Magnitudes have
  /// seven decades down to 10⁻⁷; decade i = 0 … 6 is cut into 2ⁱ cells between 0.1 and 1 times 10^(i−6), into 2^(i+1)
  /// for squares, which have no sign; the entries are the cells' middles, 0 and 1. The nearest is taken, but unlike
  /// bitsandbytes and torchao no square above 0 becomes 0: Adam would divide by it, and the digits MLP then ends at 39 %
  /// instead of 97 %. Blocks begin where a stretch with settings of its own does, and small tensors are packed too. A
  /// block with anything not finite becomes not-a-number as a whole.
  case dynamic8bit

  var isFull: Bool { self == .full }

  /// Elements that share a scale.
  static var block: Int { Int(DK_BLOCK) }
}

/// How the bytes of an array stand for numbers.
struct ByteCode: Sendable, Hashable {
  var isSigned: Bool
  /// Which of the rule's arrays holds a scale for each block.
  var scales: Int
}

extension RuleState {
  /// An average with an element for each of the tensor's, kept as `moments` says.
  ///
  /// - Parameters:
  ///   - isSigned: false for averages of squares or magnitudes.
  ///   - scales: the index of its ``scales(_:_:if:)`` among the rule's `states`.
  static func moment(
    _ name: String, _ moments: Moments, isSigned: Bool, scales: Int, if isKept: Bool = true
  ) -> RuleState {
    switch moments {
    case .full: return .perElement(name, if: isKept)
    case .bfloat16, .stochasticBfloat16: return .perElement(name, element: .bfloat16, if: isKept)
    case .dynamic8bit:
      // The code of 0.
      let zero = Double(dk_dynamic8_code(0, isSigned ? 1 : 0))
      var state = RuleState.perElement(name, initial: zero, element: .byte, if: isKept)
      state.code = ByteCode(isSigned: isSigned, scales: scales)
      return state
    }
  }

  /// The scales of an average in 8 bits: one number for each block.
  static func scales(_ name: String, _ moments: Moments, if isKept: Bool = true) -> RuleState {
    .sized(name + "_scale", if: isKept && moments == .dynamic8bit) {
      ($0.count + Moments.block - 1) / Moments.block
    }
  }
}

extension UpdateSlice {
  /// A kept average, packed; nil if the optimizer keeps none.
  ///
  /// - Parameters:
  ///   - index: the array's in the rule's `states`.
  ///   - scales: that of its scales.
  func packed(_ index: Int, _ moments: Moments, isSigned: Bool, scales: Int) -> dk_packed? {
    guard let codes = states[index] else { return nil }
    let packing =
      switch moments {
      case .stochasticBfloat16: DK_BFLOAT16_STOCHASTIC
      case .dynamic8bit: DK_DYNAMIC8
      default: DK_BFLOAT16
      }
    let start = UInt32(truncatingIfNeeded: tensor.range.lowerBound)
    return dk_packed(
      packing: packing, is_signed: isSigned ? 1 : 0, codes: codes,
      scales: moments == .dynamic8bit ? states[scales]?.assumingMemoryBound(to: Float.self) : nil,
      counter: (start, UInt32(truncatingIfNeeded: step), UInt32(truncatingIfNeeded: index)))
  }
}

/// Calls `body` with pointers to two packed arrays.
@inline(__always)
func withUnsafePointers(
  to first: dk_packed, _ second: dk_packed,
  _ body: (UnsafePointer<dk_packed>, UnsafePointer<dk_packed>) -> Void
) {
  withUnsafePointer(to: first) { first in withUnsafePointer(to: second) { body(first, $0) } }
}

extension UpdateSlice<Double> {
  /// As ``UpdateSlice/forEachElement(_:)``, with one or two averages of any precision besides: what packed kernels are
  /// compared with.
  ///
  /// - Parameters:
  ///   - moments: how the averages are kept.
  ///   - first: the index of the first average in the rule's `states`, signed, and of its scales.
  ///   - second: the same of another without a sign; nil: there is none, and `body` gets a place that holds nothing.
  func forEachElement(
    _ moments: Moments, _ first: (index: Int, scales: Int), _ second: (index: Int, scales: Int)? = nil,
    _ body: (_ gradient: Double, _ parameter: inout Double, _ first: inout Double, _ second: inout Double) -> Void
  ) {
    guard !moments.isFull else {
      guard let m = state(first.index) else { return }
      let v = second.flatMap { state($0.index) }
      var nothing = 0.0
      return forEachElement { i, g, w in
        if let v { body(g, &w, &m[i], &v[i]) } else { body(g, &w, &m[i], &nothing) }
      }
    }
    guard let one = packed(first.index, moments, isSigned: true, scales: first.scales) else { return }
    let two = second.flatMap { packed($0.index, moments, isSigned: false, scales: $0.scales) }
    let scales = (states[first.scales], second.flatMap { states[$0.scales] })
    forEachChunk { range, sums in
      var (gradients, squares) = (0.0, 0.0)
      // A block's averages: unpacked, stepped, packed.
      let m = threadMemory(of: Double.self, 3 * Moments.block)
      let (v, spare) = (m + Moments.block, UnsafeMutableRawPointer(m + 2 * Moments.block))
      for start in stride(from: range.lowerBound, to: range.upperBound, by: Moments.block) {
        let block = start..<min(range.upperBound, start + Moments.block)
        one.unpack(block, scales.0, into: m)
        two?.unpack(block, scales.1, into: v)
        for i in block {
          let k = i - start
          body(treatment(gradient[i]), &parameters[i], &m[k], &v[k])
          if let average { average.values[i] += average.weight * (parameters[i] - average.values[i]) }
          gradients += gradient[i] * gradient[i]
          squares += parameters[i] * parameters[i]
        }
        one.pack(m, block, scales.0, spare: spare)
        two?.pack(v, block, scales.1, spare: spare)
      }
      (sums[0], sums[1]) = (gradients, squares)
    }
  }
}

/// The formulas of packing, for one block in double precision: its scale is a Double then.
extension dk_packed {
  fileprivate func unpack(
    _ block: Range<Int>, _ scales: UnsafeMutableRawPointer?, into values: UnsafeMutablePointer<Double>
  ) {
    guard packing == DK_DYNAMIC8 else {
      let halves = codes.assumingMemoryBound(to: UInt16.self)
      for i in block { values[i - block.lowerBound] = Double(Float(bitPattern: UInt32(halves[i]) << 16)) }
      return
    }
    let bytes = codes.assumingMemoryBound(to: UInt8.self)
    let scale = scales?.assumingMemoryBound(to: Double.self)[block.lowerBound / Moments.block] ?? 0
    for i in block { values[i - block.lowerBound] = scale * dk_dynamic8_value(Int32(bytes[i]), is_signed) }
  }

  fileprivate func pack(
    _ values: UnsafePointer<Double>, _ block: Range<Int>, _ scales: UnsafeMutableRawPointer?,
    spare: UnsafeMutableRawPointer
  ) {
    guard packing == DK_DYNAMIC8 else {
      // By the kernel, for its random bits.
      let floats = spare.bindMemory(to: Float.self, capacity: Moments.block)
      for k in 0..<block.count { floats[k] = Float(values[k]) }
      withUnsafePointer(to: self) { dk_pack(DK_PORTABLE, block.lowerBound, block.upperBound, floats, $0) }
      return
    }
    var largest = 0.0
    for k in 0..<block.count { largest = abs(values[k]) <= largest ? largest : abs(values[k]) }
    let isWhole = largest.isFinite && largest >= Double(Float.leastNormalMagnitude)
    scales?.assumingMemoryBound(to: Double.self)[block.lowerBound / Moments.block] =
      isWhole ? largest : largest.isFinite ? 0 : .nan
    let bytes = codes.assumingMemoryBound(to: UInt8.self)
    for i in block {
      let share = isWhole ? values[i - block.lowerBound] / largest : 0
      let nearest = dk_dynamic8_code(share, is_signed)
      bytes[i] = UInt8(clamping: is_signed == 0 && share > 0 ? max(1, nearest) : nearest)
    }
  }
}
