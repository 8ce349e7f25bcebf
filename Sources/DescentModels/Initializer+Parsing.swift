public import DescentSpecs

extension Initializer {
  /// Reads `he`, `glorot`, `lecun`, their `-uniform` forms, or `normal(σ)`.
  ///
  /// - Throws: `SpecError` naming the nearest name, or a σ that is not positive.
  public init(parsing text: String) throws(SpecError) {
    let call = try SpecCall(parsing: text)
    if call.name == "normal" {
      guard call.arguments.count == 1, case .number(let deviation) = call.arguments[0].value, deviation > 0,
        deviation.isFinite
      else { throw SpecError("normal needs one positive standard deviation, as in normal(0.02)", in: text, at: 0) }
      self = .normal(deviation)
      return
    }
    try call.allowOnly([])
    let plain: [Initializer] = [.he, .glorot, .lecun, .heUniform, .glorotUniform, .lecunUniform]
    guard let found = plain.first(where: { $0.description == call.name }) else {
      let known = Self.names + ["normal"]
      throw SpecError(
        "there is no initialiser \"\(call.name)\"; \(suggestion(for: call.name, among: known))", in: text, at: 0)
    }
    self = found
  }
}
