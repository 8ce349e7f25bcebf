internal import CDescentDigits

extension Dataset {
  /// 1,797 handwritten digits of 8×8 pixels, embedded in the program. Pixels 0…16 are scaled to 0…1.
  ///
  /// - Source: the test part of "Optical Recognition of Handwritten Digits", in the order scikit-learn ships it.
  public static func digits() -> Dataset {
    let rows = Int(descent_digits_rows)
    var count = 0
    let start = descent_digits(&count)
    let bytes = UnsafeBufferPointer(start: start, count: count)
    return Dataset(
      name: "digits", featureShape: [8, 8],
      features: .floats(bytes[rows...].map { Float($0) / 16 }),
      targets: .classes(bytes[..<rows].map { Int32($0) }, names: (0...9).map(String.init)),
      attribution: """
        Optical Recognition of Handwritten Digits, E. Alpaydin & C. Kaynak (1998), UCI Machine Learning Repository, \
        CC BY 4.0
        """)
  }
}
