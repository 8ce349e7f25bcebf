extension Program {
  /// The planned program in readable form: memory first, then an instruction a line.
  public var listing: String {
    let multiplyAdds = notes.reduce(0) { $0 + $1.multiplyAdds }
    var lines = [
      "\(instructionCount) instructions, \(multiplyAdds) multiply-adds, arena \(arenaCount) elements"
        + (keptCount > 0 ? ", kept between stages \(keptCount)" : ""),
      "buffers: " + bufferNames.joined(separator: ", "),
    ]
    let width = String(max(0, instructionCount - 1)).count
    for (index, note) in notes.enumerated() {
      if hasSecondStage, index == instructions(of: .first).upperBound { lines.append("second stage") }
      let number = String(index)
      lines.append(String(repeating: " ", count: width - number.count) + number + "  " + note.text)
    }
    return lines.joined(separator: "\n")
  }
}
