package import DescentAutodiff

/// Memory for a program's buffers in either precision, freed together.
package final class NumberMemory {
  private let precision: Precision
  private var blocks: [UnsafeMutableRawPointer] = []

  package init(_ precision: Precision) { self.precision = precision }
  deinit { for block in blocks { block.deallocate() } }

  private func block(_ count: Int) -> UnsafeMutableRawPointer {
    let block = UnsafeMutableRawPointer.allocate(byteCount: max(64, count * 8), alignment: 64)
    blocks.append(block)
    return block
  }

  package func holding(_ values: [Double]) -> UnsafeMutableRawPointer {
    let block = block(values.count)
    for (i, value) in values.enumerated() {
      switch precision {
      case .float64: block.storeBytes(of: value, toByteOffset: i * 8, as: Double.self)
      case .float32: block.storeBytes(of: Float(value), toByteOffset: i * 4, as: Float.self)
      }
    }
    return block
  }

  package func holding(_ values: [Int32]) -> UnsafeMutableRawPointer {
    let block = block(values.count)
    for (i, value) in values.enumerated() { block.storeBytes(of: value, toByteOffset: i * 4, as: Int32.self) }
    return block
  }

  package func read(_ block: UnsafeMutableRawPointer, _ count: Int) -> [Double] {
    (0..<count).map { i in
      switch precision {
      case .float64: block.load(fromByteOffset: i * 8, as: Double.self)
      case .float32: Double(block.load(fromByteOffset: i * 4, as: Float.self))
      }
    }
  }
}
