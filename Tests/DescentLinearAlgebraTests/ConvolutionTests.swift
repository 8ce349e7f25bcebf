import CDescentKernels
import Testing

/// The definition, for the picture `a` and the kernel or result `b`.
private func convolved<Element: WindowElement>(_ w: dk_window, picture: [Element], kernel: [Element]) -> [Element] {
  var result = [Element](repeating: 0, count: w.resultCount)
  each(w) { result[$1] += picture[$0] * kernel[$2] }
  return result
}

private func convolvedPicture<Element: WindowElement>(
  _ w: dk_window, result: [Element], kernel: [Element]
) -> [Element] {
  var picture = [Element](repeating: 0, count: w.pictureCount)
  each(w) { picture[$0] += result[$1] * kernel[$2] }
  return picture
}

private func convolvedKernel<Element: WindowElement>(
  _ w: dk_window, picture: [Element], result: [Element]
) -> [Element] {
  var kernel = [Element](repeating: 0, count: w.kernelCount)
  each(w) { kernel[$2] += picture[$0] * result[$1] }
  return kernel
}

/// All triples of a picture's, a result's and a kernel's element that belong together.
private func each(_ w: dk_window, _ body: (Int, Int, Int) -> Void) {
  let (channels, outs) = (Int(w.channels), Int(w.out_channels))
  w.walk { result, picture, tap in
    guard let picture else { return }
    for c in 0..<channels {
      for o in 0..<outs { body(picture * channels + c, result * outs + o, (tap * channels + c) * outs + o) }
    }
  }
}

@Suite struct ConvolutionTests {
  private func agrees<Element: WindowElement>(_ type: Element.Type, _ w: dk_window, seed: Int) {
    var lottery = Lottery(seed)
    let picture: [Element] = lottery.whole(w.pictureCount)
    let kernel: [Element] = lottery.whole(w.kernelCount)
    let result: [Element] = lottery.whole(w.resultCount)
    let forward = convolved(w, picture: picture, kernel: kernel)
    let inPicture = convolvedPicture(w, result: result, kernel: kernel)
    let inKernel = convolvedKernel(w, picture: picture, result: result)
    for path in paths {
      // The arrays are too long to be printed when they differ.
      let forwardAgrees =
        run(Element.convolve, path, w, units: Int(w.batch * w.out_height), picture, kernel, count: w.resultCount)
        == forward
      #expect(forwardAgrees)
      let inPictureAgrees =
        run(Element.convolvePicture, path, w, units: Int(w.batch * w.height), result, kernel, count: w.pictureCount)
        == inPicture
      #expect(inPictureAgrees)
      let taps = Int(w.kernel_height * w.kernel_width)
      let inKernelAgrees =
        run(Element.convolveKernel, path, w, units: taps * Int(w.channels), picture, result, count: w.kernelCount)
        == inKernel
      #expect(inKernelAgrees)
    }
  }

  @Test(arguments: 0..<60)
  func `convolution and its transposes agree with the definition`(seed: Int) {
    let window = dk_window.convolution(seed)
    agrees(Float.self, window, seed: seed)
    agrees(Double.self, window, seed: seed)
  }

  @Test func `a kernel too deep for one pass is summed to the end`() {
    // 2 · 3 · 300 steps for the picture's, 700 for a row of the window.
    agrees(
      Float.self,
      dk_window(
        batch: 1, height: 3, width: 4, channels: 300, kernel_height: 2, kernel_width: 3, stride_y: 1, stride_x: 1,
        pad_y: 1, pad_x: 1, out_height: 4, out_width: 4, out_channels: 19), seed: 1)
  }

  @Test func `a picture higher than a band is convolved band by band`() {
    agrees(
      Float.self,
      dk_window(
        batch: 2, height: 130, width: 9, channels: 32, kernel_height: 3, kernel_width: 1, stride_y: 1, stride_x: 2,
        pad_y: 1, pad_x: 0, out_height: 130, out_width: 5, out_channels: 3), seed: 2)
  }

  @Test(arguments: 100..<140)
  func `work divided anyhow gives the same bits`(seed: Int) {
    let w = dk_window.convolution(seed)
    var lottery = Lottery(seed)
    let picture: [Float] = lottery.fractions(w.pictureCount)
    let kernel: [Float] = lottery.fractions(w.kernelCount)
    let result: [Float] = lottery.fractions(w.resultCount)
    let calls = [
      (Float.convolve, Int(w.batch * w.out_height), picture, kernel, w.resultCount),
      (Float.convolvePicture, Int(w.batch * w.height), result, kernel, w.pictureCount),
      (Float.convolveKernel, Int(w.kernel_height * w.kernel_width * w.channels), picture, result, w.kernelCount),
    ]
    for (call, units, a, b, count) in calls {
      let cuts = (0..<3).map { _ in lottery.next(0...units) }
      for path in paths {
        let whole = run(call, path, w, units: units, a, b, count: count)
        let agrees = run(call, path, w, units: units, cuts: cuts, a, b, count: count) == whole
        #expect(agrees)
      }
    }
  }

  @Test func `a convolution of no pictures has a kernel of zeros as its transpose`() {
    let w = dk_window(
      batch: 0, height: 5, width: 5, channels: 3, kernel_height: 2, kernel_width: 2, stride_y: 1, stride_x: 1, pad_y: 0,
      pad_x: 0, out_height: 4, out_width: 4, out_channels: 7)
    for path in paths {
      let kernel: [Float] = run(Float.convolveKernel, path, w, units: 12, [], [], count: w.kernelCount)
      #expect(kernel == [Float](repeating: 0, count: w.kernelCount))
    }
  }
}
