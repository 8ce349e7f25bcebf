// The same targets seen otherwise: as another run needs them, or as another loss does.
extension Dataset {
  /// This dataset with its classes numbered as in `names`, the classes a model was trained on.
  ///
  /// Whole numbers that were taken for values become classes by their text.
  ///
  /// - Throws: ``DataError`` if a row has a class that is not among `names`.
  public func withClasses(_ names: [String]) throws(DataError) -> Dataset {
    let place = Dictionary(names.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
    var labels: [Int32] = []
    labels.reserveCapacity(rows)
    switch targets {
    case .nextTokens: throw textHasNone("classes")
    case .classes(let old, let oldNames):
      let new = oldNames.map { place[$0] }
      for label in old {
        guard let label = new[Int(label)] else { throw unknownClass(oldNames[Int(label)], names) }
        labels.append(label)
      }
    case .values(let values, _):
      guard values.count == rows else {
        throw DataError(.unsupported, "\(name) has several target values per row, not one class.")
      }
      for value in values {
        guard let label = place[className(value)] else { throw unknownClass(className(value), names) }
        labels.append(label)
      }
    }
    var result = self
    result.targets = .classes(labels, names: names)
    return result
  }

  /// This dataset with its classes' numbers as values to predict.
  ///
  /// - Throws: ``DataError`` if a class's name is not a number.
  public func withValues() throws(DataError) -> Dataset {
    if text != nil { throw textHasNone("values") }
    guard case .classes(let labels, let names) = targets else { return self }
    var values: [Float] = []
    for name in names {
      guard let value = Float(name), value.isFinite else {
        throw DataError(
          .notANumber, "The classes of \(self.name) are names such as \"\(name)\", not numbers to predict.")
      }
      values.append(value)
    }
    var result = self
    result.targets = .values(labels.map { values[Int($0)] }, width: 1)
    return result
  }

  private func textHasNone(_ what: String) -> DataError {
    DataError(.unsupported, "\(name) is text, without the \(what) that the model predicts.")
  }

  private func unknownClass(_ label: String, _ names: [String]) -> DataError {
    DataError(
      .countMismatch,
      "\(name) has the class \"\(label)\", which is not among the \(names.count) trained on: "
        + names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "") + ".")
  }
}

/// A number as the name of a class: without a fraction where it has none.
func className(_ value: Float) -> String { Int32(exactly: value).map { "\($0)" } ?? "\(value)" }
