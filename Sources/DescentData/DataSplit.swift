internal import DescentRandom

/// The rows of a dataset divided into three parts, each a list of row numbers in rising order.
public struct DataSplit: Sendable, Hashable {
  public var train: [Int32]
  public var validation: [Int32]
  public var test: [Int32]

  public init(train: [Int32], validation: [Int32] = [], test: [Int32] = []) {
    self.train = train
    self.validation = validation
    self.test = test
  }

  /// Shuffled, 70 % training, 15 % validation, 15 % test; with classes, divided class by class.
  ///
  /// Of the n rows of a class (of all n rows for regression) max(1, ⌊0.15·n + ½⌋) go to validation, as many to test and
  /// the rest to training; a class of one or two rows goes to training. If that leaves validation without a
  /// row, classes are disregarded; with fewer than three rows in all, everything is training.
  /// Where the source reserves rows for testing, those are the test part, and of the n others of each class
  /// max(1, ⌊n·15/85 + ½⌋) are validation, for n ≥ 2.
  ///
  /// A text is not shuffled but cut into three: its beginning for training, then validation, its end for testing, in the
  /// same shares. Windows side by side continue each other, so a shuffled split would measure what was as good as seen.
  /// The `seed` plays no part then.
  ///
  /// Depends on the targets, the rows' order and `seed` alone.
  public init(of dataset: Dataset, seed: UInt64 = 0) {
    if dataset.text != nil {
      self = Self.contiguous(dataset.rows)
      return
    }
    let free = (0..<Int32(dataset.rows)).filter { dataset.reservedTestRows?.contains(Int($0)) != true }
    var strata = [free]
    if case .classes(let labels, let names) = dataset.targets {
      strata = Array(repeating: [], count: names.count)
      for row in free { strata[Int(labels[Int(row)])].append(row) }
    }
    let reserved = dataset.reservedTestRows.map { $0.map { Int32($0) } }
    self = Self.divided(strata, reserved: reserved, seed: seed)
    if validation.isEmpty { self = Self.divided([free], reserved: reserved, seed: seed) }
  }

  /// All rows for training, none held back: for pictures of the loss and its curvature.
  public static func all(of dataset: Dataset) -> DataSplit {
    DataSplit(train: Array(0..<Int32(dataset.rows)))
  }

  private static func contiguous(_ rows: Int) -> DataSplit {
    let held = rows < 3 ? 0 : max(1, Int(0.15 * Double(rows) + 0.5))
    let cuts = [0, rows - 2 * held, rows - held, rows].map { Int32($0) }
    return DataSplit(
      train: Array(cuts[0]..<cuts[1]), validation: Array(cuts[1]..<cuts[2]), test: Array(cuts[2]..<cuts[3]))
  }

  private static func divided(_ strata: [[Int32]], reserved: [Int32]?, seed: UInt64) -> DataSplit {
    var split = DataSplit(train: [], test: reserved ?? [])
    for (index, stratum) in strata.enumerated() {
      var rows = stratum
      var random = RandomSequence(seed: seed, stream: .split, index: UInt64(index))
      random.shuffle(&rows)
      let share = reserved == nil ? 0.15 : 0.15 / 0.85
      let enough = rows.count >= (reserved == nil ? 3 : 2)
      let held = enough ? max(1, Int(share * Double(rows.count) + 0.5)) : 0
      split.validation += rows.prefix(held)
      if reserved == nil { split.test += rows.dropFirst(held).prefix(held) }
      split.train += rows.dropFirst(reserved == nil ? 2 * held : held)
    }
    split.train.sort()
    split.validation.sort()
    split.test.sort()
    return split
  }
}
