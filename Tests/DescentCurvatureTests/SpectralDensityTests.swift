import DescentCurvature
import Testing

@Suite struct SpectralDensityTests {
  static let eigenvalues = [30.0, 20] + (0..<198).map { Double($0) / 198 }

  @Test func `weights sum to one and outliers are exact`() throws {
    var matrix = KnownMatrix<Double>(Self.eigenvalues)
    let density = try matrix.spectralDensity(probes: 4, steps: 20)
    #expect(abs(density.nodes.reduce(0) { $0 + $1.weight } - 1) < 1e-12)
    #expect(density.products == 80 && matrix.products == 80)
    let top = density.nodes.filter { $0.eigenvalue > 10 }
    #expect(top.count == 8)
    #expect(top.allSatisfy { min(abs($0.eigenvalue - 30), abs($0.eigenvalue - 20)) < 1e-9 })
  }

  @Test func `shares follow the spectrum`() throws {
    var matrix = KnownMatrix<Double>(Self.eigenvalues)
    let density = try matrix.spectralDensity(probes: 20, steps: 30)
    for x in [0.25, 0.5, 0.75, 2] {
      let exact = Double(Self.eigenvalues.filter { $0 <= x }.count) / 200
      #expect(abs(density.share(upTo: x) - exact) < 0.05)
    }
    #expect(density.share(upTo: 31) > 1 - 1e-12)
    let exact = Self.eigenvalues.reduce(0, +)
    let error = try #require(density.trace.standardError)
    #expect(abs(density.trace.value - exact) < 4 * error)
  }

  @Test func `the density integrates to one and says how wide it smooths`() throws {
    var matrix = KnownMatrix<Double>(Self.eigenvalues)
    let density = try matrix.spectralDensity(probes: 2, steps: 25)
    #expect(abs(density.smoothing - 30.0 / 50) < 0.02)
    let step = density.smoothing / 20
    var integral = 0.0
    var x = -10 * density.smoothing
    while x < 30 + 10 * density.smoothing {
      integral += step * density.density(at: x)
      x += step
    }
    #expect(abs(integral - 1) < 1e-6)
  }

  @Test func `a spectrum of few values ends early`() throws {
    var matrix = KnownMatrix<Double>([2, 2, 2, 5, 5, 5])
    let density = try matrix.spectralDensity(probes: 3, steps: 6, smoothing: 0.1)
    #expect(density.products <= 9)
    #expect(density.nodes.allSatisfy { min(abs($0.eigenvalue - 2), abs($0.eigenvalue - 5)) < 1e-10 })
    #expect(density.smoothing == 0.1)
  }
}
