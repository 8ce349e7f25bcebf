import Foundation
import GRDB

extension RunStore {
  /// The runs that `query` asks for.
  ///
  /// Uses an index in the folder (`.index.sqlite`), which is brought up to date first, made anew if it is damaged, and
  /// done without if the folder cannot be written to.
  public func list(_ query: RunQuery = RunQuery()) throws(StoreError) -> RunListing {
    guard exists(directory) else { return RunListing(runs: [], notices: []) }
    if let listing = listingWithIndex(query) { return listing }
    do {
      return try Self.listing(try RunIndex(inMemoryFor: directory), query)
    } catch {
      throw StoreError(.file, directory, "cannot list the runs: \(error)")
    }
  }

  private func listingWithIndex(_ query: RunQuery) -> RunListing? {
    do {
      return try Self.listing(try RunIndex(in: directory), query)
    } catch let error as DatabaseError where !Self.isDamage(error) {
      return nil
    } catch {
      for ending in ["", "-journal", "-wal", "-shm"] { unlink("\(directory)/\(RunIndex.fileName)\(ending)") }
      return try? Self.listing(try RunIndex(in: directory), query)
    }
  }

  private static func listing(_ index: RunIndex, _ query: RunQuery) throws -> RunListing {
    let notices = try index.refresh()
    return RunListing(runs: try index.runs(query), notices: notices)
  }

  /// True if the database's content is at fault, not the access to it.
  private static func isDamage(_ error: DatabaseError) -> Bool {
    [.SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_ERROR, .SQLITE_SCHEMA, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH]
      .contains(error.resultCode)
  }
}
