import Foundation

/// The whole of a file.
///
/// - Throws: ``Failure`` with the system's own reason: no such file, permission denied, is a directory.
func readFile(_ path: String) throws(Failure) -> Data {
  guard let file = fopen(path, "rb") else { throw .system(path) }
  defer { fclose(file) }
  var data = Data()
  var chunk = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = fread(&chunk, 1, chunk.count, file)
    data.append(contentsOf: chunk[..<count])
    if count < chunk.count {
      if ferror(file) != 0 { throw .system(path) }
      return data
    }
  }
}

/// True if there is something of that name.
func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// Writes a whole file, replacing what was there.
///
/// - Throws: ``Failure`` with the system's own reason.
func writeFile(_ text: String, to path: String) throws(Failure) {
  guard let file = fopen(path, "wb") else { throw .system(path) }
  let written = fputs(text, file)
  guard fclose(file) == 0, written >= 0 else { throw .system(path) }
}

/// Refuses a file that could not be written, before work is done for it; nothing is touched.
///
/// - Throws: ``Failure`` with the system's own reason.
func checkWritable(_ path: String) throws(Failure) {
  if access(path, W_OK) == 0 { return }
  // A file that is not there yet needs a folder that takes it.
  guard errno == ENOENT else { throw .system(path) }
  let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
  guard access(folder, W_OK) == 0 else { throw .system(path) }
}

extension Failure {
  /// The failure of the last system call on a file, by `errno`.
  fileprivate static func system(_ path: String) -> Failure {
    Failure("file", "\(path): \(String(cString: strerror(errno)).lowercased())", status: .failed)
  }
}
