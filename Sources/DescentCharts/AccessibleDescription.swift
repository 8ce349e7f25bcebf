extension Chart {
  /// What the picture shows, in sentences: axes, lines, marks, and what was left out. For screen readers and tests.
  public var accessibleDescription: String {
    let plans = plans()
    var sentences: [String] = []
    if !subtitle.isEmpty { sentences.append(subtitle.hasSuffix(".") ? subtitle : subtitle + ".") }
    if let x = plans.first?.x { sentences.append(Self.axis("Horizontal axis", xAxis.label, x)) }
    for (index, plan) in plans.enumerated() {
      sentences.append(Self.axis(plans.count > 1 ? "Panel \(index + 1)" : "Vertical axis", plan.yLabel, plan.y))
      let names = plan.legend.map(\.name)
      if !names.isEmpty { sentences.append("Shown: \(names.joined(separator: ", ")).") }
      if plan.isEmpty { sentences.append("No data to draw.") }
      if !plan.contours.isEmpty { sentences.append("Contour lines of a function.") }
      for line in plan.verticals + plan.horizontals {
        sentences.append("\(line.reference.label) at \(NumberText.short(line.reference.position)).")
      }
      for span in plan.bands + plan.regions {
        let (from, to) = (plan.x.value(at: span.from), plan.x.value(at: span.to))
        sentences.append("\(span.label) from \(NumberText.short(from)) to \(NumberText.short(to)).")
      }
      sentences += plan.notes
    }
    if plans.isEmpty { sentences.append("No data to draw.") }
    return sentences.joined(separator: " ")
  }

  private static func axis(_ role: String, _ label: String, _ scale: Scale) -> String {
    let kind = scale.kind == .log ? "logarithmic" : "linear"
    let name = label.isEmpty ? "" : " \(label),"
    return "\(role):\(name) \(kind), \(NumberText.short(scale.lower)) to \(NumberText.short(scale.upper))."
  }
}
