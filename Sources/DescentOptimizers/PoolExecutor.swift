internal import CDescentKernels

/// Shares an optimizer's chunks among the threads of a `dk_pool`, each taking one contiguous run of them.
///
/// - Parameter pool: a pool that outlives the executor; one caller at a time.
package func chunkExecutor(on pool: OpaquePointer) -> ChunkExecutor {
  { count, body in
    withoutActuallyEscaping(body) { body in
      var work = ChunkWork(count: count, parts: min(count, Int(dk_pool_threads(pool))), body: body)
      withUnsafeMutablePointer(to: &work) { work in
        dk_pool_run(
          pool, Int32(work.pointee.parts),
          { context, part in
            context?.assumingMemoryBound(to: ChunkWork.self).pointee.run(Int(part))
          }, work)
      }
    }
  }
}

private struct ChunkWork {
  var count: Int
  var parts: Int
  var body: (Int) -> Void

  func run(_ part: Int) {
    for chunk in (count * part / parts)..<(count * (part + 1) / parts) { body(chunk) }
  }
}
