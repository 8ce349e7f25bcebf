extension Program {
  /// One instruction of a planned program, for people.
  public struct Instruction: Sendable, Hashable {
    /// The operation, or a chain's members, with the shapes read and written.
    public var text: String
    /// Multiplications of a product or convolution; 0 for other instructions.
    public var multiplyAdds: Int
    /// Elements read and written, each once.
    public var elements: Int
    /// Whether it belongs to the second stage.
    public var isRepeated: Bool
  }

  /// The planned program, an instruction after another.
  public var listing: [Instruction] {
    let second = hasSecondStage ? instructions(of: .second) : 0..<0
    return notes.enumerated().map { index, note in
      Instruction(
        text: note.text, multiplyAdds: note.multiplyAdds, elements: note.elements, isRepeated: second.contains(index))
    }
  }
}
