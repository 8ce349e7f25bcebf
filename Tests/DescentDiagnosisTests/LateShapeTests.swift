import Testing

@testable import DescentDiagnosis

struct LateShapeTests {
  @Test func `Independent noise about a line has neither correlation nor persistence`() {
    var noise = Noise(5)
    let losses = (0..<4000).map { 1 - 1e-4 * Double($0) + noise.next() }
    let shape = LateShape(losses[...])
    #expect(abs(shape.correlation) < 0.05)
    #expect(shape.persistence > 0.3 && shape.persistence < 2)
  }

  @Test func `A slow wave has both`() {
    var noise = Noise(6)
    var wave = 0.0
    let losses = (0..<4000).map { _ -> Double in
      wave = 0.95 * wave + noise.next()
      return wave
    }
    let shape = LateShape(losses[...])
    // An autoregression's first correlation is its factor.
    #expect(abs(shape.correlation - 0.95) < 0.03)
    #expect(shape.persistence > 10)
  }

  @Test func `A loss that stands still is no trouble`() {
    let shape = LateShape([Double](repeating: 2, count: 100)[...])
    #expect(shape.correlation == 0 && shape.persistence == 1 && shape.peak == 0)
  }
}
