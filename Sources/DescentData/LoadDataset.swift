internal import DescentSpecs
internal import Foundation

/// Makes the dataset a specification names.
///
/// ```
/// digits | spiral | moons | blobs | linear | chebyshev           with arguments: blobs(classes: 5, noise: 0.5)
/// FILE.csv[.gz][:TARGET][:regression|:classification]            TARGET: a column's name or number from 0
/// FILE.npy[:TARGETS.npy]                                          without it the last column is the target
/// FILE.txt[.gz]                                                   UTF-8 text, to predict character by character
/// FOLDER                                                          IDX files in MNIST's layout
/// ```
/// Built-in names win over files of the same name; `./digits` is the file.
///
/// - Parameters:
///   - specification: as above.
///   - seed: chooses the rows of generated sets; anything else does not depend on it.
/// - Throws: ``DataError``.
public func loadDataset(_ specification: String, seed: UInt64 = 0) throws(DataError) -> Dataset {
  let name = specification.prefix { $0 != "(" }.trimmingCharacters(in: .whitespaces)
  if let generator = generators[name] {
    do {
      return try generator(GeneratorArguments(SpecCall(parsing: specification)), specification, seed)
    } catch let error as SpecError {
      throw DataError(.invalidSpecification, error.description)
    } catch let error as DataError {
      throw error
    } catch {
      throw DataError(.invalidSpecification, "\(error)")
    }
  }
  if let file = FileSpecification(specification) { return try file.load() }
  var isFolder: ObjCBool = false
  if FileManager.default.fileExists(atPath: specification, isDirectory: &isFolder) {
    guard isFolder.boolValue else {
      throw DataError(
        .unsupported,
        "this kind of file cannot be read; data may be a .csv, .npy or .txt file (.csv and .txt also as .gz) or a folder "
          + "of IDX files.",
        path: specification)
    }
    return try loadIDXFolder(specification)
  }
  if specification.contains("/") || specification.contains(".") {
    throw DataError(.fileNotFound, "no such file or folder.", path: specification)
  }
  throw DataError(
    .unknownDataset,
    """
    There is no dataset "\(name)"; \(suggestion(for: name, among: datasetNames)) \
    A file is given as FILE.csv[:target], FILE.npy or FILE.txt, MNIST-like data as the folder of its IDX files.
    """)
}

/// The names of the embedded and generated datasets.
public let datasetNames = ["digits", "spiral", "moons", "blobs", "linear", "chebyshev"]

private typealias Generator = @Sendable (GeneratorArguments, String, UInt64) throws -> Dataset

private let generators: [String: Generator] = [
  "digits": { arguments, _, _ in
    try arguments.allowOnly([])
    return .digits()
  },
  "spiral": spiral, "moons": moons, "blobs": blobs, "linear": linear, "chebyshev": chebyshev,
]
