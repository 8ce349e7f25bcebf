import CDescentKernels

/// Calls of the kernels for tables, masks, rows and chains, by element type.
protocol ArrayElement: WindowElement {
  typealias Gather = (
    dk_path, _ rows: Int64, _ columns: Int64, _ begin: Int64, _ end: Int64, UnsafePointer<Self>, UnsafePointer<Int32>,
    UnsafeMutablePointer<Self>
  ) -> Void
  typealias Scatter = (
    dk_path, _ rows: Int64, _ columns: Int64, _ count: Int64, _ begin: Int64, _ end: Int64, UnsafePointer<Int32>,
    UnsafePointer<Self>, UnsafeMutablePointer<Self>
  ) -> Void
  typealias Mask = (
    dk_path, UnsafePointer<Int32>, _ layer: UInt32, _ keep: Double, _ begin: Int64, _ end: Int64, _ count: Int64,
    UnsafeMutablePointer<Self>
  ) -> Void
  typealias Softmax = (
    dk_path, _ scale: Double, _ causal: Int64, _ columns: Int64, _ begin: Int64, _ end: Int64, UnsafePointer<Self>,
    UnsafeMutablePointer<Self>
  ) -> Void
  typealias CrossEntropy = (
    dk_path, _ columns: Int64, _ begin: Int64, _ end: Int64, UnsafePointer<Self>, UnsafePointer<Int32>,
    UnsafeMutablePointer<Self>
  ) -> Void
  typealias Reduce = (
    dk_path, _ maximum: Int32, _ middle: Int64, _ inner: Int64, _ begin: Int64, _ end: Int64, UnsafePointer<Self>,
    UnsafeMutablePointer<Self>
  ) -> Void
  typealias RunChain = (
    dk_path, UnsafePointer<dk_chain>, _ begin: Int64, _ end: Int64, UnsafePointer<UnsafeMutableRawPointer?>
  ) -> Void
  static var gather: Gather { get }
  static var scatter: Scatter { get }
  static var mask: Mask { get }
  static var softmax: Softmax { get }
  static var crossEntropy: CrossEntropy { get }
  static var reduce: Reduce { get }
  static var chain: RunChain { get }
}

extension Float: ArrayElement {
  static var gather: Gather { dk_gather_f32 }
  static var scatter: Scatter { dk_scatter_f32 }
  static var mask: Mask { dk_mask_f32 }
  static var softmax: Softmax { dk_softmax_f32 }
  static var crossEntropy: CrossEntropy { dk_cross_entropy_f32 }
  static var reduce: Reduce { dk_reduce_f32 }
  static var chain: RunChain { dk_chain_f32 }
}

extension Double: ArrayElement {
  static var gather: Gather { dk_gather_f64 }
  static var scatter: Scatter { dk_scatter_f64 }
  static var mask: Mask { dk_mask_f64 }
  static var softmax: Softmax { dk_softmax_f64 }
  static var crossEntropy: CrossEntropy { dk_cross_entropy_f64 }
  static var reduce: Reduce { dk_reduce_f64 }
  static var chain: RunChain { dk_chain_f64 }
}

/// Calls `body` with the parts of 0 ..< `units` cut at `cuts`, the last part first: an order no caller should depend on.
func inParts(of units: Int, cuts: [Int] = [], _ body: (_ begin: Int64, _ end: Int64) -> Void) {
  let bounds = [0] + cuts.sorted() + [units]
  for (begin, end) in zip(bounds, bounds.dropFirst()).reversed() { body(Int64(begin), Int64(end)) }
}

/// Element by element the same, not-a-number where the other is.
func same<Element: FloatingPoint>(_ a: [Element], _ b: [Element]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
}

/// A chain of element-wise operations as the kernels take it, with its operands.
struct ChainCase<Element: ArrayElement> {
  var rows: Int
  var columns: Int
  var wholeRows = false
  var operations: [dk_chain_op]
  var inputs: [(spread: dk_spread, values: [Element])]
  /// `DK_FULL` or `DK_PER_ROW`.
  var outputs: [dk_spread]
  /// Registers beyond those of the inputs and outputs.
  var scratch = 0

  /// What the outputs are after a run, for tiles cut at these shares of them.
  func run(_ path: dk_path, cuts: [Double] = []) -> [[Element]] {
    let blocks =
      inputs.map { block($0.values) }
      + outputs.map { block([Element](repeating: .nan, count: rows * ($0 == DK_FULL ? columns : 1))) }
    defer { for block in blocks { block.deallocate() } }
    let spreads = (inputs.map(\.spread) + outputs).map { UInt8($0.rawValue) }
    let pointers = blocks.map { UnsafeMutableRawPointer($0.baseAddress) }
    operations.withUnsafeBufferPointer { operations in
      spreads.withUnsafeBufferPointer { spreads in
        var chain = dk_chain(
          rows: Int64(rows), columns: Int64(columns), op_count: Int32(operations.count),
          input_count: Int32(inputs.count), output_count: Int32(outputs.count),
          register_count: Int32(spreads.count + scratch), whole_rows: wholeRows ? 1 : 0, ops: operations.baseAddress,
          spreads: spreads.baseAddress)
        let tiles = Int(dk_chain_tiles(&chain))
        inParts(of: tiles, cuts: cuts.map { Int($0 * Double(tiles)) }) { Element.chain(path, &chain, $0, $1, pointers) }
      }
    }
    return blocks.dropFirst(inputs.count).map { Array($0) }
  }

  private func block(_ values: [Element]) -> UnsafeMutableBufferPointer<Element> {
    let block = UnsafeMutableBufferPointer<Element>.allocate(capacity: values.count)
    _ = block.initialize(from: values)
    return block
  }
}

extension dk_chain_op {
  init(_ op: dk_op, _ destination: Int, _ a: Int, _ b: Int = 0, _ c: Int = 0, perRow: Bool = false) {
    self.init(
      op: UInt8(op.rawValue), destination: UInt8(destination), a: UInt8(a), b: UInt8(b), c: UInt8(c),
      per_row: perRow ? 1 : 0)
  }
}
