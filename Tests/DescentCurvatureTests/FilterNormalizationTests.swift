import DescentCore
import DescentCurvature
import Testing

@Suite struct FilterNormalizationTests {
  private let layout: ParameterLayout = {
    var layout = ParameterLayout()
    layout.addTrainable("dense.weight", shape: [5, 3])
    layout.addTrainable("dense.bias", shape: [3])
    layout.addTrainable("conv.weight", shape: [2, 2, 1, 4])
    layout.addBuffer("norm.mean", shape: [3])
    return layout
  }()

  private var point: [Float] { (0..<layout.count).map { Float(($0 * 7) % 11) - 5 } }

  /// Norms of the weights of each output of a tensor.
  private func norms(_ values: [Float], _ slice: ParameterLayout.Slice) -> [Double] {
    let outputs = slice.shape[slice.shape.count - 1]
    return (0..<outputs).map { output in
      slice.range.filter { ($0 - slice.offset) % outputs == output }
        .reduce(0) { $0 + Double(values[$1]) * Double(values[$1]) }.squareRoot()
    }
  }

  @Test func `every output's part is as long as its weights`() throws {
    let direction = try filterNormalizedDirection(layout, at: point, seed: 3)
    #expect(direction.count == layout.trainableCount)
    for slice in [layout.trainable[0], layout.trainable[2]] {
      for (own, weights) in zip(norms(direction, slice), norms(point, slice)) {
        #expect(weights > 0 && abs(own / weights - 1) < 1e-5)
      }
    }
  }

  @Test func `biases stay as they are`() throws {
    let direction = try filterNormalizedDirection(layout, at: point)
    #expect(layout.trainable[1].range.allSatisfy { direction[$0] == 0 })
  }

  @Test func `seed and number choose the direction`() throws {
    let first = try filterNormalizedDirection(layout, at: point, seed: 3)
    #expect(try filterNormalizedDirection(layout, at: point, seed: 3) == first)
    #expect(try filterNormalizedDirection(layout, at: point, seed: 4) != first)
    #expect(try filterNormalizedDirection(layout, at: point, seed: 3, index: 1) != first)
  }

  @Test func `weights of zero stand still`() throws {
    let zeros = [Float](repeating: 0, count: layout.count)
    #expect(try filterNormalizedDirection(layout, at: zeros).allSatisfy { $0 == 0 })
    #expect(throws: CurvatureError.self) { try filterNormalizedDirection(layout, at: [Float](repeating: 1, count: 4)) }
  }
}
