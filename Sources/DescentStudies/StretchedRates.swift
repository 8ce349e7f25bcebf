public import DescentSchedules

extension ResolvedSchedule {
  /// The rates of a run of another length whose curve is this one, squeezed or stretched.
  ///
  /// Lengths in steps are stretched as shares of the run are, which laying the schedule over the other run would not do:
  /// `warmup 100` of a run of 1,000 is a tenth of a short one too.
  ///
  /// - Parameter steps: of the other run.
  /// - Returns: as many rates; those of this schedule itself where the lengths are equal.
  public func rates(stretchedOver steps: Int) -> [Double] {
    (0..<max(0, steps)).map { step in
      rate(at: Int((Double(step) + 0.5) * Double(self.steps) / Double(steps)))
    }
  }
}
