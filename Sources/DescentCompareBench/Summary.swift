import DescentCore
import DescentStudies
import DescentTraining
import Foundation

/// The figures of the documentation page.
struct Summary {
  let results: Results
  let grid: Grid
  private let initialLoss: Double

  init() throws {
    results = try Results.load()
    grid = try Grid(seeds: 2, firstSeed: 0)
    initialLoss = try grid.source(0).makeTrainee(seed: 0, batchOrder: 0).evaluate(on: .validation).loss
  }

  func print() throws {
    let means = results.means
    guard let least = means.min(), let best = means.firstIndex(of: least) else { return }
    Swift.print("best of \(means.count): \(name(best)), \(figure(least))")
    for place in means.indices.sorted(by: { means[$0] < means[$1] }).prefix(10) {
      Swift.print("| \(name(place)) | \(figure(means[place])) | \(percent(regret(means[place], least))) |")
    }
    for seeds in CompareBench.seedCounts {
      let choices = results.choices.filter { $0.seeds == seeds }
      guard !choices.isEmpty else { continue }
      let count = Double(choices.count)
      let holding = choices.count { $0.set.contains(best) }
      let sizes = choices.map { Double($0.set.count) }
      let regrets = choices.flatMap { choice in choice.set.map { regret(means[$0], least) } }
      let winners = choices.map { regret(means[$0.winner], least) }
      Swift.print(
        """
        \(seeds) seeds, \(choices.count) repetitions: the set holds the best in \(holding); \
        size \(figure(sizes.reduce(0, +) / count)) (at most \(Int(sizes.max() ?? 0))); \
        regret of a member at most \(percent(regrets.max() ?? 0)); of the winner in the mean \
        \(percent(winners.reduce(0, +) / count)); cost \(percent(choices.map(\.share).reduce(0, +) / count)) \
        (at most \(percent(choices.map(\.share).max() ?? 0)))
        """)
    }
    let claims = results.equalSets.count { $0 < 4 }
    Swift.print("equal settings: a difference is claimed in \(claims) of \(results.equalSets.count)")
  }

  private func regret(_ loss: Double, _ least: Double) -> Double { (loss - least) / (initialLoss - least) }

  private func name(_ place: Int) -> String {
    let arm = grid.comparison.arms[place]
    return "\(Grid.contenders[arm.optimizer].optimizer), \(Grid.schedules[arm.schedule]), \(figure(arm.rate))"
  }

  private func figure(_ value: Double) -> String { String(format: "%.3g", value) }
  private func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
}
