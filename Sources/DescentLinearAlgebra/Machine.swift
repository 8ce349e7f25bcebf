internal import COneDNN
public import CDescentKernels

/// What a run uses of the machine: an instruction set, a number of threads, and the library for large products.
///
/// Owned by one thread at a time: the runs that use it are made one after another.
public final class Machine {
  /// Threads that kernels are divided over, counting the caller.
  public let threads: Int
  private let pool: OpaquePointer?
  package let description: dk_machine

  /// - Parameters:
  ///   - threads: 1 or more; kernels too small to divide run on the caller's thread anyway.
  ///   - path: the instruction set; the best of this processor by default.
  ///   - usesLibrary: whether oneDNN may take the products it is faster at; without it every product is our own.
  public init(threads: Int = 1, path: dk_path = dk_best_path(), usesLibrary: Bool = true) {
    pool = dk_pool_create(Int32(clamping: threads), nil)
    self.threads = Int(dk_pool_threads(pool))
    description = dk_machine(path: path, pool: pool, library_gemm: usesLibrary ? largeProduct : nil)
  }

  deinit { dk_pool_destroy(pool) }

  /// The pool for kernels that are called directly; nil with one thread.
  package var threadPool: OpaquePointer? { pool }

  /// The instruction set in use: `avx512`, `avx2`, `neon` or `portable`.
  public var instructionSet: String { String(cString: dk_path_name(description.path)) }

  /// The version of oneDNN in use, as `major.minor.patch`.
  public static var libraryVersion: String {
    let number = onednn_version_number()
    return "\(number / 10000).\(number / 100 % 100).\(number % 100)"
  }
}

/// Products of matrices far larger than the caches go to oneDNN, which was measured 5 % faster at 2048³; up to 1024³ our
/// own kernels are as fast, and they give the same bits however the work is divided.
private let largeProduct: dk_gemm_seam = { transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc in
  guard m * n * k >= 1 << 31 else { return 0 }
  return onednn_product(transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc)
}
