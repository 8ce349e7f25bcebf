import DescentCurvature
import Foundation
import Testing

@Suite struct EdgeRecordTests {
  /// A record of these ratios, ten steps apart, at a threshold of 2.
  private func record(_ ratios: [Double], losses: [Double]? = nil, threshold: Double = 2) -> EdgeRecord {
    var record = EdgeRecord()
    for (index, ratio) in ratios.enumerated() {
      record.append(
        EdgeMeasurement(
          step: 10 * index, loss: losses?[index] ?? 1 / Double(index + 1), learningRate: 1,
          eigenvalues: [ratio * threshold], threshold: threshold))
    }
    return record
  }

  @Test func `verdicts follow the ratio`() {
    #expect(EdgeRecord().verdict == .unknown)
    #expect(record([0.1, 0.2, 0.3]).verdict == .below)
    #expect(record([0.3, 0.5, 0.7, 0.8, 0.9]).verdict == .approaching)
    #expect(record([0.8, 0.9, 1.0, 1.05, 1.02]).verdict == .atEdge)
    // Momentum hovers below its line once it has been there.
    #expect(record([0.9, 1.0, 0.94, 0.93, 0.94, 0.93, 0.94]).verdict == .atEdge)
    #expect(record([1, 2, 3, 4, 5]).verdict == .beyond)
    #expect(record([1, 1.3, 1.3, 1.3, 1.3], losses: [1, 1, 2, 3, 4]).verdict == .beyond)
    #expect(record([1, 1.3, 1.3, 1.3, 1.3]).verdict == .atEdge)
    #expect(record([1, 1, 1], losses: [1, 1, .nan]).verdict == .beyond)
  }

  @Test func `a rule without a threshold has no verdict`() {
    var record = EdgeRecord()
    record.append(EdgeMeasurement(step: 0, loss: 1, learningRate: 1, eigenvalues: [5], threshold: .infinity))
    #expect(record.verdict == .noThreshold)
    #expect(record.summary.crossingStep == nil)
  }

  @Test func `crossing, hovering, leaving and escaping are events`() {
    let course = record(
      [0.5, 0.8, 1.1, 0.9, 1.0, 1.1, 0.95, 0.4, 0.4, 0.4, 0.4, 0.8, 1.2, 1.6, 1.8, 2.0, 2.5])
    let expected: [(EdgeEvent.Kind, Int)] = [
      (.crossing, 20), (.hovering, 60), (.left, 90), (.crossing, 120), (.escape, 160),
    ]
    #expect(course.events == expected.map { EdgeEvent(kind: $0.0, step: $0.1) })
  }

  @Test func `a summary counts from the crossing on`() throws {
    var course = record([0.2, 0.6, 1.0, 1.2, 0.8, 1.1])
    for loss in [5.0, 4, 4.5, 4, 3, 3.5] { course.observe(loss: loss) }
    let summary = course.summary
    #expect(summary.crossingStep == 20)
    #expect(abs(try #require(summary.meanRatio) - 1.025) < 1e-12)
    #expect(abs(try #require(summary.medianRatio) - 1.05) < 1e-12)
    #expect(abs(try #require(summary.p5Ratio) - 0.83) < 1e-12)
    #expect(abs(try #require(summary.p95Ratio) - 1.185) < 1e-12)
    #expect(summary.maxRatio == 1.2)
    #expect(summary.fractionRising == 0.4)
  }

  @Test func `no edge is a finding`() {
    let summary = record([0.1, 0.3, 0.6, 0.5]).summary
    #expect(summary.crossingStep == nil && summary.meanRatio == nil && summary.maxRatio == nil)
    #expect(record([0.1, 0.3, 0.6, 0.5]).events.isEmpty)
  }

  @Test func `a record survives JSON`() throws {
    let course = record([0.5, 1, 1.1])
    let data = try JSONEncoder().encode(course)
    #expect(try JSONDecoder().decode(EdgeRecord.self, from: data) == course)
  }
}
