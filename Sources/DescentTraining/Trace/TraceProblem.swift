public import Foundation

/// A small problem with a known gradient, for following an optimizer step by step in double precision.
///
/// From JSON, either a quadratic ½·pᵀHp or a named function:
/// ```json
/// {"hessian": [[3, 1], [1, 2]], "start": [1, -2], "shape": [1, 2]}
/// {"function": "rosenbrock", "start": [-1.2, 1]}
/// ```
/// A named function has a standard start, so that `start` may be left out. `shape` (rows, columns) tells a rule for matrices how the parameters are arranged; without it they are a vector.
public struct TraceProblem: Sendable, Hashable, Decodable {
  public enum Loss: Sendable, Hashable {
    /// ½·pᵀHp by the rows of the symmetric H.
    case quadratic(hessian: [[Double]])
    case function(AnalyticFunction)
  }

  public let loss: Loss
  public let start: [Double]
  /// Rows and columns, if the parameters are a matrix.
  public let shape: [Int]?

  /// A quadratic ½·pᵀHp.
  ///
  /// - Throws: ``TraceProblemError`` if H is not square, symmetric, finite, and of the size of `start`.
  public init(hessian: [[Double]], start: [Double], shape: [Int]? = nil) throws(TraceProblemError) {
    try Self.check(start: start, shape: shape)
    let n = start.count
    for (i, row) in hessian.enumerated() where row.count != hessian.count {
      throw TraceProblemError(
        "The hessian is not square: row \(i + 1) has \(row.count) numbers, and there are \(hessian.count) rows.")
    }
    guard hessian.count == n else {
      throw TraceProblemError(
        "The start has \(n) parameters, but the hessian is \(hessian.count) × \(hessian.count); they must agree.")
    }
    for i in 0..<n {
      for j in 0...i {
        guard hessian[i][j].isFinite, hessian[j][i].isFinite else {
          throw TraceProblemError("The hessian holds a number that is not finite in row \(i + 1) or column \(i + 1).")
        }
        let (a, b) = (hessian[i][j], hessian[j][i])
        guard abs(a - b) <= 1e-12 * max(abs(a), abs(b)) else {
          throw TraceProblemError(
            "The hessian is not symmetric: row \(j + 1), column \(i + 1) is \(b), but row \(i + 1), column \(j + 1) is "
              + "\(a).")
        }
      }
    }
    loss = .quadratic(hessian: hessian)
    self.start = start
    self.shape = shape
  }

  /// A named function.
  ///
  /// - Throws: ``TraceProblemError`` if `start` is not finite or has not as many parameters as the function takes.
  public init(_ function: AnalyticFunction, start: [Double], shape: [Int]? = nil) throws(TraceProblemError) {
    try Self.check(start: start, shape: shape)
    if let dimension = function.dimension, start.count != dimension {
      throw TraceProblemError(
        "\(function.rawValue) takes \(dimension) parameters, and the start has \(start.count).")
    }
    loss = .function(function)
    self.start = start
    self.shape = shape
  }

  /// A named function from its standard start.
  public init(_ function: AnalyticFunction) {
    loss = .function(function)
    start = function.standardStart
    shape = nil
  }

  /// The same problem from another start.
  ///
  /// - Throws: ``TraceProblemError`` if `start` does not fit the problem.
  public func starting(at start: [Double]) throws(TraceProblemError) -> TraceProblem {
    switch loss {
    case .quadratic(let hessian): try TraceProblem(hessian: hessian, start: start, shape: shape)
    case .function(let function): try TraceProblem(function, start: start, shape: shape)
    }
  }

  private static func check(start: [Double], shape: [Int]?) throws(TraceProblemError) {
    guard !start.isEmpty else { throw TraceProblemError("The start holds no number.") }
    guard start.allSatisfy(\.isFinite) else {
      throw TraceProblemError("The start holds a number that is not finite.")
    }
    guard let shape else { return }
    // By division, because the product of two large numbers would not fit.
    guard shape.count == 2, shape.allSatisfy({ $0 > 0 }), start.count.isMultiple(of: shape[0]),
      start.count / shape[0] == shape[1]
    else {
      throw TraceProblemError(
        "The shape must be [rows, columns] with rows × columns = \(start.count), the length of the start; it is "
          + "\(shape).")
    }
  }

  private enum Key: String, CodingKey {
    case hessian, function, start, shape
  }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    let start = try fields.decodeIfPresent([Double].self, forKey: .start)
    let shape = try fields.decodeIfPresent([Int].self, forKey: .shape)
    let hessian = try fields.decodeIfPresent([[Double]].self, forKey: .hessian)
    let name = try fields.decodeIfPresent(String.self, forKey: .function)
    switch (hessian, name) {
    case (let hessian?, nil):
      guard let start else { throw TraceProblemError("The problem has no \"start\": [numbers].") }
      self = try TraceProblem(hessian: hessian, start: start, shape: shape)
    case (nil, let name?):
      let function = try AnalyticFunction(named: name)
      self = try TraceProblem(function, start: start ?? function.standardStart, shape: shape)
    case (nil, nil): throw TraceProblemError("The problem has neither a \"hessian\" nor a \"function\".")
    case (_?, _?): throw TraceProblemError("The problem has both a \"hessian\" and a \"function\"; it must have one.")
    }
  }

  /// Reads a problem from JSON (comments allowed).
  ///
  /// - Throws: ``TraceProblemError`` with what is wrong and where.
  public init(json: Data) throws(TraceProblemError) {
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    do {
      self = try decoder.decode(TraceProblem.self, from: json)
    } catch let error as TraceProblemError {
      throw error
    } catch let error as DecodingError {
      throw TraceProblemError(Self.sentence(for: error))
    } catch {
      throw TraceProblemError("The problem does not read: \(error).")
    }
  }

  private static func sentence(for error: DecodingError) -> String {
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context):
      let place = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined()
      let what = place.isEmpty ? "The problem" : "\"\(place)\" in the problem"
      return "\(what) is of the wrong kind; it reads {\"hessian\": [[numbers]], \"start\": [numbers]} or "
        + "{\"function\": \"rosenbrock\", \"start\": [numbers]}."
    case .dataCorrupted(let context):
      let detail = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey] as? String
      return "The problem is not JSON: \(detail ?? context.debugDescription)"
    @unknown default: return "The problem does not read: \(error)."
    }
  }
}

/// A trace problem that does not fit together: one sentence with what is wrong.
public struct TraceProblemError: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}
