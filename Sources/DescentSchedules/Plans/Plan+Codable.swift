extension Plan: Codable {
  private enum CodingKeys: String, CodingKey { case version, plan }
  private static let version = 1

  /// `{"version": 1, "plan": "rate: cosine to 0; [ndim<2] weightDecay = 0"}`: the text form is the one format. A list
  /// of rules, `"plan": ["rate: cosine", "[ndim<2] weightDecay = 0"]`, is read too.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.version, forKey: .version)
    try container.encode(description, forKey: .plan)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let version = try container.decode(Int.self, forKey: .version)
    guard version == Self.version else {
      throw DecodingError.dataCorruptedError(
        forKey: .version, in: container,
        debugDescription: "A plan of version \(version) cannot be read; this reads version \(Self.version).")
    }
    let list = try? container.decode([String].self, forKey: .plan)
    let text = try list?.joined(separator: "; ") ?? container.decode(String.self, forKey: .plan)
    do {
      try self.init(parsing: text)
    } catch {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: container.codingPath + [CodingKeys.plan], debugDescription: error.description,
          underlyingError: error))
    }
  }
}
