// Pictures have the shape [rows, height, width, channels].
extension Tensor {
  /// The convolution (cross-correlation, as everywhere in deep learning) with a kernel `[height, width, channels,
  /// outputs]`: gives `[rows, …, …, outputs]`.
  ///
  /// - Parameters:
  ///   - kernel: its first two sizes are the window's.
  ///   - stride: rows and columns from one place to the next.
  ///   - padding: rows and columns of zeros around the picture.
  public func convolved(with kernel: Tensor, stride: Int = 1, padding: Int = 0) -> Tensor {
    let size = kernel.rank == 4 ? kernel.shape : [1, 1]
    return convolved(with: kernel, under: Window(size[0], size[1], stride: stride, padding: padding))
  }

  /// The convolution with strides and padding of a window, whose size must be the kernel's.
  public func convolved(with kernel: Tensor, under window: Window) -> Tensor {
    guard rank == 4, kernel.rank == 4, shape[3] == kernel.shape[2], kernel.shape[0] == window.height,
      kernel.shape[1] == window.width
    else {
      return tape.fail(
        "convolution",
        "needs pictures [rows, height, width, channels] and a kernel [height, width, channels, outputs], not \(shape) and "
          + "\(kernel.shape)",
        shape: Array(shape.dropLast()) + [kernel.shape.last ?? 1])
    }
    guard let size = placed(window, "convolution") else { return failed(channels: kernel.shape[3]) }
    return .convolution(window, .result, self, kernel, shape: [shape[0], size.height, size.width, kernel.shape[3]])
  }

  /// The largest element under each place of the window, channel by channel; the derivative goes to the first of equals.
  public func maxPooled(_ window: Window) -> Tensor {
    guard let size = placed(window, "pool") else { return failed(channels: shape.last ?? 1) }
    return .window(window, .maximum, [self], shape: [shape[0], size.height, size.width, shape[3]])
  }

  /// The mean under each place of the window, channel by channel.
  ///
  /// - Parameters:
  ///   - window: its size, strides and padding.
  ///   - countsPadding: whether places beyond the edge count as zeros (PyTorch's default) or not at all.
  public func averagePooled(_ window: Window, countsPadding: Bool = true) -> Tensor {
    guard let size = placed(window, "pool") else { return failed(channels: shape.last ?? 1) }
    let sum = Tensor.window(window, .sum, [self], shape: [shape[0], size.height, size.width, shape[3]])
    guard !countsPadding else { return sum * (1 / Double(window.height * window.width)) }
    func covered(_ place: Int, _ stride: Int, _ padding: Int, _ length: Int, _ picture: Int) -> Int {
      let begin = place * stride - padding
      return max(1, min(begin + length, picture) - max(begin, 0))
    }
    let rows = (0..<size.height).map { covered($0, window.strideY, window.top, window.height, shape[1]) }
    let columns = (0..<size.width).map { covered($0, window.strideX, window.left, window.width, shape[2]) }
    let counts = rows.flatMap { row in columns.map { 1 / Double(row * $0) } }
    return sum * tape.constant(counts, shape: [1, size.height, size.width, 1])
  }

  static func convolution(_ window: Window, _ part: ConvolutionPart, _ a: Tensor, _ b: Tensor, shape: [Int]) -> Tensor {
    a.tape.record(.convolution(window, part), [a, b], shape: shape)
  }

  static func window(_ window: Window, _ part: WindowPart, _ operands: [Tensor], shape: [Int]) -> Tensor {
    operands[0].tape.record(.window(window, part), operands, shape: shape)
  }

  private func failed(channels: Int) -> Tensor {
    tape.constant(0, shape: rank == 4 ? [shape[0], 1, 1, channels] : shape)
  }

  // The size of the result; nil, and the error kept, if the window does not fit.
  private func placed(_ window: Window, _ name: String) -> (height: Int, width: Int)? {
    guard rank == 4 else {
      _ = tape.fail(name, "needs pictures [rows, height, width, channels], not \(shape)", shape: [])
      return nil
    }
    if let fault = window.fault {
      _ = tape.fail(name, fault, shape: [])
      return nil
    }
    let size = window.resultSize(height: shape[1], width: shape[2])
    guard size.height > 0, size.width > 0 else {
      _ = tape.fail(
        name, "a window of \(window.height)×\(window.width) does not fit into pictures \(shape) with their padding",
        shape: [])
      return nil
    }
    return size
  }
}
