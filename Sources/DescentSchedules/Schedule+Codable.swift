extension Schedule: Codable {
  private enum CodingKeys: String, CodingKey { case version, schedule }
  private static let version = 1

  /// `{"version": 1, "schedule": "0.1: warmup 5% -> cosine to 0"}`: the text form is the one format, so that there is
  /// one reader, one set of checks and nothing to keep in step.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.version, forKey: .version)
    try container.encode(description, forKey: .schedule)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let version = try container.decode(Int.self, forKey: .version)
    guard version == Self.version else {
      throw DecodingError.dataCorruptedError(
        forKey: .version, in: container,
        debugDescription: "A schedule of version \(version) cannot be read; this reads version \(Self.version).")
    }
    let text = try container.decode(String.self, forKey: .schedule)
    do {
      try self.init(parsing: text)
    } catch {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: container.codingPath + [CodingKeys.schedule], debugDescription: error.description,
          underlyingError: error))
    }
  }
}
