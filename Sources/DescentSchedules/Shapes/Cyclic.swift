/// Triangular cycles between two rates (Smith 2017), as PyTorch's `CyclicLR`: `up` steps from `low` to the peak (`high`
/// in the text form), `down` steps back.
public struct Cyclic: Sendable, Hashable {
  /// How the height above `low` changes from cycle to cycle.
  public enum Mode: String, Sendable, Hashable, CaseIterable {
    /// Not at all.
    case triangular
    /// Halved at each cycle.
    case triangular2
    /// Multiplied by gamma at each step.
    case expRange = "exp-range"
  }

  /// The lowest rate, absolute, 0 or more.
  public var low: Double
  /// Steps up, 1 or more.
  public var up: Int
  /// Steps down, 1 or more.
  public var down: Int
  public var mode: Mode
  /// The factor per step of `expRange`, above 0; 1 otherwise.
  public var gamma: Double

  public init(low: Double, up: Int = 2000, down: Int? = nil, mode: Mode = .triangular, gamma: Double = 1) {
    self.low = low
    self.up = up
    self.down = down ?? up
    self.mode = mode
    self.gamma = mode == .expRange ? gamma : 1
  }

  var problem: String? {
    if !(low.isFinite && low >= 0) { return "cyclic's low must be 0 or more, it is \(number(low))" }
    if !(gamma.isFinite && gamma > 0) { return "cyclic's gamma must be above 0, it is \(number(gamma))" }
    guard (1...1 << 52).contains(up), (1...1 << 52).contains(down) else {
      return "cyclic's up and down must be 1 step or more, they are \(up) and \(down)"
    }
    return nil
  }
}
