/// A call of a library's own schedules that may have a run's rates: taken only if it does.
struct NamedCall: Sendable, Hashable {
  /// What would be pasted; `LibrarySchedule` reads it.
  var text: String
  /// Whether the library refuses to go on after the run.
  var endsWithRun = false
}

/// How far a library's own call is from a run.
struct NamedDifference: Sendable {
  /// Over the updates of the run, in rates.
  var within: Double
  /// Where it is largest.
  var step: Int
  /// Over updates after it.
  var after: Double
}

extension ResolvedSchedule {
  /// Runs longer than this are given by formula: PyTorch's own rules would have to be run through step by step.
  private static let longestTried = 1_000_000

  /// How far `call` is from this run; nil if it cannot be read or the run is too long to try.
  func difference(to call: NamedCall, of library: Library) -> NamedDifference? {
    guard steps <= Self.longestTried,
      let theirs = try? LibrarySchedule(parsing: call.text, of: library, base: translationBase(library), steps: steps)
    else { return nil }
    let past = call.endsWithRun ? 0 : pastEnd
    let rates = theirs.rates(count: steps + past)
    var difference = NamedDifference(within: 0, step: 0, after: 0)
    for (step, rate) in rates.enumerated() {
      let distance = abs(rate - self.rate(at: step))
      guard distance.isFinite else { return nil }
      if step >= steps {
        difference.after = max(difference.after, distance)
      } else if distance > difference.within {
        difference.within = distance
        difference.step = step
      }
    }
    return difference
  }

  /// How many updates after the run are looked at.
  var pastEnd: Int { min(max(steps / 4, 16), 2000) }

  /// The rate of an optimizer whose schedule is a factor.
  func translationBase(_ library: Library) -> Double? { library.hasBaseRate ? (peak > 0 ? peak : 1) : nil }

  /// What counts as the same rate in a library.
  func tolerance(_ library: Library) -> Double { highestTried * (library.isSinglePrecision ? 1e-6 : 1e-12) }

  /// The highest rate at the places that are tried.
  var highestTried: Double {
    var highest = 0.0
    for step in placesTried { highest = max(highest, rate(at: step)) }
    return highest
  }

  /// All updates of the run and some after it; of long runs some, and what lies around every boundary.
  var placesTried: [Int] {
    let most = 20_000
    if steps <= most { return Array(0..<steps + pastEnd) }
    var places = Set(stride(from: 0, to: steps, by: max(steps / most, 1)))
    for place in breakpoints.prefix(2000) + boundaries + [steps] {
      for near in place - 2...place + 2 where near >= 0 { places.insert(near) }
    }
    places.formUnion((0..<16).map { steps + $0 * pastEnd / 16 })
    return places.sorted()
  }
}
