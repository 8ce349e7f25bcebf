internal import DescentLinearAlgebra

/// What a run's numbers depend on besides its specification.
public enum RunEnvironment {
  /// Versions of the libraries that compute.
  public static var versions: [String: String] { ["oneDNN": Machine.libraryVersion] }

  /// The vector instruction set in use: `avx512`, `avx2`, `neon` or `portable`.
  public static var cpu: String { Machine().instructionSet }
}
