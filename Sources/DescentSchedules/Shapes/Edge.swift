/// Which ends of its stretch a piece meets on a step, if it has L steps and u counts them from 0.
public enum Edge: String, Sendable, Hashable, Codable, CaseIterable {
  /// p = u/L: the first step has the first level, the last one stops short of the last level.
  case left
  /// p = (u+1)/L: the last step has the last level.
  case right
  /// p = u/(L−1): both ends are met; a piece of a single step has its last level.
  case both
}
