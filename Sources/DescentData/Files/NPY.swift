/// Reads `FILE.npy[:TARGETS.npy]`.
///
/// Axis 0 is the rows. Without a file of targets the last column of a two-dimensional array is the target. Whole numbers
/// become classes by the rule of ``TargetColumn``. Bytes with two or more dimensions per row are pictures, scaled to
/// 0…1; everything else is a table, to be standardised.
func loadNPY(_ path: String, targetPath: String?, purpose: TargetPurpose?) throws(DataError) -> Dataset {
  let reader = try ByteReader(path)
  let header = try NPYHeader(reader)
  guard let rows = header.shape.first else {
    throw DataError(.malformed, "the array is a single number; axis 0 must be the rows.", path: path)
  }
  guard header.count > 0 else { throw DataError(.empty, "the array has no elements.", path: path) }
  let name = targetPath.map { "\(path):\($0)" } ?? path
  let width = header.count / rows
  guard let targetPath else {
    guard header.shape.count == 2, width > 1 else {
      throw DataError(
        .unsupported,
        "an array of shape \(header.shape) has no target column; give the targets as \(path):TARGETS.npy.", path: path)
    }
    var (x, y) = ([Float](), [Float]())
    x.reserveCapacity(rows * (width - 1))
    y.reserveCapacity(rows)
    try readNumbers(reader, header) { index, value in
      if index % width == width - 1 { y.append(value) } else { x.append(value) }
    }
    return Dataset(
      name: name, featureShape: [width - 1], features: .floats(x), targets: try npyTargets(y, 1, purpose, path),
      wantsStandardization: true)
  }
  let targetReader = try ByteReader(targetPath)
  let targetHeader = try NPYHeader(targetReader)
  guard targetHeader.shape.first == rows else {
    throw DataError(
      .countMismatch, "there are \(rows) rows, but targets of shape \(targetHeader.shape) in \(targetPath).", path: path
    )
  }
  let targetWidth = targetHeader.count / rows
  guard targetWidth > 0 else { throw DataError(.empty, "the array has no elements.", path: targetPath) }
  var y: [Float] = []
  y.reserveCapacity(targetHeader.count)
  try readNumbers(targetReader, targetHeader) { _, value in y.append(value) }
  let targets = try npyTargets(y, targetWidth, purpose, targetPath)
  let shape = header.shape.count == 1 ? [1] : Array(header.shape.dropFirst())
  if header.element == .uint8, shape.count > 1 {
    let pixels = try reader.bytes(header.count, "data")
    try reader.expectEnd()
    return Dataset(name: name, featureShape: shape, features: .bytes(pixels, divisor: 255), targets: targets)
  }
  var x: [Float] = []
  x.reserveCapacity(header.count)
  try readNumbers(reader, header) { _, value in x.append(value) }
  return Dataset(
    name: name, featureShape: shape, features: .floats(x), targets: targets, wantsStandardization: true)
}

private func npyTargets(
  _ numbers: [Float], _ width: Int, _ purpose: TargetPurpose?, _ path: String
) throws(DataError) -> Dataset.Targets {
  switch purpose {
  case nil: return TargetColumn.targets(numbers, width: width)
  case .regression: return .values(numbers, width: width)
  case .classification:
    let distinct = Set(numbers)
    guard width == 1, (2...1000).contains(distinct.count) else {
      throw DataError(
        .unsupported, "these targets are no classes; one column of 2 to 1000 different numbers is.", path: path)
    }
    return TargetColumn.classes(numbers, distinct)
  }
}

/// Reads every element as Float, in portions, and hands it on with its place.
private func readNumbers(
  _ reader: borrowing ByteReader, _ header: NPYHeader, _ take: (Int, Float) -> Void
) throws(DataError) {
  let (size, path) = (header.element.size, reader.path)
  let portion = 1 << 14
  var index = 0
  while index < header.count {
    let count = min(portion, header.count - index)
    let bytes = try reader.bytes(count * size, "data")
    let bad: Int? = bytes.withUnsafeBytes { raw in
      for k in 0..<count {
        let value = number(raw, k, header.element)
        guard value.isFinite else { return index + k }
        take(index + k, value)
      }
      return nil
    }
    if let bad {
      let width = max(1, header.count / max(1, header.shape.first ?? 1))
      throw DataError(
        .notFinite,
        "row \(bad / width), column \(bad % width) (from 0) is not a finite 32-bit number; fill it in or remove the row.",
        path: path)
    }
    index += count
  }
  try reader.expectEnd()
}

@inline(__always)
private func number(_ raw: UnsafeRawBufferPointer, _ index: Int, _ element: NPYHeader.Element) -> Float {
  switch element {
  case .float32: raw.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
  case .float64: Float(raw.loadUnaligned(fromByteOffset: 8 * index, as: Double.self))
  case .int32: Float(raw.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self))
  case .int64: Float(raw.loadUnaligned(fromByteOffset: 8 * index, as: Int64.self))
  case .uint8, .boolean: Float(raw[index])
  }
}
