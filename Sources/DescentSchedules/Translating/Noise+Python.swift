extension Noise {
  /// The same numbers in Python: functions, `jitter(t)` the last.
  var python: [String] { (isNormal ? [Self.quantile] : []) + [jitter] }

  private var jitter: String {
    var lines = [
      "def jitter(t):", "    \"\"\"The same noise at the same step, whatever came before (SplitMix64).\"\"\"",
    ]
    var outside: [String] = []
    if steps.lowerBound > 0 { outside.append("t < \(steps.lowerBound)") }
    if steps.upperBound != .max { outside.append("t >= \(steps.upperBound)") }
    if !outside.isEmpty { lines += ["    if \(outside.joined(separator: " or ")):", "        return 1.0"] }
    lines += [
      "    mask = 2**64 - 1",
      "    z = (\(seed) + 0x9E3779B97F4A7C15 * (t + 1)) & mask",
      "    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask",
      "    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask",
      "    z ^= z >> 31",
    ]
    if isNormal {
      lines += [
        "    x = quantile((z >> 11) * 2.0**-53 + 2.0**-54)",
        "    return max(1 + \(amount) * min(max(x, -3.0), 3.0), 0.0)",
      ]
    } else {
      lines.append("    return 1 + \(amount) * (2 * ((z >> 11) * 2.0**-53) - 1)")
    }
    return lines.joined(separator: "\n")
  }

  /// The approximation that `normalQuantile` uses, so that the numbers are the same.
  private static let quantile = """
    def quantile(p):
        \"\"\"The inverse of the normal distribution function, by Acklam's rational approximations.\"\"\"

        def tail(q):
            above = (((((-7.784894002430293e-3 * q - 3.223964580411365e-1) * q - 2.400758277161838) * q
                       - 2.549732539343734) * q + 4.374664141464968) * q + 2.938163982698783)
            below = ((((7.784695709041462e-3 * q + 3.224671290700398e-1) * q + 2.445134137142996) * q
                      + 3.754408661907416) * q + 1)
            return above / below

        if p < 0.02425:
            return tail(math.sqrt(-2 * math.log(p)))
        if p > 1 - 0.02425:
            return -tail(math.sqrt(-2 * math.log(1 - p)))
        q = p - 0.5
        r = q * q
        above = (((((-3.969683028665376e1 * r + 2.209460984245205e2) * r - 2.759285104469687e2) * r
                   + 1.383577518672690e2) * r - 3.066479806614716e1) * r + 2.506628277459239)
        below = (((((-5.447609879822406e1 * r + 1.615858368580409e2) * r - 1.556989798598866e2) * r
                   + 6.680131188771972e1) * r - 1.328068155288572e1) * r + 1)
        return above * q / below
    """
}
