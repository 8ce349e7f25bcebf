import DescentCharts
import Testing

struct NumberTextTests {
  @Test(arguments: [
    (1e-5, "1e-5"), (0.01, "0.01"), (1, "1"), (10, "10"), (0.001, "0.001"), (0.00025, "2.5e-4"), (123_456, "123000"),
    (2.5e7, "2.5e7"), (-0.05, "-0.05"), (0, "0"), (-0.0, "0"), (.nan, "NaN"), (.infinity, "∞"), (-.infinity, "-∞"),
    (9.999, "10"), (0.9996, "1"), (.leastNonzeroMagnitude, "5e-324"), (1.7976931348623157e308, "1.8e308"),
    (0.1 + 0.2, "0.3"),
  ])
  func `short text has three digits and no noise`(_ value: Double, _ text: String) {
    #expect(NumberText.short(value) == text)
  }

  @Test(arguments: [
    (0.30000000000000004, 1, "0.3"), (2, 2, "2.00"), (0, 1, "0.0"), (-1.25, 1, "-1.3"), (0.04, 1, "0.0"),
    (0.05, 1, "0.1"), (0.96, 1, "1.0"), (99.96, 1, "100.0"), (1200, 0, "1200"), (0.7, 0, "1"),
  ])
  func `fixed text has the decimals asked for`(_ value: Double, _ decimals: Int, _ text: String) {
    #expect(NumberText.fixed(value, decimals: decimals) == text)
  }
}
