import Foundation

/// `path` as the folder it stands in ("" if it names none) and its last component; slashes at the end are ignored.
func split(_ path: String) -> (folder: String, name: String) {
  let trimmed = path.dropLast(path.reversed().prefix { $0 == "/" }.count)
  guard let slash = trimmed.lastIndex(of: "/") else { return ("", String(trimmed)) }
  return (
    slash == trimmed.startIndex ? "/" : String(trimmed[..<slash]), String(trimmed[trimmed.index(after: slash)...])
  )
}

/// True if there is a file or folder at `path`.
func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// `path` from the root, without symbolic links; nil if there is nothing there.
func realPath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(cString: resolved)
}
