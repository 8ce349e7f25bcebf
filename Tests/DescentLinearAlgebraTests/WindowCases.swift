import CDescentKernels

/// Calls of the window kernels, by element type.
protocol WindowElement: BinaryFloatingPoint {
  typealias Kernel = (
    dk_path, UnsafePointer<dk_window>, Int64, Int64, UnsafePointer<Self>, UnsafePointer<Self>,
    UnsafeMutablePointer<Self>
  ) -> Void
  static var convolve: Kernel { get }
  static var convolvePicture: Kernel { get }
  static var convolveKernel: Kernel { get }
  static var pick: Kernel { get }
  static var place: Kernel { get }
  /// With one operand only; the second is ignored.
  static var maximum: Kernel { get }
  static var sum: Kernel { get }
  static var spread: Kernel { get }
}

extension Float: WindowElement {
  static var convolve: Kernel { dk_convolve_f32 }
  static var convolvePicture: Kernel { dk_convolve_picture_f32 }
  static var convolveKernel: Kernel { dk_convolve_kernel_f32 }
  static var pick: Kernel { dk_pool_pick_f32 }
  static var place: Kernel { dk_pool_place_f32 }
  static var maximum: Kernel { { dk_pool_maximum_f32($0, $1, $2, $3, $4, $6) } }
  static var sum: Kernel { { dk_pool_sum_f32($0, $1, $2, $3, $4, $6) } }
  static var spread: Kernel { { dk_pool_spread_f32($0, $1, $2, $3, $4, $6) } }
}

extension Double: WindowElement {
  static var convolve: Kernel { dk_convolve_f64 }
  static var convolvePicture: Kernel { dk_convolve_picture_f64 }
  static var convolveKernel: Kernel { dk_convolve_kernel_f64 }
  static var pick: Kernel { dk_pool_pick_f64 }
  static var place: Kernel { dk_pool_place_f64 }
  static var maximum: Kernel { { dk_pool_maximum_f64($0, $1, $2, $3, $4, $6) } }
  static var sum: Kernel { { dk_pool_sum_f64($0, $1, $2, $3, $4, $6) } }
  static var spread: Kernel { { dk_pool_spread_f64($0, $1, $2, $3, $4, $6) } }
}

/// Numbers that only look random: the same in every run.
struct Lottery {
  private var state: UInt64
  init(_ seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func next(_ range: ClosedRange<Int>) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return range.lowerBound + Int(state >> 33) % range.count
  }

  mutating func next(of choices: [Int]) -> Int { choices[next(0...(choices.count - 1))] }

  /// Small whole numbers: their sums of products are exact in every order.
  mutating func whole<Element: WindowElement>(_ count: Int) -> [Element] {
    (0..<count).map { _ in Element(next(-4...4)) }
  }

  /// Numbers whose sums depend on the order.
  mutating func fractions<Element: WindowElement>(_ count: Int) -> [Element] {
    (0..<count).map { _ in Element(next(-9999...9999)) / 7001 }
  }
}

extension dk_window {
  var pictureCount: Int { Int(batch * height * width * channels) }
  var kernelCount: Int { Int(kernel_height * kernel_width * channels * out_channels) }
  var resultCount: Int { Int(batch * out_height * out_width * out_channels) }

  /// A window of any shape whose convolution takes at most about 200 000 products.
  static func convolution(_ seed: Int) -> dk_window {
    var lottery = Lottery(seed)
    while true {
      let w = dk_window(lottery: &lottery, outs: [1, 2, 3, 5, 8, 10, 16, 17, 24, 32, 33, 47, 48, 50, 65, 70])
      if w.resultCount * Int(w.kernel_height * w.kernel_width * w.channels) < 200_000 { return w }
    }
  }

  /// A window for pooling, where the results have as many channels as the picture.
  static func pooling(_ seed: Int) -> dk_window {
    var lottery = Lottery(seed)
    var w = dk_window(lottery: &lottery, outs: [1])
    w.out_channels = w.channels
    return w
  }

  private init(lottery: inout Lottery, outs: [Int]) {
    self.init()
    batch = Int64(lottery.next(1...3))
    channels = Int64(lottery.next(of: [1, 1, 2, 3, 4, 7, 8, 16, 17, 20, 33, 64, 70]))
    out_channels = Int64(lottery.next(of: outs))
    (height, kernel_height, stride_y, pad_y, out_height) = Self.side(&lottery)
    (width, kernel_width, stride_x, pad_x, out_width) = Self.side(&lottery)
  }

  /// Size, kernel, stride, padding and result of one side; the result may be smaller than it could be, and the kernel
  /// larger than the picture.
  private static func side(_ lottery: inout Lottery) -> (Int64, Int64, Int64, Int64, Int64) {
    while true {
      let size = lottery.next(1...17)
      let kernel = lottery.next(1...5)
      let stride = lottery.next(1...3)
      let pad = lottery.next(0...2)
      let most = (size + 2 * pad - kernel) / stride + 1
      if size + 2 * pad < kernel { continue }
      return (Int64(size), Int64(kernel), Int64(stride), Int64(pad), Int64(max(1, most - lottery.next(of: [0, 0, 1]))))
    }
  }

  /// Calls `body` with the places of a result element, of the picture element under tap (i, j) or nil where that is
  /// outside, and the tap: (result pixel, picture pixel, tap), in row-major order of all.
  func walk(_ body: (Int, Int?, Int) -> Void) {
    for b in 0..<batch {
      for y in 0..<out_height {
        for x in 0..<out_width {
          for i in 0..<kernel_height {
            for j in 0..<kernel_width {
              let (row, column) = (y * stride_y - pad_y + i, x * stride_x - pad_x + j)
              let inside = row >= 0 && row < height && column >= 0 && column < width
              body(
                Int((b * out_height + y) * out_width + x), inside ? Int((b * height + row) * width + column) : nil,
                Int(i * kernel_width + j))
            }
          }
        }
      }
    }
  }
}

/// Runs a kernel over units 0 ..< `units`, cut at `cuts`, into an array that was full of NaN.
func run<Element: WindowElement>(
  _ kernel: Element.Kernel, _ path: dk_path, _ window: dk_window, units: Int, cuts: [Int] = [], _ a: [Element],
  _ b: [Element], count: Int
) -> [Element] {
  var result = [Element](repeating: .nan, count: count)
  let bounds = [0] + cuts.sorted() + [units]
  withUnsafePointer(to: window) { window in
    // The last part first: an order no caller should depend on.
    for (begin, end) in zip(bounds, bounds.dropFirst()).reversed() {
      kernel(path, window, Int64(begin), Int64(end), a, b, &result)
    }
  }
  return result
}

let paths = [DK_PORTABLE, DK_AVX2, DK_AVX512].filter { dk_supports($0) == 1 }
