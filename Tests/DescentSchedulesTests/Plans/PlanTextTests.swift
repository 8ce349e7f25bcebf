import DescentSchedules
import Foundation
import Testing

@Suite struct PlanTextTests {
  @Test func `text and JSON round trip over random plans`() throws {
    var random = RandomPlans(seed: 1)
    for _ in 0..<2000 {
      let plan = try random.next()
      #expect(try Plan(parsing: plan.description) == plan, "\(plan)")
      #expect(try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan)) == plan)
    }
  }

  @Test(arguments: [
    ("warmup 5% -> cosine; [ndim<2] weightDecay=0", "rate: warmup 5% -> cosine to 0; [ndim<2] weightDecay = 0"),
    ("*: 0.1: cosine;", "rate: 0.1: cosine to 0"),
    ("0.1: constant", "rate: 0.1: constant"),
    ("lr x2; head.* x10", "rate x2; head.* rate x10"),
    ("momentum inverse 0.95..0.85", "momentum inverse 0.95..0.85"),
    ("momentum inverse 1e-1 .. .5", "momentum inverse 0.1..0.5"),
    ("* rate depth x0.75 min 0.1", "rate depth x0.75 min 0.1"),
    ("weightDecay ~ rate^1 ; epsilon~1/rate^2", "weightDecay ~ rate; epsilon ~ 1/rate^2"),
    ("rate batch sqrt 256", "rate batch sqrt 256"),
    (
      "step.weight x2; head weightDecay: 0.4: cosine from 10% to 100%",
      "step.weight rate x2; head weightDecay: 0.4: cosine from 10% to 100%"
    ),
    ("linear weightDecay = 0; linear to 1%; x2 rate x3", "linear weightDecay = 0; rate: linear to 1%; x2 rate x3"),
    ("step x0.5 every 10; warmup cosine 5% -> hold", "rate: step x0.5 every 10; rate: warmup cosine 5% -> hold"),
    ("  ", ""),
  ])
  func `texts have one canonical form`(text: String, canonical: String) throws {
    #expect(try Plan(parsing: text).description == canonical)
  }

  @Test(arguments: [
    ("rate: cosin", "did you mean \"cosine\"", 7), ("rate x2;; rate x3", "no rule before", 9),
    ("head.* weightDecay", "expected what to do", 19),
    ("head.* weightDecay invers 1..2", "did you mean \"inverse\"", 20),
    ("[ndimm<2] rate x2", "did you mean \"ndim\"", 2), ("[ndim<x] rate x2", "a whole number", 7),
    ("{a,b rate x2", "opens a brace", 1), ("a} rate x2", "closes a brace", 1),
    ("rate ~ rate", "cannot be coupled to itself", 6), ("rate inverse 1..2", "cannot be inverse to itself", 6),
    ("rate x-1", "0 or more", 6), ("weightDecay = 0 twice", "expected \";\"", 17),
    ("weightDecay ~ momentum", "a coupling is to the rate", 15), ("weightDecay ~ rate^9", "from -4 to 4", 13),
    ("rate batch cube 3", "linear or sqrt", 12), ("momentum inverse 0.9", "expected \"..\"", 21),
    ("warmup 5% -> cosine; rate: warmup 60% -> linear 60%", "100", 42),
  ])
  func `what cannot be read is told with its place`(text: String, words: String, place: Int) {
    let error = #expect(throws: ScheduleError.self) { try Plan(parsing: text) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    #expect(error?.position == place - 1, "\(error?.description ?? "")")
    #expect(error?.text == text)
  }

  @Test func `a list of rules is read from JSON, another version refused`() throws {
    let list = #"{"version": 1, "plan": ["rate: cosine", "*.bias weightDecay = 0"]}"#
    let plan = try JSONDecoder().decode(Plan.self, from: Data(list.utf8))
    #expect(plan == (try Plan(parsing: "rate: cosine; *.bias weightDecay = 0")))
    for text in [#"{"version": 2, "plan": ""}"#, #"{"version": 1, "plan": "rate"}"#, #"{"plan": ""}"#] {
      #expect(throws: DecodingError.self) { try JSONDecoder().decode(Plan.self, from: Data(text.utf8)) }
    }
  }

  @Test func `the digest is that of the canonical text`() throws {
    let plan = try Plan(parsing: "cosine;[ndim<2] weightDecay=0")
    #expect(plan.digest == (try Plan(parsing: plan.description).digest))
    #expect(plan.digest != (try Plan(parsing: "cosine;[ndim<3] weightDecay=0").digest))
    #expect(Plan().digest == "cbf29ce484222325")
  }

  @Test(arguments: [
    ("*", "layer0.weight", true), ("*.bias", "block0.norm1.bias", true), ("*.bias", "bias", false),
    ("layer?.weight", "layer1.weight", true), ("layer?.weight", "layer12.weight", false),
    ("{head,norm0}.*", "norm0.bias", true), ("{head,norm0}.*", "norm1.bias", false),
    ("a{,b}c{1,2}", "ac2", true), ("a{,b}c{1,2}", "abc3", false), ("*a*b*", "xxaxxbxx", true), ("*ab", "aab", true),
  ])
  func `globs match whole names`(glob: String, name: String, fits: Bool) throws {
    #expect(try ParameterPattern(glob).matches(PlanParameter(name, shape: [1])) == fits)
  }

  @Test func `a long pattern of stars ends in time`() throws {
    let pattern = try ParameterPattern(String(repeating: "a*", count: 40) + "b")
    #expect(!pattern.matches(PlanParameter(String(repeating: "a", count: 4000), shape: [])))
  }
}
