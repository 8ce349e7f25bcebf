import DescentCharts
import Testing

struct ClippingTests {
  @Test func `gaps part a line and a lone point survives`() {
    let runs = visibleRuns([PlotPoint(0, 0), PlotPoint(0.1, 0.1), nil, PlotPoint(0.5, 0.5), nil, nil])
    #expect(runs == [[PlotPoint(0, 0), PlotPoint(0.1, 0.1)], [PlotPoint(0.5, 0.5)]])
  }

  @Test func `a line leaves and comes back at the edge`() {
    let runs = visibleRuns([PlotPoint(0, 0.5), PlotPoint(0.25, 1.5), PlotPoint(0.75, 1.5), PlotPoint(1, 0.5)])
    #expect(runs == [[PlotPoint(0, 0.5), PlotPoint(0.125, 1)], [PlotPoint(0.875, 1), PlotPoint(1, 0.5)]])
  }

  @Test func `a segment across the whole picture is cut twice, one beside it not drawn`() {
    #expect(visibleRuns([PlotPoint(-1, 0.5), PlotPoint(2, 0.5)]) == [[PlotPoint(0, 0.5), PlotPoint(1, 0.5)]])
    #expect(visibleRuns([PlotPoint(-1, 1.5), PlotPoint(2, 1.5)]).isEmpty)
    #expect(visibleRuns([PlotPoint(-1, 2), PlotPoint(2, 1.1)]).isEmpty)
  }
}
