/// One thing found in a run, with what it rests on.
public struct Finding: Sendable, Hashable {
  public var code: FindingCode
  public var severity: FindingSeverity
  /// Which case of the code it is: `recovered`, `noise-floor`, `stepped-too-fast`, …; empty where there is only one.
  public var kind: String
  public var evidence: Evidence
  /// The share of healthy runs in which the detector found this although it was not so, 0…1, as measured on the held-out
  /// runs of the fault-injection suite; nil where it was not measured.
  public var falseAlarmRate: Double?
  /// What would confirm or refute it.
  public var confirm: String
  /// The next thing to try, one line.
  public var advice: String
  /// The run to try next, where one can be named.
  public var next: NextRun?

  public init(
    _ code: FindingCode, _ severity: FindingSeverity, kind: String = "", evidence: Evidence,
    falseAlarmRate: Double? = nil, confirm: String, advice: String, next: NextRun? = nil
  ) {
    self.code = code
    self.severity = severity
    self.kind = kind
    self.evidence = evidence
    self.falseAlarmRate = falseAlarmRate
    self.confirm = confirm
    self.advice = advice
    self.next = next
  }
}

/// What a finding rests on.
public struct Evidence: Sendable, Hashable {
  /// The steps that show it.
  public var steps: ClosedRange<Int>
  /// What was computed from them.
  public var statistic: String
  public var value: Double
  /// Where the finding begins.
  public var threshold: Double
  /// All of it in one sentence.
  public var sentence: String

  public init(steps: ClosedRange<Int>, statistic: String, value: Double, threshold: Double, sentence: String) {
    self.steps = steps
    self.statistic = statistic
    self.value = value
    self.threshold = threshold
    self.sentence = sentence
  }
}

/// How another run differs from the one at hand.
public struct NextRun: Sendable, Hashable {
  /// Its peak rate.
  public var rate: Double?
  /// Its schedule, as text.
  public var schedule: String?
  /// Its length.
  public var steps: Int?

  public init(rate: Double? = nil, schedule: String? = nil, steps: Int? = nil) {
    self.rate = rate
    self.schedule = schedule
    self.steps = steps
  }
}
