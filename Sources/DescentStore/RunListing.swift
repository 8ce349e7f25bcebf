public import DescentCore

/// Which runs to list, and in which order.
public struct RunQuery: Sendable, Hashable {
  /// What runs are sorted by; runs without the figure, or with one that is not a number, come last.
  public enum Order: Sendable, Hashable {
    /// When they began.
    case time
    /// Their name.
    case id
    /// Steps completed.
    case steps
    /// A final figure, by its name in `results`.
    case result(String)
  }

  public var order: Order
  public var descending: Bool
  /// Only runs that stand like this; nil for all.
  public var status: Set<RunStatus>?
  /// Only runs with this text in their name, command or specification; case does not matter.
  public var text: String?
  /// At most so many; nil for all.
  public var limit: Int?

  /// The newest runs first unless told otherwise.
  public init(
    order: Order = .time, descending: Bool = true, status: Set<RunStatus>? = nil, text: String? = nil,
    limit: Int? = nil
  ) {
    self.order = order
    self.descending = descending
    self.status = status
    self.text = text
    self.limit = limit
  }
}

/// Runs as listed.
public struct RunListing: Sendable, Hashable {
  /// The runs asked for; `id` is the folder's name, and `status` is `interrupted` where a run says it is running but
  /// nobody is.
  public var runs: [RunDescription]
  /// A sentence for every folder whose `run.json` cannot be read.
  public var notices: [String]
}
