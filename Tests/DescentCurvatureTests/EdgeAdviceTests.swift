import DescentCurvature
import Testing

/// A record of these ratios, at steps 0, 10, 20, …, with a loss that falls.
private func record(_ ratios: [Double], rates: [Double]? = nil, from step: Int = 0) -> EdgeRecord {
  var record = EdgeRecord()
  for (index, ratio) in ratios.enumerated() {
    let rate = rates?[index] ?? 0.1
    let loss = 1 / Double(index + 1)
    record.observe(loss: loss)
    record.append(
      EdgeMeasurement(
        step: step + 10 * index, loss: loss, learningRate: rate, eigenvalues: [ratio * 2 / rate], threshold: 2 / rate))
  }
  return record
}

private func rules(_ record: EdgeRecord, _ change: (inout EdgeSituation) -> Void = { _ in }) -> [String] {
  var situation = EdgeSituation()
  change(&situation)
  return record.advice(in: situation).map(\.rule)
}

private let rising = [0.2, 0.4, 0.6, 0.8, 0.95]
private let low = [0.1, 0.2, 0.3, 0.3, 0.3, 0.3]
private let hovering = rising + [1.02, 0.98, 1.03, 1.0, 0.99, 1.01]

@Suite struct EdgeAdviceTests {
  @Test func `at the edge nothing is wrong`() {
    let advice = record(hovering).advice(in: EdgeSituation())
    #expect(advice.map(\.rule) == ["R1"])
    #expect(advice[0].text.contains("normal") && advice[0].text.contains("needs no cut"))
  }

  @Test func `below the edge the rate could be larger, and the first measurement gives a safe start`() {
    let advice = record(low).advice(in: EdgeSituation())
    #expect(advice.map(\.rule) == ["R1", "R2"])
    #expect(advice[1].text.contains("a rate of 1: a safe start, not a ceiling"))
  }

  @Test func `below at the end of a schedule, the largest ρ is told`() {
    let rates = (0..<9).map { 0.1 * (1 - Double($0) / 9) }
    let advice = record([0.3, 0.5, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1, 0.1], rates: rates).advice(in: EdgeSituation())
    #expect(advice[0].text.hasPrefix("ρ was 0.7 at most"))
  }

  @Test func `with cross-entropy or weight decay staying below is expected`() {
    #expect(rules(record(low)) { $0.isCrossEntropy = true } == ["R1", "R2", "R11"])
    #expect(rules(record(low)) { $0.decaysWeights = true } == ["R1", "R2", "R11"])
    #expect(!rules(record(hovering)) { $0.isCrossEntropy = true }.contains("R11"))
  }

  @Test func `a start beyond the edge asks for a warm-up, from the rate at which ρ is 1`() {
    let advice = record([4] + hovering).advice(in: EdgeSituation())
    #expect(advice.map(\.rule) == ["R1", "R4"])
    #expect(advice[1].text.contains("from 0.025 on"))
  }

  @Test func `an adaptive rule's first steps beyond the edge pass`() {
    #expect(rules(record([40] + hovering, from: 1)) { $0.rescales = true } == ["R1", "R6"])
    #expect(rules(record(hovering, from: 1)) { $0.rescales = true } == ["R1"])
  }

  @Test func `a rate raised in one step is told where it blew up, a cut that was held also where it did not`() {
    let rates = hovering.map { _ in 0.2 } + [Double](repeating: 0.1, count: 8)
    let cut = record(hovering + [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1, 1], rates: rates)
    #expect(rules(cut) == ["R1", "R7"])
    let raised = record(hovering + [2], rates: hovering.map { _ in 0.1 } + [0.2])
    #expect(rules(raised) { $0.hasDiverged = true } == ["R1", "R5"])
  }

  @Test func `a schedule that ends at 0 is no cut`() {
    let rates = (0..<12).map { 0.1 * (1 - Double($0) / 12) }
    #expect(!rules(record([Double](repeating: 0.9, count: 12), rates: rates)).contains("R7"))
  }

  @Test func `mini-batches are judged by Batch Sharpness, with momentum by another line`() {
    let plain = record(low).advice(
      in: {
        var situation = EdgeSituation()
        (situation.usesMiniBatches, situation.batchRatio) = (true, 0.96)
        return situation
      }())
    #expect(plain.map(\.rule) == ["R9"])
    #expect(plain[0].text.contains("0.96 of it") && plain[0].text.contains("larger batches"))
    let heavy = record(low).advice(
      in: {
        var situation = EdgeSituation()
        (situation.usesMiniBatches, situation.batchRatio, situation.momentum) = (true, 0.096, 0.9)
        return situation
      }())
    let adaptive = rules(record(low)) { ($0.usesMiniBatches, $0.rescales) = (true, true) }
    #expect(adaptive == ["R9"])
    #expect(heavy.map(\.rule) == ["R10"])
    #expect(heavy[0].text.contains("2·(1 − β)/η") && heavy[0].text.contains("0.96 of it"))
  }

  @Test func `without a threshold there is no advice`() {
    var record = EdgeRecord()
    #expect(record.advice(in: EdgeSituation()).isEmpty)
    record.append(EdgeMeasurement(step: 0, loss: 1, learningRate: 0.1, eigenvalues: [3], threshold: .infinity))
    #expect(record.advice(in: EdgeSituation()).isEmpty)
  }
}
