import Foundation

/// The lock a live writer holds on its run's folder.
///
/// It is an advisory lock on the file `lock`, which the kernel releases when the process ends, however it ends.
enum RunLock {
  /// The lock of the run at `folder`, held as long as the returned value lives.
  ///
  /// - Throws: ``StoreError`` (`locked`) if another writer holds it.
  static func acquire(_ folder: String) throws(StoreError) -> OpenFile {
    let file = try OpenFile(path(folder), O_RDWR | O_CREAT)
    // A reader asking whether the run is live holds the lock for a moment; that must not look like a writer.
    for _ in 0..<20 {
      if try file.lock(exclusive: true) { return file }
      usleep(5_000)
    }
    throw StoreError(.locked, folder, "a live process is writing to this run; wait for it or stop it first")
  }

  /// True while a writer holds the lock of the run at `folder`.
  static func isHeld(_ folder: String) -> Bool {
    guard let file = try? OpenFile(path(folder), O_RDONLY), let free = try? file.lock(exclusive: false) else {
      return false
    }
    return !free
  }

  private static func path(_ folder: String) -> String { folder + "/lock" }
}
