/// A window that slides over pictures `[rows, height, width, channels]`, for convolutions and pooling.
public struct Window: Sendable, Hashable {
  /// Rows and columns it covers.
  public var height: Int
  public var width: Int
  /// Rows and columns from one place to the next.
  public var strideY: Int
  public var strideX: Int
  /// Rows and columns beyond each edge of the picture that it may reach.
  public var top: Int
  public var bottom: Int
  public var left: Int
  public var right: Int

  /// The same stride and padding in both directions.
  ///
  /// - Parameters:
  ///   - height: rows, at least 1.
  ///   - width: columns, at least 1.
  ///   - stride: rows and columns from one place to the next, at least 1.
  ///   - padding: rows and columns beyond each edge.
  public init(_ height: Int, _ width: Int, stride: Int = 1, padding: Int = 0) {
    self.height = height
    self.width = width
    strideY = stride
    strideX = stride
    top = padding
    bottom = padding
    left = padding
    right = padding
  }

  /// Height and width of the result for a picture; below 1 if the window does not fit.
  func resultSize(height pictureHeight: Int, width pictureWidth: Int) -> (height: Int, width: Int) {
    func size(_ picture: Int, _ padding: Int, _ window: Int, _ stride: Int) -> Int {
      let room = picture + padding - window
      return room < 0 ? 0 : room / stride + 1
    }
    return (
      size(pictureHeight, top + bottom, height, strideY), size(pictureWidth, left + right, width, strideX)
    )
  }

  /// What makes the window impossible; nil if nothing does.
  var fault: String? {
    if height < 1 || width < 1 { return "a window of \(height)×\(width) covers nothing" }
    if strideY < 1 || strideX < 1 { return "a stride of \(strideY) and \(strideX) does not go on" }
    if min(top, bottom, left, right) < 0 { return "padding cannot be negative" }
    return nil
  }
}
