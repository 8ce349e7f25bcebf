import DescentSchedules
import Testing

/// A text that does not read: where, what the message says, the name meant.
struct Malformed: CustomTestStringConvertible {
  var text: String
  var position: Int
  var says: String
  var suggestion: String?
  var testDescription: String { text }

  init(_ text: String, _ position: Int, _ says: String, _ suggestion: String? = nil) {
    (self.text, self.position, self.says, self.suggestion) = (text, position, says, suggestion)
  }
}

private let malformed: [Malformed] = [
  Malformed("", 0, "expected a shape"),
  Malformed("0.1:", 4, "expected a shape"),
  Malformed("0.1 cosine", 4, "a peak needs a colon"),
  Malformed("-0.1: cosine", 0, "the peak must be 0 or more"),
  Malformed("1e999: cosine", 0, "too large"),
  Malformed("0.1: cosin", 5, "there is no shape \"cosin\"", "cosine"),
  Malformed("0.1: warm-up 5% -> cosine", 5, "there is no shape \"warm-up\"", "warmup"),
  Malformed("0.1: wramup 5% -> cosine", 5, "there is no shape \"wramup\"", "warmup"),
  Malformed("0.1: zigzag", 5, "there are: constant, warmup"),
  Malformed("0.1: polynomal(2)", 5, "there is no shape", "polynomial"),
  Malformed("0.1: inverse-sqr(5)", 5, "there is no shape", "inverse-sqrt"),
  Malformed("0.1: warmup 5% -> ", 18, "expected a shape"),
  Malformed("0.1: warmup 5% cosine", 15, "expected a length, \"from\", \"to\" or \"->\", but there is \"cosine\""),
  Malformed("0.1: cosine form 0", 12, "but there is \"form\"", "from"),
  Malformed("0.1: warmup -5 -> cosine", 12, "a length must not be negative"),
  Malformed("0.1: warmup 105% -> cosine", 12, "0% to 100%"),
  Malformed("0.1: warmup 60% -> cosine 60%", 19, "add up to 120%"),
  Malformed("0.1: warmup -> cosine", 15, "two pieces have no length"),
  Malformed("0.1: warmup 1.5 -> cosine", 12, "steps must be a whole number"),
  Malformed("0.1: warmup 5eps -> cosine", 13, "there is no unit \"eps\"", "ep"),
  Malformed("0.1: cosine 5 6", 14, "has a length already"),
  Malformed("0.1: cosine to", 14, "expected a level"),
  Malformed("0.1: cosine to -1%", 15, "a level must be 0 or more"),
  Malformed("0.1: cosine to 5 of peek", 20, "expected \"peak\""),
  Malformed("0.1: cosine to 5 to 6", 17, "\"to\" is given twice"),
  Malformed("0.1: hold from 5% to 6%", 5, "a hold has one level"),
  Malformed("0.1: noam(512)", 13, "expected \",\""),
  Malformed("0.1: noam(512, 4000) to 5%", 21, "takes no \"to\""),
  Malformed("0.1: polynomial", 15, "expected \"(\""),
  Malformed("0.1: polynomial(0)", 5, "power must be above 0"),
  Malformed("0.1: polynomial(powr: 2)", 16, "expected power", "power"),
  Malformed("0.1: exponential 0.999", 17, "expected a factor"),
  Malformed("0.1: exponential x0", 17, "a factor must be above 0"),
  Malformed("0.1: step x0.5 100", 15, "expected \"every\""),
  Malformed("0.1: drop x0.1 30%", 15, "expected \"at\""),
  Malformed("0.1: drop x0.1 at 30%,", 22, "expected a length"),
  Malformed("0.1: restarts x2", 14, "expected a length"),
  Malformed("0.1: restarts 100 x0.5", 5, "x1 or more"),
  Malformed("0.1: restarts 100 decay", 23, "expected a number after \"decay\""),
  Malformed("0.1: constant -> onecycle()", 17, "cannot be a piece"),
  Malformed("onecycle(peek: 0.1)", 9, "no argument \"peek\"", "peak"),
  Malformed("0.1: onecycle(peak: 0.2)", 20, "the peak is given already"),
  Malformed("onecycle(peak: 0.1", 18, "expected \",\" or \")\""),
  Malformed("onecycle(peak: 0.1) -> cosine", 20, "expected a length"),
  Malformed("onecycle(peak: 0.1, peak: 0.1)", 20, "peak is given twice"),
  Malformed("cyclic(low: 0.1)", 0, "needs low and high"),
  Malformed("cyclic(low: 0, high: 1, mode: triangular3)", 30, "no mode", "triangular"),
  Malformed("cyclic(low: 0, high: 1, up: 1.5)", 28, "whole number"),
  Malformed("cyclic(low: 0, high: 1, gamma: 0.9)", 0, "belong together"),
  Malformed("0.1: warmup chebyshev(2, 8) 5%", 12, "expected a length"),
  Malformed("0.1: warmup polynomial(2) cycle 5", 12, "cannot be made of polynomial(2) cycle 5"),
  Malformed("0.1: tanh(3, -7)", 5, "from a lower to a higher"),
  Malformed("0.1: chebyshev(10, 60)", 5, "power of two"),
  Malformed("0.1: chebyshev(10, 64) to 5%", 23, "takes no \"to\""),
  Malformed("0.1: geometric", 5, "geometric needs the level"),
  Malformed("0.1: geometric to 0", 5, "levels above 0"),
  Malformed("0.1: rex(1)", 5, "between 0 and 1"),
  Malformed("0.1: knots liner 0 = 1%", 11, "expected one of linear, cosine, step, log", "linear"),
  Malformed("0.1: knots linear 0 1%", 20, "expected \"=\""),
  Malformed("0.1: power(0.5)", 15, "expected \"knee\""),
  Malformed("0.1: repeat (linear)", 12, "expected a number"),
  Malformed("0.1: repeat 0 (linear)", 5, "repeat's count"),
  Malformed("0.1: repeat 3 linear", 14, "expected \"(\""),
  Malformed("0.1: repeat 3 (linear", 21, "expected \"->\" or \")\""),
  Malformed("0.1: laid 10 (warmup 60% -> linear 60%)", 28, "add up to 120%"),
  Malformed("0.1: cosine edge lift", 17, "expected one of left, right, both", "left"),
  Malformed("0.1: hold edge right", 5, "cannot be read with edge right"),
  Malformed("0.1: cosine | flor 1%", 14, "there is no modifier \"flor\"", "floor"),
  Malformed("0.1: cosine | floor 1% | floor 2%", 25, "floor is given twice"),
  Malformed("0.1: cosine | after noon", 20, "expected one of hold, repeat, zero, continue"),
  Malformed("0.1: cosine | jitter 5% seed x", 24, "a seed is a whole number"),
  Malformed("0.1: cosine | jitter 500%", 14, "jitter is 0% to 100%"),
  Malformed("0.1: cosine | stretch 2", 22, "expected a factor"),
  Malformed("0.1: cosine |", 13, "expected a modifier"),
  Malformed("0.1: (cosine) * linear", 16, "expected \"(\" and a factor"),
  Malformed("0.1: (cosine * (linear)", 13, "expected \")\" after the factor"),
  Malformed("0.1: (cosine) * (onecycle(peak: 3))", 17, "no peak of its own"),
  Malformed("0.1: wsd(decay: 20%, shape: warmup)", 28, "cannot cool down by warmup"),
  Malformed("0.1: hold -> wsd()", 13, "cannot be a piece"),
  Malformed("onecycle(peak: 1, phases: 4)", 26, "2 or 3 phases"),
  Malformed("0.1: cosine 🙂", 12, "but there is \"🙂\""),
]

@Suite struct ParsingErrorTests {
  @Test(arguments: malformed)
  func `points at the place and says what would be right`(case malformed: Malformed) {
    let error = #expect(throws: ScheduleError.self) { try Schedule(parsing: malformed.text) }
    #expect(error?.position == malformed.position)
    #expect(error?.message.contains(malformed.says) == true, "\(error?.message ?? "")")
    #expect(error?.suggestion == malformed.suggestion)
    #expect(error?.text == malformed.text)
  }

  @Test func `the whole sentence reads well`() {
    let error = #expect(throws: ScheduleError.self) { try Schedule(parsing: "0.1: cosin") }
    #expect(
      error?.description
        == "there is no shape \"cosin\"; did you mean \"cosine\"? (at character 6 of \"0.1: cosin\").")
  }

  @Test func `any garbling of a good text is read or refused, never worse`() {
    var generator = SeededGenerator(state: 11)
    let alphabet = Array("0123456789.:->%x(), efromtcsinpak|*=🙂é")
    let more = [
      "1: (warmup cosine 5% -> 1-square edge both) * (repeat 3 x2 (linear)) | floor 1% | jitter 5% seed 7",
      "1: knots log 0 = 4%, 30% = 100% for 50% -> laid 100 (tanh(-7, 3)) | after continue | stretch x2 | offset 5",
    ]
    for example in contractExamples.map(\.text) + more {
      for _ in 0..<200 {
        var text = Array(example)
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
          let place = Int.random(in: 0..<text.count, using: &generator)
          switch Int.random(in: 0..<3, using: &generator) {
          case 0: text[place] = alphabet.randomElement(using: &generator) ?? " "
          case 1: text.insert(alphabet.randomElement(using: &generator) ?? " ", at: place)
          default: if text.count > 1 { text.remove(at: place) }
          }
        }
        let garbled = String(text)
        do {
          let schedule = try Schedule(parsing: garbled)
          #expect(try Schedule(parsing: schedule.description) == schedule, "\(garbled)")
          _ = try? schedule.resolved(peak: schedule.peak == nil ? 1 : nil, horizon: Horizon(steps: 100)).lint()
        } catch {
          #expect(error.position.map { (0...garbled.count).contains($0) } == true, "\(garbled)")
          #expect(!error.message.contains("\n") && error.description.hasSuffix("."), "\(garbled)")
        }
      }
    }
  }

  @Test(arguments: [
    ("0.1:cosine->hold 5", "0.1: cosine to 0 -> hold 5"), (" COSINE  50 %", "cosine 50% to 0"),
    ("1:1-sqrt", "1: 1-sqrt to 0"),
    ("linear to 50% from 0", "linear from 0 to 50%"), ("linear to 10% of peak", "linear to 10%"),
    ("polynomial(power: 2)", "polynomial(2) to 0"), ("exponential x.5 100", "exponential x0.5 for 100"),
    ("warmup 1e2 -> constant", "warmup 100 -> hold"), ("hold to 50% 5ep", "hold 5ep from 50%"),
    ("onecycle(peak=0.1, final_div=5)", "onecycle(peak: 0.1, warmup: 30%, final-div: 5)"),
    ("0.5: onecycle()", "onecycle(peak: 0.5, warmup: 30%)"),
    ("warmup 10 to 100% -> exponential x0.9 to 0", "warmup 10 -> exponential x0.9"),
    ("restarts 5 x1 decay 1", "restarts 5"),
    ("restarts 10% ×2 decay x0.5", "restarts 10% x2 decay 0.5"),
    ("cosine to 1e-5 absolute", "cosine to 1e-05 absolute"),
    ("rex(0.5)", "rex to 0"), ("cosine(1)", "cosine to 0"), ("tanh(-7, 3)", "tanh to 0"),
    ("exponential x0.5 every 1", "exponential x0.5"), ("warmup linear 5", "warmup 5"),
    ("cosine 2h", "cosine 7200s to 0"), ("waves(count: 2)", "waves(2) to 0"),
    ("(cosine)", "cosine to 0"), ("2: ( cosine )*( linear )", "2: (cosine to 0) * (linear to 0)"),
    ("wsd()", "warmup 5% -> hold -> 1-sqrt 20% to 0"),
    ("tri-stage()", "warmup 10% from 1% -> hold 40% -> geometric to 1%"),
    ("cosine|ceiling 5%|stretch x1|jitter 0.05", "cosine to 0 | jitter 5% seed 0 | ceiling 5%"),
    ("cosine edge left", "cosine to 0"), ("hold edge left", "constant"),
    (
      "(cyclic(low: 0, high: 1, up: 5)) * (hold)",
      "(cyclic(low: 0, high: 1, up: 5, down: 5, mode: triangular)) * (constant)"
    ),
    ("onecycle(phases: 3, anneal: linear)", "onecycle(warmup: 30%, phases: 3, anneal: linear)"),
    ("cosine to 0.07 of peak", "cosine to 7%"), ("cosine to 0", "cosine to 0"),
    (
      "cyclic(high: 1, low: 0, up: 3, mode: exp_range, gamma: 0.9)",
      "cyclic(low: 0, high: 1, up: 3, down: 3, mode: exp-range, gamma: 0.9)"
    ),
  ])
  func `spellings come to one canonical form`(text: String, canonical: String) throws {
    #expect(try Schedule(parsing: text).description == canonical)
    #expect(try Schedule(parsing: canonical).description == canonical)
  }
}
