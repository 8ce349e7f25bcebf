public import DescentCore
import DescentSpecs
import Foundation

/// The runs in one folder.
public struct RunStore: Sendable, Hashable {
  /// The folder that holds the runs' folders.
  public let directory: String

  /// A store in `directory`, which is made when the first run is.
  public init(directory: String = "./runs") { self.directory = directory }

  /// Starts a run: makes its folder, with `run.json` in it, and takes its lock.
  ///
  /// - Parameter description: what to do. An empty `id` or `createdAt` is filled in, as is a missing
  ///   `processIdentifier`; `status` becomes `running`.
  /// - Throws: ``StoreError``: `exists` if a run of the `id` given is there, `invalid` if the `id` cannot be a
  ///   folder's name.
  public func create(_ description: RunDescription) throws(StoreError) -> RunWriter {
    let now = time(nil)
    var description = description
    if description.createdAt.isEmpty { description.createdAt = RunName.timestamp(now) }
    description.processIdentifier = description.processIdentifier ?? getpid()
    description.status = .running
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? POSIXError
      let reason = cause.map { String(cString: strerror($0.code.rawValue)) } ?? error.localizedDescription
      throw StoreError(.file, directory, "cannot make the folder for runs: \(reason)")
    }
    let path = try makeFolder(&description, now)
    do {
      return try RunWriter(creating: path, description)
    } catch {
      try? FileManager.default.removeItem(atPath: path)
      throw error
    }
  }

  /// Makes a folder that was not there, whoever else is making some at this moment.
  private func makeFolder(_ description: inout RunDescription, _ now: time_t) throws(StoreError) -> String {
    let named = !description.id.isEmpty
    guard !named || RunName.isValid(description.id) else {
      throw StoreError(
        .invalid, "a run cannot be called \"\(description.id)\"; use letters, digits, \"-\" and \"_\"")
    }
    for _ in 0..<1000 {
      if !named { description.id = RunName.make(at: now) }
      let path = "\(directory)/\(description.id)"
      if mkdir(path, 0o755) == 0 { return path }
      guard errno == EEXIST else { throw systemError(path, "make") }
      if named { throw StoreError(.exists, path, "a run of that name is there already; choose another") }
    }
    throw StoreError(.exists, directory, "no free name was found for a run")
  }

  /// The run that `reference` stands for: a name, the beginning of only one name, or the path of a run's folder.
  ///
  /// - Throws: ``StoreError``: `notFound` with the nearest name, or `ambiguous`.
  public func open(_ reference: String) throws(StoreError) -> RunFolder {
    let names = runNames()
    if names.contains(reference) { return try RunFolder(opening: "\(directory)/\(reference)") }
    if exists(reference + "/run.json") { return try RunFolder(opening: reference) }
    let matches = reference.isEmpty ? [] : names.filter { $0.hasPrefix(reference) }
    if let match = matches.first, matches.count == 1 { return try RunFolder(opening: "\(directory)/\(match)") }
    if matches.count > 1 {
      let some = matches.suffix(3).joined(separator: ", ")
      throw StoreError(.ambiguous, "\(matches.count) runs begin with \"\(reference)\" (\(some)); give more of the name")
    }
    throw StoreError(.notFound, "no run \"\(reference)\" in \(directory); \(hint(for: reference, names))")
  }

  /// Goes on with the run that `reference` stands for; see ``RunWriter/resume(_:)``.
  public func resume(_ reference: String) throws(StoreError) -> (writer: RunWriter, checkpoint: Checkpoint?) {
    try RunWriter.resume(try open(reference))
  }

  /// Removes a run and everything in its folder.
  ///
  /// - Parameter reference: the run's whole name, or the path of a folder in this store; never a mere beginning.
  /// - Throws: ``StoreError``: `locked` if a live process is writing to the run, `notFound` if it is not in this store.
  public func delete(_ reference: String) throws(StoreError) {
    let names = runNames()
    let (folder, name) = split(reference)
    guard names.contains(name), folder.isEmpty || realPath(folder) == realPath(directory) else {
      throw StoreError(
        .notFound, "no run \"\(reference)\" in \(directory), and none elsewhere is deleted; \(hint(for: name, names))")
    }
    let path = "\(directory)/\(name)"
    // Held until the folder is gone, so that nobody resumes the run meanwhile.
    let lock = try RunLock.acquire(path)
    // Out of sight in one go, so that a sudden end leaves no half run.
    let doomed = "\(directory)/.deleted-\(name)"
    if rename(path, doomed) != 0 { throw systemError(path, "delete") }
    do {
      try FileManager.default.removeItem(atPath: doomed)
    } catch {
      throw StoreError(.file, doomed, "cannot delete: \(error.localizedDescription)")
    }
    withExtendedLifetime(lock) {}
  }

  /// Names of the runs there are, in order.
  func runNames() -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.filter { !$0.hasPrefix(".") && exists("\(directory)/\($0)/run.json") }.sorted()
  }

  private func hint(for reference: String, _ names: [String]) -> String {
    guard let newest = names.last else { return "there are none yet" }
    if let part = names.last(where: { !reference.isEmpty && $0.contains(reference) }) {
      return "did you mean \"\(part)\"?"
    }
    if let nearest = nearestName(to: split(reference).name, among: names) { return "did you mean \"\(nearest)\"?" }
    return "the newest is \"\(newest)\""
  }
}
