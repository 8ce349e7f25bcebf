/// How parameters are stored, as far as small updates get lost in them.
public enum ParameterPrecision: String, Sendable, Hashable, Codable, CaseIterable {
  case float32
  case bfloat16

  /// Half a unit in the last place of 1: a smaller update leaves a parameter of size one as it is.
  var halfUnit: Double {
    switch self {
    case .float32: 0x1p-24
    case .bfloat16: 0x1p-9
    }
  }
}

extension ResolvedSchedule {
  func precisionFindings(_ rates: [Double], _ precision: ParameterPrecision) -> [LintFinding] {
    guard let highest = rates.max(), highest > 0, rates.allSatisfy(\.isFinite) else { return [] }
    if highest < ParameterPrecision.float32.halfUnit {
      return [
        LintFinding(
          .belowFloat32Resolution,
          "The highest rate is \(number(highest)); updates below 6e-8 are lost in float32 parameters of size one.")
      ]
    }
    if precision == .bfloat16, highest < precision.halfUnit {
      return [
        LintFinding(
          .belowBfloat16Resolution,
          "The highest rate is \(number(highest)); updates below 2e-3 are lost in bfloat16 parameters of size one: keep "
            + "a float32 copy, or round at random.")
      ]
    }
    if let lowest = rates.filter({ $0 > 0 }).min(), lowest < Double(Float.leastNormalMagnitude) {
      return [
        LintFinding(
          .belowFloat32Resolution,
          "Rates fall to \(number(lowest)), below float32's smallest normal number 1.2e-38; the rest of the run stands "
            + "still.")
      ]
    }
    return []
  }
}
