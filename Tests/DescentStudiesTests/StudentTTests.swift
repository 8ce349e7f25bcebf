import Testing

@testable import DescentStudies

@Suite struct StudentTTests {
  // scipy 1.17.1, stats.t.sf.
  @Test(arguments: [
    (0.5, 1, 0.35241638234956674), (2, 2, 0.09175170953613698), (3, 5, 0.015049623948731293),
    (-1.5, 7, 0.911350756505015), (6, 9, 0.00010124966103382039), (10, 59, 1.2857446050724391e-14),
    (0.001, 3, 0.49963244748473046),
  ])
  func `tails are scipy's`(_ t: Double, _ degrees: Double, _ tail: Double) {
    #expect(abs(StudentT.upperTail(t, degrees: degrees) / tail - 1) < 1e-11)
    guard t > 0 else { return }
    #expect(abs(StudentT.quantile(upperTail: tail, degrees: degrees) / t - 1) < 1e-9)
  }

  @Test func `with one degree it is Cauchy's, also where the fraction changes sides`() {
    #expect(abs(StudentT.upperTail(1, degrees: 1) - 0.25) < 1e-15)
    #expect(StudentT.upperTail(.infinity, degrees: 3) == 0 && StudentT.upperTail(-.infinity, degrees: 3) == 1)
  }
}
