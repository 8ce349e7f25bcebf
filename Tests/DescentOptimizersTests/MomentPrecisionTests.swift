import CDescentKernels
import DescentCore
import DescentOptimizers
import Foundation
import Testing

/// Averages kept in bfloat16 and in 8 bits (Scripts/fixtures/moment_precision.py).
@Suite struct MomentPrecisionTests {
  struct Fixture: Decodable {
    struct Case: Decodable, CustomTestStringConvertible {
      var spec: String
      var rate: Double
      var parameters: [Double]
      var testDescription: String { spec }
    }
    struct Maps: Decodable {
      var signed: [Double]
      var unsigned: [Double]
    }
    var count: Int
    var steps: Int
    var maps: Maps
    var cases: [Case]
    var torchao: [Double]

    static func read() throws -> Fixture {
      let folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures")
      return try JSONDecoder().decode(
        Fixture.self, from: Data(contentsOf: folder.appendingPathComponent("moments.json")))
    }
    static let cases = (try? read().cases) ?? []
  }

  static let packed = ["adam", "adamw", "adamax", "lion", "sgd"].flatMap { rule in
    Moments.allCases.filter { $0 != .full }.map { moments in
      rule == "sgd" ? "sgd(momentum: 0.9, moments: \(moments))" : "\(rule)(moments: \(moments))"
    }
  }

  static func start(_ count: Int) -> [Double] { (0..<count).map { Double($0 * 7919 % 1009) / 1009 - 0.5 } }

  static func gradient(_ count: Int, _ step: Int) -> [Double] {
    (0..<count).map { (Double(($0 * 7919 + step * 10473) % 2003) / 2003 - 0.5) * [1, 0.1, 0.01, 0.001][$0 % 4] }
  }

  /// The parameters after steps 1 … `steps` of an optimizer.
  static func path<S: UpdateScalar>(
    _ optimizer: inout Optimizer<S>, rate: Double, steps: ClosedRange<Int>, from start: [S]
  ) throws -> [S] {
    var p = start
    for t in steps {
      let g = gradient(p.count, t).map { S($0) }
      try optimizer.step(parameters: &p, gradient: g, request: StepRequest(learningRate: rate))
    }
    return p
  }

  @Test func `the dynamic maps are those of bitsandbytes`() throws {
    let maps = try Fixture.read().maps
    #expect(maps.signed.count == 256 && maps.unsigned.count == 256)
    for code in 0..<256 {
      for (map, signed) in [(maps.signed, Int32(1)), (maps.unsigned, 0)] {
        // Theirs are in single precision.
        #expect(abs(dk_dynamic8_value(Int32(code), signed) - map[code]) <= 2e-7 * abs(map[code]))
        #expect(dk_dynamic8_code(map[code], signed) == Int32(code))
      }
    }
  }

  @Test func `the fixture's cases are all there`() { #expect(Fixture.cases.count == 10) }

  @Test(arguments: Fixture.cases)
  func `in double precision the paths are those of the paper`(_ run: Fixture.Case) throws {
    let fixture = try Fixture.read()
    var optimizer = Optimizer<Double>(try OptimizerSpec(parsing: run.spec), parameterCount: fixture.count)
    let p = try Self.path(&optimizer, rate: run.rate, steps: 1...fixture.steps, from: Self.start(fixture.count))
    for (ours, theirs) in zip(p, run.parameters) { #expect(abs(ours - theirs) <= 1e-10 * max(1e-3, abs(theirs))) }
  }

  @Test(arguments: Fixture.cases)
  func `every kernel path follows it but for codes on the edge between two`(_ run: Fixture.Case) throws {
    let fixture = try Fixture.read()
    for path in TrajectoryParityTests.supportedPaths {
      var optimizer = Optimizer<Float>(try OptimizerSpec(parsing: run.spec), parameterCount: fixture.count)
      optimizer.path = path.rawValue
      let start = Self.start(fixture.count).map { Float($0) }
      let p = try Self.path(&optimizer, rate: run.rate, steps: 1...fixture.steps, from: start)
      var off = 0
      for (i, (ours, theirs)) in zip(p, run.parameters).enumerated() {
        let moved = abs(theirs - Self.start(fixture.count)[i])
        #expect(abs(Double(ours) - theirs) <= 0.05 * moved + 2 * run.rate)
        if abs(Double(ours) - theirs) > 1e-5 { off += 1 }
      }
      #expect(off <= fixture.count / 50, "\(off) elements differ")
    }
  }

  @Test func `8-bit AdamW is torchao's but for rounding`() throws {
    let fixture = try Fixture.read()
    let start = Self.start(4096).map { Float($0) }
    var optimizer = Optimizer<Float>(try OptimizerSpec(parsing: "adamw(moments: dynamic8bit)"), parameterCount: 4096)
    let p = try Self.path(&optimizer, rate: 0.01, steps: 1...fixture.steps, from: start)
    let ours = stride(from: 0, to: 4096, by: 64).map { Double(p[$0]) }
    #expect(ours.count == fixture.torchao.count)
    for (a, b) in zip(ours, fixture.torchao) { #expect(abs(a - b) < 1e-5) }
    var plain = Optimizer<Float>(try OptimizerSpec(parsing: "adamw"), parameterCount: 4096)
    let exact = try Self.path(&plain, rate: 0.01, steps: 1...fixture.steps, from: start)
    #expect(zip(stride(from: 0, to: 4096, by: 64), fixture.torchao).contains { abs(Double(exact[$0]) - $1) > 1e-4 })
  }

  @Test(arguments: [0, 1])
  func `the nearest entry is taken, at any length`(_ signed: Int32) throws {
    for count in [1, 15, 17, 256, 257, 700] {
      let x = (0..<count).map { i -> Float in
        let size = Float(Self.start(2000)[i + 1]) * [1, 1e-2, 1e-4, 1e-6, 1e-7][i % 5]
        return signed == 1 ? size : abs(size)
      }
      var codes = [UInt8](repeating: 0, count: count + 1)
      codes[count] = 99
      var scales = [Float](repeating: 0, count: 3)
      for path in TrajectoryParityTests.supportedPaths {
        codes.withUnsafeMutableBytes { codes in
          scales.withUnsafeMutableBufferPointer { scales in
            var array = dk_packed(
              packing: DK_DYNAMIC8, is_signed: signed, codes: codes.baseAddress, scales: scales.baseAddress,
              counter: (0, 0, 0))
            x.withUnsafeBufferPointer { dk_pack(path, 0, count, $0.baseAddress, &array) }
            var y = [Float](repeating: 0, count: count)
            dk_unpack(path, 0, count, &array, &y)
            for i in 0..<count {
              let scale = Double(scales[i / 256])
              // Squares above 0 stay above 0.
              let code = max(dk_dynamic8_code(Double(x[i]) / scale, signed), signed == 0 && x[i] > 0 ? 1 : 0)
              let nearest = dk_dynamic8_value(code, signed)
              let error = abs(Double(x[i]) / scale - nearest)
              #expect(abs(Double(x[i] - y[i])) <= scale * (error * 1.0001 + 1e-6 * abs(nearest) + 1e-12))
            }
          }
        }
        #expect(codes[count] == 99, "what lies behind is left alone")
      }
    }
  }

  @Test(arguments: packed)
  func `a checkpoint continues bit for bit, and says what it holds`(_ text: String) throws {
    let spec = try OptimizerSpec(parsing: text)
    var whole = Optimizer<Float>(spec, parameterCount: 700)
    let middle = try Self.path(&whole, rate: 0.01, steps: 1...5, from: Self.start(700).map { Float($0) })
    let tensors = whole.state
    let expected = try Self.path(&whole, rate: 0.01, steps: 6...9, from: middle)
    var resumed = Optimizer<Float>(spec, parameterCount: 700)
    try resumed.restore(tensors)
    #expect(try Self.path(&resumed, rate: 0.01, steps: 6...9, from: middle) == expected)
    #expect(resumed.state == whole.state)
    let average = try #require(tensors.dropFirst().first)
    #expect(average.shape == [700])
    #expect(average.element == (text.contains("8bit") ? .uint8 : .bfloat16))
    if text.contains("8bit") {
      let scales = try #require(tensors.first { $0.name == average.name + "_scale" })
      #expect(scales.element == .float32 && scales.shape == [3])
    } else {
      #expect(!tensors.contains { $0.name.hasSuffix("_scale") })
    }
  }

  @Test(arguments: packed)
  func `the way chunks are run changes no bit`(_ text: String) throws {
    let count = 2 * 65_536 + 300
    let g = KernelTests.noise(count, seed: 3)
    var plain = KernelTests.noise(count, seed: 4)
    var backwards = plain
    var a = Optimizer<Float>(try OptimizerSpec(parsing: text), parameterCount: count)
    var b = a
    let request = StepRequest(learningRate: 0.01)
    for _ in 0..<2 {
      let sums = try a.step(parameters: &plain, gradient: g, request: request)
      let others = try b.step(parameters: &backwards, gradient: g, request: request) { count, body in
        for i in (0..<count).reversed() { body(i) }
      }
      #expect(sums == others)
    }
    #expect(plain == backwards)
    #expect(a.state == b.state)
  }

  @Test(arguments: packed)
  func `scaling, clipping and average are those of full precision`(_ text: String) throws {
    let spec = try OptimizerSpec(parsing: text)
    let count = 5000
    let request = StepRequest(learningRate: 0.01)
    var p = Self.start(count).map { Float($0) }
    var average = [Float](repeating: 0, count: count)
    var optimizer = Optimizer<Float>(spec, parameterCount: count)
    var exactP = Self.start(count)
    var exactAverage = [Double](repeating: 0, count: count)
    var exact = Optimizer<Double>(spec, parameterCount: count)
    let g = Self.gradient(count, 1)
    let sums = try p.withUnsafeMutableBufferPointer { p in
      try average.withUnsafeMutableBufferPointer { average in
        try optimizer.step(
          parameters: #require(p.baseAddress), gradient: g.map { Float($0) }, request: request,
          pass: UpdatePass(
            gradientScale: 2, clipping: .value(0.5),
            average: UpdatePass.Average(values: #require(average.baseAddress), weight: 0.5)))
      }
    }
    let exactSums = try exactP.withUnsafeMutableBufferPointer { p in
      try exactAverage.withUnsafeMutableBufferPointer { average in
        try exact.step(
          parameters: #require(p.baseAddress), gradient: g, request: request,
          pass: UpdatePass(
            gradientScale: 2, clipping: .value(0.5),
            average: UpdatePass.Average(values: #require(average.baseAddress), weight: 0.5)))
      }
    }
    #expect(abs(sums.gradientSquares - exactSums.gradientSquares) <= 1e-5 * exactSums.gradientSquares)
    #expect(abs(sums.parameterSquares - exactSums.parameterSquares) <= 1e-5 * exactSums.parameterSquares)
    for i in 0..<count {
      #expect(abs(Double(p[i]) - exactP[i]) <= 1e-5)
      #expect(abs(Double(average[i]) - exactAverage[i]) <= 1e-5)
    }
  }

  @Test(arguments: packed)
  func `what is not finite stays visible`(_ text: String) throws {
    var optimizer = Optimizer<Float>(try OptimizerSpec(parsing: text), parameterCount: 600)
    var p = [Float](repeating: 1, count: 600)
    var g = [Float](repeating: 0.1, count: 600)
    g[300] = .nan
    try optimizer.step(parameters: &p, gradient: g, request: StepRequest(learningRate: 0.1))
    g[300] = 0
    try optimizer.step(parameters: &p, gradient: g, request: StepRequest(learningRate: 0.1))
    #expect(p[300].isNaN)
    #expect(p[0].isFinite && p[599].isFinite)
  }

  @Test func `nearest rounding holds an average of squares up, stochastic rounding lets it fall`() throws {
    // After 50 steps of gradient 1, 3000 of gradient 0: v should fall by 0.999³⁰⁰⁰ = 0.05.
    func remaining(_ moments: Moments) throws -> Double {
      var optimizer = Optimizer<Float>(Adam(moments: moments).spec, parameterCount: 64)
      var p = [Float](repeating: 0, count: 64)
      for t in 0..<3050 {
        let g = [Float](repeating: t < 50 ? 1 : 0, count: 64)
        try optimizer.step(parameters: &p, gradient: g, request: StepRequest(learningRate: 1e-6))
      }
      let bytes = try #require(optimizer.state.first { $0.name == "optimizer.exp_avg_sq" }).bytes
      let values = stride(from: 0, to: bytes.count, by: 2).map { i in
        Double(Float(bitPattern: UInt32(bytes[i]) << 16 | UInt32(bytes[i + 1]) << 24))
      }
      return values.reduce(0, +) / Double(values.count)
    }
    let exact = (1 - pow(0.999, 50.0)) * pow(0.999, 3000.0)
    #expect(abs(try remaining(.stochasticBfloat16) / exact - 1) < 0.1)
    #expect(try remaining(.bfloat16) > 10 * exact)
  }

  @Test func `effective rates and preconditioner read packed averages`() throws {
    let request = StepRequest(learningRate: 0.01)
    for text in ["adam", "lion", "adamax"] {
      var full = Optimizer<Float>(try OptimizerSpec(parsing: text), parameterCount: 600)
      var packed = Optimizer<Float>(try OptimizerSpec(parsing: "\(text)(moments: dynamic8bit)"), parameterCount: 600)
      let start = Self.start(600).map { Float($0) }
      _ = try Self.path(&full, rate: 0.01, steps: 1...3, from: start)
      _ = try Self.path(&packed, rate: 0.01, steps: 1...3, from: start)
      let (a, b) = (try full.effectiveRates(request)[0].quantiles, try packed.effectiveRates(request)[0].quantiles)
      #expect(abs(a.tenth / b.tenth - 1) < 0.1, "\(a) \(b)")
    }
  }

  @Test func `what cannot be is told`() {
    #expect { try OptimizerSpec(parsing: "adam(amsgrad: true, moments: bfloat16)") } throws: {
      "\($0)".contains("amsgrad keeps its averages in full")
    }
    #expect { try OptimizerSpec(parsing: "adam(moments: float16)") } throws: { "\($0)".contains("did you mean") }
  }
}

extension Adam {
  fileprivate var spec: OptimizerSpec { OptimizerSpec(self) }
}
