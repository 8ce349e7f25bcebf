internal import DescentSpecs

/// A parameter as a plan sees it: what it is called and its shape.
public struct PlanParameter: Sendable, Hashable {
  /// Dot-separated, as in `layer0.weight`.
  public var name: String
  /// Sizes of the dimensions, row-major.
  public var shape: [Int]

  public init(_ name: String, shape: [Int]) {
    self.name = name
    self.shape = shape
  }

  /// Elements.
  public var size: Int { shape.reduce(1, *) }
}

/// Which parameters a rule is for: a pattern for the name, and conditions on the shape.
///
/// `*` stands for any characters, dots too; `?` for one; `{a,b}` for a or b. Conditions stand in brackets:
/// `[ndim<2]`, `*.weight[ndim>=2,size>1000]`; all of them must hold.
public struct ParameterPattern: Sendable, Hashable {
  /// A condition on the shape.
  public struct Condition: Sendable, Hashable {
    public enum Property: String, Sendable, Hashable, CaseIterable {
      /// Dimensions: 1 for biases and the weights of norms.
      case ndim
      /// Elements.
      case size
    }

    public enum Comparison: String, Sendable, Hashable, CaseIterable {
      // The two-character ones first: the reader takes the first that fits.
      case atMost = "<="
      case atLeast = ">="
      case isNot = "!="
      case below = "<"
      case above = ">"
      case equals = "="
    }

    public var property: Property
    public var comparison: Comparison
    public var bound: Int

    public init(_ property: Property, _ comparison: Comparison, _ bound: Int) {
      self.property = property
      self.comparison = comparison
      self.bound = bound
    }

    public func holds(for parameter: PlanParameter) -> Bool {
      let value = property == .ndim ? parameter.shape.count : parameter.size
      return switch comparison {
      case .atMost: value <= bound
      case .atLeast: value >= bound
      case .isNot: value != bound
      case .below: value < bound
      case .above: value > bound
      case .equals: value == bound
      }
    }
  }

  /// For the whole name.
  public let glob: String
  public let conditions: [Condition]
  /// The glob without braces, one for each choice.
  private let alternatives: [[Character]]

  /// Every parameter.
  public static let all = ParameterPattern(glob: "*", conditions: [], alternatives: [["*"]])
  /// Biases, and the weights and biases of norms: what is a vector.
  public static let vectors = ParameterPattern(
    glob: "*", conditions: [Condition(.ndim, .below, 2)], alternatives: [["*"]])

  private init(glob: String, conditions: [Condition], alternatives: [[Character]]) {
    self.glob = glob
    self.conditions = conditions
    self.alternatives = alternatives
  }

  /// - Parameters:
  ///   - glob: letters, digits and `_ - . / * ? { , }`.
  ///   - conditions: on the shape; all must hold.
  /// - Throws: ``ScheduleError`` for another character, or a brace without its partner.
  public init(_ glob: String, where conditions: [Condition] = []) throws(ScheduleError) {
    if let character = glob.first(where: { !Self.isPart($0) }) {
      throw ScheduleError("a pattern of names cannot hold \"\(character)\"", in: glob)
    }
    guard !glob.isEmpty else { throw ScheduleError("a pattern of names cannot be empty; * stands for all") }
    self.glob = glob
    self.conditions = conditions
    alternatives = try Self.expanded(glob)
  }

  static func isPart(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || "_-./*?{,}".contains(character))
  }

  /// True if neither name nor shape matters.
  public var isForAll: Bool { glob == "*" && conditions.isEmpty }

  public func matches(_ parameter: PlanParameter) -> Bool {
    guard conditions.allSatisfy({ $0.holds(for: parameter) }) else { return false }
    let name = Array(parameter.name)
    return alternatives.contains { Self.matches(name, $0) }
  }

  /// The choices of all braces multiplied out.
  private static func expanded(_ glob: String) throws(ScheduleError) -> [[Character]] {
    var results: [[Character]] = [[]]
    var rest = glob[...]
    while let character = rest.popFirst() {
      switch character {
      case "{":
        guard let end = rest.firstIndex(of: "}") else {
          throw ScheduleError("the pattern \"\(glob)\" opens a brace that it does not close")
        }
        let choices = rest[..<end].split(separator: ",", omittingEmptySubsequences: false)
        guard !rest[..<end].contains("{") else {
          throw ScheduleError("the pattern \"\(glob)\" has braces within braces; write the choices out")
        }
        guard results.count * choices.count <= 1024 else {
          throw ScheduleError("the pattern \"\(glob)\" has more than 1024 choices")
        }
        results = results.flatMap { head in choices.map { head + Array($0) } }
        rest = rest[rest.index(after: end)...]
      case "}": throw ScheduleError("the pattern \"\(glob)\" closes a brace that it does not open")
      case ",": throw ScheduleError("the pattern \"\(glob)\" has a comma outside braces; write {a,b}")
      default: for index in results.indices { results[index].append(character) }
      }
    }
    return results
  }

  /// Wildcards by going back to the last star only: the product of the two lengths at most.
  private static func matches(_ name: [Character], _ glob: [Character]) -> Bool {
    var (place, want) = (0, 0)
    var star: (want: Int, place: Int)?
    while place < name.count {
      if want < glob.count, glob[want] == "*" {
        star = (want, place)
        want += 1
      } else if want < glob.count, glob[want] == "?" || glob[want] == name[place] {
        place += 1
        want += 1
      } else if let last = star {
        want = last.want + 1
        place = last.place + 1
        star = (last.want, place)
      } else {
        return false
      }
    }
    return glob[want...].allSatisfy { $0 == "*" }
  }
}

extension ParameterPattern: CustomStringConvertible {
  /// As in the text form: `*.bias`, `[ndim<2]`.
  public var description: String {
    guard !conditions.isEmpty else { return glob }
    let list = conditions.map { "\($0.property.rawValue)\($0.comparison.rawValue)\($0.bound)" }
    return (glob == "*" ? "" : glob) + "[\(list.joined(separator: ","))]"
  }
}
