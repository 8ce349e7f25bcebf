/// Code that gives a schedule's rates in another library.
public struct Translation: Sendable, Hashable {
  /// Python, complete with its imports. It makes `scheduler` from an `optimizer` (torch, transformers, timm) or `schedule`
  /// for the optimizer's learning rate (optax, keras, mlx).
  public let code: String
  /// Whether every update of the run, 0 ..< `steps`, gets this schedule's rate there: to 10⁻¹² of the highest rate where the
  /// library computes in doubles, to 10⁻⁶ where it computes in 32-bit floats.
  public let exact: Bool
  /// What to know: what cannot be exact and by how much, what comes after the end, how it is used, traps of the library.
  public let notes: [String]
  /// The library's own call that the code makes, if it needs nothing else; `LibrarySchedule` reads it.
  public let call: String?
  /// The rate that the optimizer must be made with; nil where the code holds the rates itself.
  public let base: Double?
}

extension ResolvedSchedule {
  /// This schedule for this run as code for another library.
  ///
  /// The library's own schedules where they give the same rates (tried out, not assumed), a function of the step
  /// otherwise.
  ///
  /// - Parameter library: torch, transformers, timm, optax, keras or mlx.
  /// - Throws: ``ScheduleError`` for a library that can only be read.
  public func translated(to library: Library) throws(ScheduleError) -> Translation {
    switch library {
    case .torch: TorchTranslator(self).translation
    case .transformers: TransformersTranslator(self).translation
    case .timm: TimmTranslator(self).translation
    case .optax: OptaxTranslator(self).translation
    case .keras: KerasTranslator(self).translation
    case .mlx: MLXTranslator(self).translation
    case .fastai, .pytorchOptimizer:
      throw ScheduleError(
        "schedules are not translated to \(library.rawValue); there are: "
          + Library.translatable.map(\.rawValue).joined(separator: ", "))
    }
  }
}

extension Library {
  /// The libraries that schedules can be translated to.
  public static let translatable: [Library] = [.torch, .transformers, .timm, .optax, .keras, .mlx]
}
