/// A library's schedule in our own pieces, each with its own start, so that it can stand anywhere in a sequence.
///
/// All pieces but the last have a length. A last piece without one goes on for ever; with one, the track holds only up
/// to its end (a cosine that rises again after it).
struct PieceTrack: Sendable {
  var pieces: [Piece]
  /// The same as one piece that reads better but keeps the run's clock: a drop.
  var alone: Piece?
  /// Whether the last piece's formula goes on after its end, as a cosine that rises again.
  var goesOn = false

  init(_ pieces: Piece..., alone: Piece? = nil) {
    self.init(pieces, alone: alone)
  }

  init(_ pieces: [Piece], alone: Piece? = nil) {
    // A piece of no length owns no step.
    self.pieces = pieces.filter { $0.length != .steps(0) }
    self.alone = alone
  }

  private static func steps(_ piece: Piece) -> Int? {
    if case .steps(let steps)? = piece.length { return steps }
    return nil
  }

  var isEndless: Bool { pieces.last.map { $0.length == nil } ?? false }

  /// Steps up to the end of the pieces that have a length.
  var length: Int { pieces.reduce(0) { $0 + (Self.steps($1) ?? 0) } }

  /// The pieces for just `steps` steps; nil if the track would have to be cut inside a piece.
  func cut(to steps: Int) -> [Piece]? {
    if isEndless {
      guard let last = pieces.last, length <= steps else { return nil }
      if length == steps, length > 0 { return Array(pieces.dropLast()) }
      return pieces.dropLast() + [
        Piece(last.shape, .steps(steps - length), from: last.from, to: last.to, edge: last.edge)
      ]
    }
    return length == steps ? pieces : nil
  }

  /// The same, its last formula going on after its end.
  var continued: PieceTrack {
    var track = self
    track.goesOn = true
    return track
  }

  /// One track after another, each new one from its boundary on.
  static func joined(_ tracks: [PieceTrack?], at boundaries: [Int]) -> PieceTrack? {
    var pieces: [Piece] = []
    var start = 0
    guard tracks.count == boundaries.count + 1 else { return nil }
    for (track, boundary) in zip(tracks, boundaries) {
      guard boundary > start, let cut = track?.cut(to: boundary - start) else { return nil }
      pieces += cut
      start = boundary
    }
    guard let last = tracks.last, let last else { return nil }
    var joined = PieceTrack(pieces + last.pieces)
    joined.goesOn = last.goesOn
    return joined
  }

  /// As a schedule of ours.
  func twin(peak: Double) -> Twin {
    let schedule = Schedule(peak: peak, alone.map { [$0] } ?? pieces)
    var twin = Twin(schedule, atMost: isEndless ? nil : length + 1)
    if goesOn { twin.longer = schedule.after(.continue) }
    return twin
  }

  /// As a schedule of ours, for a track whose levels are all absolute: the highest becomes the peak.
  var twin: Twin? {
    let levels = pieces.flatMap { [$0.from, $0.to] }.compactMap { $0?.ownRate }
    guard let peak = levels.max(), peak > 0 else { return nil }
    let pieces = pieces.map {
      Piece(
        $0.shape, $0.length, from: $0.from?.relative(to: peak), to: $0.to?.relative(to: peak), edge: $0.edge)
    }
    var relative = PieceTrack(pieces)
    relative.goesOn = goesOn
    return relative.twin(peak: peak)
  }

  /// One level after another, each from its start on; the first starts at 0.
  static func stairs(_ levels: [(start: Int, value: Double)]) -> PieceTrack {
    var pieces: [Piece] = []
    for (level, next) in zip(levels, levels.dropFirst()) {
      pieces.append(.hold(.steps(next.start - level.start), at: .at(level.value)))
    }
    if let last = levels.last { pieces.append(.hold(at: .at(last.value))) }
    return PieceTrack(pieces)
  }
}

extension Level {
  /// A rate of its own; 0 in its one form.
  static func at(_ rate: Double) -> Level { rate == 0 ? .zero : .absolute(rate) }

  fileprivate var ownRate: Double? {
    if case .absolute(let rate) = self { return rate }
    return nil
  }

  fileprivate func relative(to peak: Double) -> Level { ownRate == peak ? .peak : self }
}
