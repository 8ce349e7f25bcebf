/// The table of everything ``ResolvedSchedule/lint(precision:)`` can say.
public enum LintCode: String, Sendable, Hashable, Codable, CaseIterable {
  case everyRateZero = "every-rate-zero"
  case nonFiniteRate = "non-finite-rate"
  case warmupExceedsRun = "warmup-exceeds-run"
  case firstUpdateZero = "first-update-zero"
  case peakNeverReached = "peak-never-reached"
  case jumpAtJoin = "jump-at-join"
  case longerThanRun = "longer-than-run"
  case shorterThanRun = "shorter-than-run"
  case floorNeverReached = "floor-never-reached"
  case belowFloat32Resolution = "below-float32-resolution"
  case belowBfloat16Resolution = "below-bfloat16-resolution"
  case ambiguousLevel = "ambiguous-level"
  case risesAfterEnd = "rises-after-end"
  case placeBeyondRun = "place-beyond-run"
  case restartAtEnd = "restart-at-end"
  case floorAbovePeak = "floor-above-peak"

  /// How grave it is, unless the case at hand is graver or milder.
  public var severity: LintFinding.Severity {
    switch self {
    case .everyRateZero, .nonFiniteRate, .warmupExceedsRun: .error
    case .firstUpdateZero, .peakNeverReached, .jumpAtJoin, .longerThanRun, .belowFloat32Resolution,
      .belowBfloat16Resolution, .risesAfterEnd, .placeBeyondRun, .restartAtEnd, .floorAbovePeak:
      .warning
    case .shorterThanRun, .floorNeverReached, .ambiguousLevel: .note
    }
  }

  /// What it means, in one sentence.
  public var meaning: String {
    switch self {
    case .everyRateZero: "Every rate of the run is zero: nothing is learned."
    case .nonFiniteRate: "A rate is infinite or not a number."
    case .warmupExceedsRun: "The opening warm-up lasts as long as the run or longer."
    case .firstUpdateZero: "The first update has the rate 0: a step is computed and thrown away."
    case .peakNeverReached: "The highest rate of the run is below the peak."
    case .jumpAtJoin: "A piece starts at another rate than the one before it ends at."
    case .longerThanRun: "The pieces need more steps than the run has: the end is cut off."
    case .shorterThanRun: "The pieces end before the run: the end value holds for the rest."
    case .floorNeverReached: "The level given with \"to\" is not reached."
    case .belowFloat32Resolution: "Rates are too small to move a float32 parameter."
    case .belowBfloat16Resolution: "Rates are too small to move a bfloat16 parameter."
    case .risesAfterEnd: "After its last piece the schedule goes on and rises, as PyTorch's cosine does."
    case .placeBeyondRun: "A drop or a knot lies after the end of its piece or of the run: it is never met."
    case .restartAtEnd: "A cycle begins again within the last hundredth of the run."
    case .floorAbovePeak: "The floor is at the peak or above it: nothing but the floor is left."
    case .ambiguousLevel: "A bare number is read as a share of the peak."
    }
  }
}
