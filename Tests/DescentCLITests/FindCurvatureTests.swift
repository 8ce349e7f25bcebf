import Foundation
import Testing

/// What `find` says of the starting point.
struct FindCurvatureTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func curvature(_ arguments: String...) throws -> [String: Any] {
    let json = try descent(["find", "--steps", "40", "--json"] + arguments, in: folder.url).json
    return try #require(json["curvature"] as? [String: Any])
  }

  /// A feature twice: standardised, the Hessian of the mean of ½·(w·x + b − y)² has the eigenvalues 2, 1 and 0, and the
  /// gradient at b = 0 lies along the first one's vector.
  private func writeTwins() throws {
    let rows = (0..<80).map { "\($0 * 37 % 80),\($0 * 37 % 80),\(3 * ($0 * 37 % 80) + 5)\n" }
    try folder.write("a,b,y\n" + rows.joined(), to: "twins.csv")
  }

  @Test func `For linear regression both rates are those of the formula`() throws {
    try writeTwins()
    let twins = ["--data", "twins.csv:y:regression", "--model", "mlp:2-1", "--batch", "full"]
    let json = try descent(["find", "--json", "--optimizer", "sgd"] + twins, in: folder.url).json
    let curvature = try #require(json["curvature"] as? [String: Any])
    let scale = try #require(curvature["sharpness"] as? Double)
    #expect(abs(scale / 2 - 1) < 0.03)
    #expect(abs(try #require(curvature["stableRate"] as? Double) - 1) < 0.03)
    #expect(abs(try #require(curvature["criticalRate"] as? Double) - 1) < 0.1)
    #expect(abs(try #require(curvature["safeRate"] as? Double) - 1) < 0.1)
    #expect(curvature["preconditioned"] as? Bool == false)
    let heavy = try descent(["find", "--json", "--optimizer", "sgd(momentum: 0.9)"] + twins, in: folder.url).json
    let rate = try #require((heavy["curvature"] as? [String: Any])?["stableRate"] as? Double)
    #expect(abs(rate - 1.9) < 0.06)
  }

  @Test func `It says what it spent, on what basis, and whether to warm up`() throws {
    let adam = try curvature("--model", "mlp:16")
    #expect(adam["preconditioned"] as? Bool == true)
    let spent = try #require(adam["spent"] as? [String: Int])
    #expect(spent["rows"] == 1259)
    for key in ["steps", "products", "losses"] { #expect(try #require(spent[key]) > 0) }
    let basis = try #require(adam["basis"] as? [String: String])
    #expect(basis["safeRate"]?.contains("A start, not a ceiling") == true)
    #expect(basis["criticalRate"]?.contains("the first update") == true)
    let warmup = try #require(adam["warmup"] as? [String: Any])
    #expect(warmup["needed"] as? Bool == false && warmup["steps"] is NSNull)
  }

  @Test func `A start too sharp for the rate asks for a warm-up, in the next command too`() throws {
    let arguments = ["--model", "mlp:64", "--loss", "squared", "--optimizer", "sgd", "--init", "normal(0.3)"]
    let json = try descent(["find", "--quick", "--json"] + arguments, in: folder.url).json
    let warmup = try #require((json["curvature"] as? [String: Any])?["warmup"] as? [String: Any])
    let steps = try #require(warmup["steps"] as? Int)
    #expect(warmup["needed"] as? Bool == true && steps > 50)
    let errors = try descent(["find", "--quick"] + arguments, in: folder.url).errors
    // The command's schedule decays and has a higher peak, which takes longer.
    let length = errors.split(separator: "'").first { $0.hasPrefix("warmup ") }?.split(separator: " ")[1]
    #expect(try #require(length.flatMap { Int($0) }) > steps)
  }

  @Test func `Normalisation and dropout are told, rules without a threshold have no safe start`() throws {
    let conditions = try curvature("--model", "mlp:16,norm=batch,dropout=0.1")["conditions"] as? [String]
    #expect(conditions == ["batch normalisation with the statistics of all 1259 rows", "dropout off"])
    for optimizer in ["lion", "shampoo"] {
      let json = try curvature("--model", "mlp:16", "--optimizer", optimizer)
      #expect(json["safeRate"] is NSNull && json["criticalRate"] is Double)
    }
  }

  @Test func `A safe start above the range test's ceiling is told as not to be trusted`() throws {
    let warnings = try #require(
      descent(["find", "--optimizer", "sgd(momentum: 0.9)", "--json"], in: folder.url).json["curvature"]
        as? [String: Any])
    #expect((warnings["warnings"] as? [String])?.contains { $0.contains("from which the range test climbs") } == true)
    #expect((try curvature("--optimizer", "sgd")["warnings"] as? [String])?.isEmpty == true)
  }

  @Test func `It can be left out, and a pipe still gets one number`() throws {
    let with = try descent("find", "--model", "mlp:16", "--steps", "40")
    let without = try descent("find", "--model", "mlp:16", "--steps", "40", "--no-curvature")
    #expect(with.output == without.output)
    #expect(Double(with.output.dropLast()) != nil)
    let json = try descent("find", "--model", "mlp:16", "--steps", "40", "--no-curvature", "--json").json
    #expect(json["curvature"] is NSNull)
  }

  @Test func `On a terminal it adds its lines, and marks in the picture`() throws {
    let screen = try descentOnTerminal("find", "--model", "mlp:16")
    for text in ["safe start ", "critical rate ", "warm-up ", "critical 0."] { #expect(screen.errors.contains(text)) }
    #expect(!(try descentOnTerminal("find", "--model", "mlp:16", "--no-curvature").errors.contains("safe start")))
  }
}
