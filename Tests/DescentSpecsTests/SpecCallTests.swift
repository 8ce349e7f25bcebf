import DescentSpecs
import Testing

@Suite struct SpecCallTests {
  @Test func `reads labels, numbers, flags and names`() throws {
    let call = try SpecCall(parsing: " sgd(momentum: 0.9, nesterov = true, mode: fast, 1e+3) ")
    #expect(call.name == "sgd")
    #expect(try call.number("momentum") == 0.9)
    #expect(try call.flag("nesterov") == true)
    #expect(call.arguments[2].value == .name("fast"))
    #expect(call.arguments[3].value == .number(1000))
    #expect(call.arguments[3].position == 49)
  }

  @Test func `a bare name has no arguments`() throws {
    #expect(try SpecCall(parsing: "adam").arguments.isEmpty)
    #expect(try SpecCall(parsing: "adam()").arguments.isEmpty)
  }

  @Test(
    arguments: [
      "", "(", "sgd(", "sgd(momentum:)", "sgd(momentum: 0.9", "sgd) x", "sgd(a: 1 b: 2)", "sgd(a: 1x2)", "9",
    ])
  func `text that does not fit is refused with a position`(text: String) {
    #expect(throws: SpecError.self) { try SpecCall(parsing: text) }
  }

  @Test func `unknown arguments name the nearest one`() throws {
    let call = try SpecCall(parsing: "sgd(momentun: 0.9)")
    let error = #expect(throws: SpecError.self) { try call.allowOnly(["momentum", "nesterov"]) }
    #expect(error?.description.contains("did you mean \"momentum\"?") == true)
    #expect(error?.position == 4)
  }

  @Test func `repeated and unlabelled arguments are refused`() throws {
    #expect(throws: SpecError.self) { try SpecCall(parsing: "f(a: 1, a: 2)").allowOnly(["a"]) }
    #expect(throws: SpecError.self) { try SpecCall(parsing: "f(1)").allowOnly(["a"]) }
  }

  @Test func `the nearest name is found or none`() {
    #expect(nearestName(to: "adma", among: ["sgd", "adam", "adamw"]) == "adam")
    #expect(nearestName(to: "RMS_prop", among: ["rmsprop", "sgd"]) == "rmsprop")
    #expect(nearestName(to: "zzzz", among: ["adam", "sgd"]) == nil)
  }
}
