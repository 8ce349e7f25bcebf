import DescentCurvature
import Testing

@Suite struct LanczosTests {
  @Test(arguments: [1, 2, 7, 40, 300])
  func `known spectra are exact at both ends`(_ n: Int) throws {
    // Between −1 and 1, with two that stand out above and one below.
    var eigenvalues = (0..<n).map { -1 + 2 * Double($0) / Double(n) }
    eigenvalues[0] = 9
    if n > 2 { (eigenvalues[1], eigenvalues[2]) = (7, -5) }
    let sorted = eigenvalues.sorted()
    for end in [SpectrumEnd.largest, .smallest] {
      var matrix = KnownMatrix<Double>(eigenvalues)
      var solver = Lanczos<Double>(Lanczos.Settings(count: 3, end: end, tolerance: 1e-9))
      let pairs = try solver.solve(&matrix)
      #expect(pairs.converged)
      #expect(pairs.products == matrix.products)
      let expected = Array((end == .largest ? sorted.reversed() : sorted).prefix(min(3, n)))
      #expect(pairs.values.count == expected.count)
      for (value, right) in zip(pairs.values, expected) { #expect(abs(value - right) < 1e-10) }
      let image = try #require(pairs.vectors.first)
      var product = image
      matrix.apply(image, into: &product)
      for (a, b) in zip(product, image) { #expect(abs(a - pairs.values[0] * b) < 1e-7) }
    }
  }

  @Test func `a basis too small for the task restarts and arrives`() throws {
    // Relative gaps of a thousandth: hundreds of products.
    let eigenvalues = (0..<400).map { 1 - 1e-3 * Double($0) }
    var matrix = KnownMatrix<Double>(eigenvalues)
    var solver = Lanczos<Double>(
      Lanczos.Settings(count: 2, tolerance: 1e-7, maximumProducts: 2000, basisSize: 24))
    let pairs = try solver.solve(&matrix)
    #expect(pairs.converged && pairs.products > 24)
    #expect(abs(pairs.values[0] - 1) < 1e-10)
    #expect(abs(pairs.values[1] - 0.999) < 1e-10)
  }

  @Test func `several equal eigenvalues are found as often as asked for`() throws {
    var matrix = KnownMatrix<Double>([5, 5, 5, 1, 1, 0.5, 0, 0, -2, -2])
    var solver = Lanczos<Double>(Lanczos.Settings(count: 4, tolerance: 1e-9))
    let pairs = try solver.solve(&matrix)
    for (value, right) in zip(pairs.values, [5.0, 5, 5, 1]) { #expect(abs(value - right) < 1e-10) }
  }

  @Test func `the residual bounds the error`() throws {
    let eigenvalues = (0..<200).map { 1 / Double($0 + 1) }
    for tolerance in [1e-1, 1e-2, 1e-3] {
      var matrix = KnownMatrix<Double>(eigenvalues)
      var solver = Lanczos<Double>(Lanczos.Settings(tolerance: tolerance))
      let pairs = try solver.solve(&matrix)
      #expect(pairs.residuals[0] <= tolerance * pairs.values[0])
      #expect(abs(pairs.values[0] - 1) <= pairs.residuals[0])
      var product = pairs.vectors[0]
      matrix.apply(pairs.vectors[0], into: &product)
      let difference = zip(product, pairs.vectors[0]).reduce(0.0) {
        $0 + ($1.0 - pairs.values[0] * $1.1) * ($1.0 - pairs.values[0] * $1.1)
      }
      #expect(abs(difference.squareRoot() - pairs.residuals[0]) < 1e-10)
    }
  }

  @Test func `a warm start spends fewer products on a matrix that has hardly changed`() throws {
    let eigenvalues = (0..<300).map { 10 / (1 + 0.05 * Double($0)) }
    var solver = Lanczos<Double>()
    var matrix = KnownMatrix<Double>(eigenvalues)
    let cold = try solver.solve(&matrix)
    #expect(solver.isWarm)
    var changed = KnownMatrix<Double>(eigenvalues.map { $0 * 1.01 })
    let warm = try solver.solve(&changed)
    #expect(warm.products < cold.products / 2)
    #expect(abs(warm.values[0] - 10.1) < 1e-3 * 10.1)
  }

  @Test func `too few products are told, not hidden`() throws {
    var matrix = KnownMatrix<Double>((0..<300).map { 1 - 1e-4 * Double($0) })
    var solver = Lanczos<Double>(Lanczos.Settings(tolerance: 1e-6, maximumProducts: 5))
    let pairs = try solver.solve(&matrix)
    #expect(!pairs.converged)
    #expect(pairs.products == 5)
    #expect(pairs.residuals[0] > 1e-6)
  }

  @Test func `single precision stops at what it can resolve`() throws {
    var matrix = KnownMatrix<Float>((0..<300).map { 10 / Double($0 + 1) })
    var solver = Lanczos<Float>(Lanczos.Settings(count: 2, tolerance: 1e-12))
    let pairs = try solver.solve(&matrix)
    #expect(pairs.converged)
    #expect(abs(pairs.values[0] - 10) < 1e-4)
    #expect(abs(pairs.values[1] - 5) < 1e-4)
  }

  @Test func `the matrix of zeros has eigenvalue zero`() throws {
    var matrix = KnownMatrix<Double>([0, 0, 0, 0])
    var solver = Lanczos<Double>(Lanczos.Settings(count: 2))
    let pairs = try solver.solve(&matrix)
    #expect(pairs.values == [0, 0] && pairs.converged)
  }

  @Test func `a product that is not finite is an error`() throws {
    var matrix = KnownMatrix<Double>([1, .infinity, 2])
    var solver = Lanczos<Double>()
    #expect(throws: CurvatureError.self) { try solver.solve(&matrix) }
  }
}
