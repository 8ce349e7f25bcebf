import DescentCharts
import DescentReports
import DescentSchedules

/// What `schedule plan` says of a plan laid over a model.
struct PlanReport {
  private let plan: ResolvedPlan
  private let findings: [LintFinding]

  init(_ plan: ResolvedPlan, _ findings: [LintFinding]) {
    self.plan = plan
    self.findings = findings
  }

  var findingLines: String {
    findings.map { "\($0.severity.rawValue)  \($0.code)  \($0.message)" }.joined(separator: "\n")
  }

  /// The plan, a row for each hyper-parameter of each group, and the parameters of each group.
  func table(_ session: Session) -> String {
    let width = session.terminal.outputIsTerminal ? session.terminal.width : nil
    return [
      plan.plan.rules.isEmpty ? "no rules" : plan.plan.description,
      DescentCLI.table([Self.heading] + rows, leading: [0, 1]),
      DescentCLI.table(
        [["group", "elements", "parameters"]] + plan.groups.map { [$0.name, String($0.size), names(of: $0)] },
        leading: [0, 2], width: width),
    ].joined(separator: "\n\n")
  }

  private static let heading = ["group", "hyper-parameter", "start", "peak", "end"]

  private var rows: [[String]] {
    plan.groups.flatMap { group in
      ([Plan.rate] + group.settings).map { setting in
        let values = Self.values(group, setting, last: plan.steps - 1)
        return [group.name, setting == Plan.rate ? "rate" : setting] + values.map(figure)
      }
    }
  }

  /// At the first update, at the one with the group's highest rate, at the last.
  private static func values(_ group: PlanGroup, _ setting: String, last: Int) -> [Double] {
    [0, group.schedule.maximum.step, last].map { group.value(of: setting, at: $0) ?? .nan }
  }

  private func names(of group: PlanGroup) -> String {
    group.parameters.map { plan.parameters[$0].name }.joined(separator: " ")
  }

  /// The groups' rates above, every other hyper-parameter that varies below.
  var chart: Chart {
    let places = Self.places(plan)
    func lines(_ setting: String) -> [Mark] {
      plan.groups.compactMap { group in
        guard group.value(of: setting, at: 0) != nil else { return nil }
        let points = places.map { PlotPoint(Double($0), group.value(of: setting, at: $0) ?? .nan) }
        return .line(Series(group.name, points: points))
      }
    }
    var settings: [String] = []
    for group in plan.groups {
      for (index, setting) in group.settings.enumerated() where !group.isConstant(setting: index) {
        if !settings.contains(setting) { settings.append(setting) }
      }
    }
    return Chart(
      title: plan.plan.description, subtitle: "\(plan.steps) steps, \(plan.groups.count) groups", xAxis: Axis("step"),
      panels: [Panel(yAxis: Axis("rate"), marks: lines(Plan.rate), weight: 2)]
        + settings.map { Panel(yAxis: Axis($0), marks: lines($0)) })
  }

  /// Enough for any screen, and every place where something happens, with the step before it.
  private static func places(_ plan: ResolvedPlan) -> [Int] {
    let most = 800
    let even = plan.steps <= most ? Array(0..<plan.steps) : (0..<most).map { $0 * (plan.steps - 1) / (most - 1) }
    let turns = plan.groups.flatMap { $0.schedule.breakpoints.prefix(most) }
    return Set(even + turns + turns.map { max($0 - 1, 0) }).filter { $0 < plan.steps }.sorted()
  }

  var page: HTMLPage {
    HTMLPage(
      title: "Hyper-parameter plan", subtitle: plan.plan.description,
      sections: [
        HTMLPage.Section("", [.chart(chart)]),
        HTMLPage.Section("Groups", [.table(HTMLPage.Table(columns: Self.heading, rows: rows))]),
        HTMLPage.Section(
          "Parameters",
          [
            .table(
              HTMLPage.Table(columns: ["group", "parameters"], rows: plan.groups.map { [$0.name, names(of: $0)] }))
          ]),
        HTMLPage.Section(
          "What looks wrong",
          findings.isEmpty
            ? [.paragraph("Nothing.")] : [.list(findings.map { "\($0.severity.rawValue): \($0.message)" })]),
      ], footer: HTMLPage.footer)
  }

  var json: JSON {
    [
      "canonical": .string(plan.plan.description), "digest": .string(plan.plan.digest), "steps": .integer(plan.steps),
      "groups": .array(plan.groups.map(json(of:))),
      "lint": .array(
        findings.map {
          ["code": .string($0.code), "severity": .string($0.severity.rawValue), "message": .string($0.message)]
        }),
    ]
  }

  private func json(of group: PlanGroup) -> JSON {
    let settings: [(String, JSON)] = ([Plan.rate] + group.settings).map { setting in
      let values = Self.values(group, setting, last: plan.steps - 1)
      return (setting, ["start": .number(values[0]), "peak": .number(values[1]), "end": .number(values[2])])
    }
    return [
      "name": .string(group.name), "size": .integer(group.size),
      "schedule": .string(group.schedule.schedule.description),
      "parameters": JSON(group.parameters.map { plan.parameters[$0].name }), "values": .object(settings),
    ]
  }
}
