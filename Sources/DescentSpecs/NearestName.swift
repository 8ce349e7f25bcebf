/// The name among `candidates` closest to a misspelt `name`, or nil if none is close.
///
/// Distance: optimal string alignment (insertions, deletions, substitutions, swaps of neighbours), letter case and
/// `-`/`_` ignored. Close means at most a third of the longer name's letters, and never more than three.
public func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
  let wanted = normalized(name)
  var best: (name: String, distance: Int)?
  for candidate in candidates {
    let other = normalized(candidate)
    let distance = alignmentDistance(wanted, other)
    let limit = min(3, max(1, max(wanted.count, other.count) / 3))
    if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.name
}

/// `"did you mean "x"?"`, or the list of what there is.
public func suggestion(for name: String, among candidates: [String]) -> String {
  if let nearest = nearestName(to: name, among: candidates) { return "did you mean \"\(nearest)\"?" }
  return "there are: \(candidates.joined(separator: ", "))."
}

private func normalized(_ name: String) -> [Character] {
  name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
}

private func alignmentDistance(_ a: [Character], _ b: [Character]) -> Int {
  if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
  var rows = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
  for i in 0...a.count { rows[i][0] = i }
  for j in 0...b.count { rows[0][j] = j }
  for i in 1...a.count {
    for j in 1...b.count {
      let substitution = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
      rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, substitution)
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
        rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
      }
    }
  }
  return rows[a.count][b.count]
}
