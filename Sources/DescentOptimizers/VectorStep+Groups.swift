extension VectorStep {
  /// Parameter groups, and one more for the elements in none.
  var groups: Range<Int> { -1..<table.groups.count }

  /// Calls `body` with each slice of one group and the rule with the group's settings.
  @inline(__always)
  func forEachSlice<Rule: VectorRule>(
    of rule: Rule, inGroup group: Int, _ body: (UpdateSlice<Scalar>, Rule) -> Void
  ) {
    for index in 0..<sliceCount where memory.pieces[index].group == group {
      body(slice(index), group < 0 ? rule : table.groups[group] as? Rule ?? rule)
    }
  }
}
