import DescentCore
import Foundation
import GRDB

/// What `run.json` says in every run of a folder, in a database, so that a listing need not open each file again.
///
/// Only a cache: it is brought up to date before each use, and may be deleted at any time.
struct RunIndex {
  /// Name of the database in the runs' folder.
  static let fileName = ".index.sqlite"
  /// Raised with every change of the tables.
  private static let schemaVersion = 1

  /// A run as it goes into the database.
  private struct Entry {
    var id: String
    var stamp: String
    var document: [UInt8]
    var description: RunDescription
    /// How the run stands, which is not what it says if it ended without a word.
    var status: RunStatus
  }

  private let directory: String
  private let database: DatabaseQueue

  /// An index kept in memory.
  init(inMemoryFor directory: String) throws {
    self.directory = directory
    database = try DatabaseQueue()
    try database.write(Self.makeTables)
  }

  /// The index in the folder itself.
  init(in directory: String) throws {
    self.directory = directory
    var configuration = Configuration()
    configuration.busyMode = .timeout(2)
    database = try DatabaseQueue(path: directory + "/" + Self.fileName, configuration: configuration)
    let version = try database.read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
    switch version {
    case Self.schemaVersion: break
    case 0: try database.write(Self.makeTables)
    default: throw DatabaseError(resultCode: .SQLITE_SCHEMA)
    }
  }

  private static func makeTables(_ db: Database) throws {
    // Another process may have made them since the version was read.
    guard try Int.fetchOne(db, sql: "PRAGMA user_version") == 0 else { return }
    try db.execute(
      sql: """
        CREATE TABLE run (
          id TEXT PRIMARY KEY, stamp TEXT NOT NULL, document BLOB NOT NULL,
          created TEXT NOT NULL, recorded TEXT NOT NULL, status TEXT NOT NULL, steps INTEGER NOT NULL,
          words TEXT NOT NULL);
        CREATE TABLE result (
          run TEXT NOT NULL REFERENCES run ON DELETE CASCADE, name TEXT NOT NULL, value REAL,
          PRIMARY KEY (run, name)) WITHOUT ROWID;
        PRAGMA user_version = \(schemaVersion);
        """)
  }

  /// Brings the index up to date with the folder.
  ///
  /// - Returns: a sentence for every `run.json` that cannot be read.
  func refresh() throws -> [String] {
    var known: [String: (stamp: String, recorded: String, status: String)] = [:]
    try database.read { db in
      for row in try Row.fetchAll(db, sql: "SELECT id, stamp, recorded, status FROM run") {
        known[row["id"]] = (row["stamp"], row["recorded"], row["status"])
      }
    }
    var notices: [String] = []
    var changed: [Entry] = []
    var ended: [(id: String, status: RunStatus)] = []
    for id in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] where !id.hasPrefix(".") {
      let folder = "\(directory)/\(id)"
      let path = RunFiles(folder: folder).description
      guard let stamp = fileStamp(path) else { continue }
      let old = known.removeValue(forKey: id)
      if let old, old.stamp == stamp {
        guard old.recorded == RunStatus.running.rawValue else { continue }
        let status: RunStatus = RunLock.isHeld(folder) ? .running : .interrupted
        if status.rawValue != old.status { ended.append((id, status)) }
        continue
      }
      do {
        // As in RunFolder: the lock is asked before the file is read.
        let live = RunLock.isHeld(folder)
        let document = try OpenFile.contents(of: path)
        let description = try RunDescriptionFile(document, path: path).description
        let lost = description.status == .running && !live
        changed.append(
          Entry(
            id: id, stamp: stamp, document: document, description: description,
            status: lost ? .interrupted : description.status))
      } catch {
        notices.append(error.description)
        if let old { known[id] = old }
      }
    }
    // A folder that can only be read is listed all the same as long as there is nothing new.
    if !changed.isEmpty || !ended.isEmpty || !known.isEmpty {
      try database.write { db in
        for id in known.keys { try db.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [id]) }
        for entry in changed { try Self.insert(db, entry) }
        for (id, status) in ended {
          try db.execute(sql: "UPDATE run SET status = ? WHERE id = ?", arguments: [status.rawValue, id])
        }
      }
    }
    return notices.sorted()
  }

  private static func insert(_ db: Database, _ entry: Entry) throws {
    let description = entry.description
    let words = [entry.id] + description.command + description.specification.values.sorted()
    try db.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [entry.id])
    try db.cachedStatement(sql: "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?)").execute(arguments: [
      entry.id, entry.stamp, Data(entry.document), description.createdAt, description.status.rawValue,
      entry.status.rawValue, description.completedSteps, words.joined(separator: " ").lowercased(),
    ])
    for (name, value) in description.results {
      // SQLite has no NaN and makes it NULL, which sorts last here.
      try db.cachedStatement(sql: "INSERT INTO result VALUES (?, ?, ?)").execute(arguments: [entry.id, name, value])
    }
  }

  /// The runs that `query` asks for, as of the last refresh.
  func runs(_ query: RunQuery) throws -> [RunDescription] {
    var join = ""
    let key: String
    var conditions: [String] = []
    var arguments: [any DatabaseValueConvertible] = []
    switch query.order {
    case .time: key = "created"
    case .id: key = "id"
    case .steps: key = "steps"
    case .result(let name):
      key = "result.value"
      join = "LEFT JOIN result ON result.run = run.id AND result.name = ?"
      arguments.append(name)
    }
    if let status = query.status {
      conditions.append("status IN (\(status.map { _ in "?" }.joined(separator: ", ")))")
      arguments += status.map(\.rawValue)
    }
    if let text = query.text {
      conditions.append("instr(words, ?) > 0")
      arguments.append(text.lowercased())
    }
    let direction = query.descending ? "DESC" : "ASC"
    arguments.append(query.limit.map { max(0, $0) } ?? -1)
    let sql = """
      SELECT id, status, document FROM run \(join)
      \(conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND "))
      ORDER BY \(key) \(direction) NULLS LAST, id \(direction) LIMIT ?
      """
    return try database.read { db in
      try Row.fetchAll(db, sql: sql, arguments: StatementArguments(arguments)).map { row in
        let document: Data = row["document"]
        var description = try RunDescriptionFile([UInt8](document), path: directory).description
        description.id = row["id"]
        description.status = RunStatus(rawValue: row["status"]) ?? description.status
        return description
      }
    }
  }
}

/// Changes whenever a file is replaced or written; nil if there is none.
private func fileStamp(_ path: String) -> String? {
  var status = stat()
  guard stat(path, &status) == 0 else { return nil }
  #if canImport(Darwin)
    let time = status.st_mtimespec
  #else
    let time = status.st_mtim
  #endif
  return "\(time.tv_sec).\(time.tv_nsec) \(status.st_size) \(status.st_ino)"
}
