import CDescentKernels
import Testing

/// Per result element: the place of the largest under the window, nil where the window is wholly outside, and the sum.
private func pooled<Element: WindowElement>(_ w: dk_window, _ picture: [Element]) -> ([Int?], [Element]) {
  let n = Int(w.channels)
  var places = [Int?](repeating: nil, count: w.resultCount)
  var sums = [Element](repeating: 0, count: w.resultCount)
  w.walk { result, pixel, _ in
    guard let pixel else { return }
    for c in 0..<n {
      let (here, at) = (picture[pixel * n + c], result * n + c)
      sums[at] += here
      if let best = places[at].map({ picture[$0] }), !(here > best || here.isNaN && !best.isNaN) { continue }
      places[at] = pixel * n + c
    }
  }
  return (places, sums)
}

@Suite struct PoolingTests {
  private func agrees<Element: WindowElement>(_ type: Element.Type, seed: Int, holes: Bool) {
    let w = dk_window.pooling(seed)
    var lottery = Lottery(seed)
    // Whole numbers from −4 to 4: ties are everywhere.
    var picture: [Element] = lottery.whole(w.pictureCount)
    if holes { for i in picture.indices where lottery.next(0...9) == 0 { picture[i] = .nan } }
    let values: [Element] = lottery.whole(w.pictureCount)
    let changes: [Element] = lottery.whole(w.resultCount)
    let (places, sums) = pooled(w, picture)
    var placed = [Element](repeating: 0, count: w.pictureCount)
    for (place, change) in zip(places, changes) { if let place { placed[place] += change } }
    var spread = [Element](repeating: 0, count: w.pictureCount)
    let n = Int(w.channels)
    w.walk { result, pixel, _ in
      guard let pixel else { return }
      for c in 0..<n { spread[pixel * n + c] += changes[result * n + c] }
    }
    let rows = Int(w.batch * w.out_height)
    let cuts = [lottery.next(0...rows), lottery.next(0...rows)]
    for path in paths {
      for cuts in [[], cuts] {
        let largest = run(Element.maximum, path, w, units: rows, cuts: cuts, picture, [], count: w.resultCount)
        let maximumAgrees = same(largest, places.map { $0.map { picture[$0] } ?? -.infinity })
        #expect(maximumAgrees)
        let picked = run(Element.pick, path, w, units: rows, cuts: cuts, picture, values, count: w.resultCount)
        let pickAgrees = same(picked, places.map { $0.map { values[$0] } ?? 0 })
        #expect(pickAgrees)
        let sum = run(Element.sum, path, w, units: rows, cuts: cuts, picture, [], count: w.resultCount)
        let sumAgrees = same(sum, sums)
        #expect(sumAgrees)
      }
      for cuts in [[], [1]] {
        let pictures = Int(w.batch)
        let placeAgrees =
          run(Element.place, path, w, units: pictures, cuts: cuts, picture, changes, count: w.pictureCount) == placed
        #expect(placeAgrees)
        let spreadAgrees =
          run(Element.spread, path, w, units: pictures, cuts: cuts, changes, [], count: w.pictureCount) == spread
        #expect(spreadAgrees)
      }
    }
  }

  @Test(arguments: 0..<40, [false, true])
  func `pooling agrees with the definition, at ties, beside NaN and divided anyhow`(seed: Int, holes: Bool) {
    agrees(Float.self, seed: seed, holes: holes)
    agrees(Double.self, seed: seed, holes: holes)
  }

  @Test func `windows of two by two side by side pool every pixel once`() {
    let w = dk_window(
      batch: 1, height: 4, width: 6, channels: 21, kernel_height: 2, kernel_width: 2, stride_y: 2, stride_x: 2,
      pad_y: 0, pad_x: 0, out_height: 2, out_width: 3, out_channels: 21)
    var lottery = Lottery(7)
    let picture: [Float] = lottery.fractions(w.pictureCount)
    let ones = [Float](repeating: 1, count: w.resultCount)
    for path in paths {
      let placed = run(Float.place, path, w, units: 1, picture, ones, count: w.pictureCount)
      #expect(placed.filter { $0 == 1 }.count == w.resultCount)
      #expect(placed.filter { $0 == 0 }.count == w.pictureCount - w.resultCount)
      let spread = run(Float.spread, path, w, units: 1, ones, [], count: w.pictureCount)
      #expect(spread.allSatisfy { $0 == 1 })
    }
  }
}
