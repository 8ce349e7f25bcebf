import DescentSchedules
import Foundation
import Testing

/// What holds for every controller.
@Suite struct ControllerLawTests {
  private func throughJSON(_ controller: Controller) throws -> Controller {
    // Plain settings: a state holds nothing that JSON cannot.
    try JSONDecoder().decode(Controller.self, from: JSONEncoder().encode(controller))
  }

  @Test func `a decoded controller goes on bit for bit wherever the run is split`() throws {
    var random = RandomControllers(seed: 11)
    for _ in 0..<300 {
      let controller = random.next()
      let log = random.log(60)
      let whole = controller.replay(log)
      let split = Int.random(in: 0...log.count, using: &random.generator)
      let first = controller.replay(log[..<split])
      let second = try throughJSON(first.controller).replay(log[split...])
      #expect(first.multipliers + second.multipliers == whole.multipliers)
      #expect(first.changes + second.changes == whole.changes)
      #expect(second.controller == whole.controller)
    }
  }

  @Test func `the text form reads back as the same controller`() throws {
    var random = RandomControllers(seed: 12)
    for _ in 0..<500 {
      let controller = random.next()
      #expect(try Controller(parsing: controller.description) == controller, "\(controller)")
      let used = controller.replay(random.log(20)).controller
      #expect(used.description == controller.description)
    }
  }

  @Test func `every multiplier is finite and not negative, and every change says what became of it`() {
    var random = RandomControllers(seed: 13)
    var told: Set<ChangeReason> = []
    for _ in 0..<400 {
      let result = random.next().replay(random.log(80))
      #expect(result.multipliers.allSatisfy { $0.isFinite && $0 >= 0 })
      for change in result.changes {
        told.insert(change.reason)
        #expect(change.from != change.to || change.reason == .notANumber || change.reason == .reset)
        #expect(change.message.hasSuffix("."))
      }
    }
    #expect(told == Set(ChangeReason.allCases))
  }

  @Test func `the discrete controllers tell of every change of the multiplier`() {
    var random = RandomControllers(seed: 14)
    for _ in 0..<200 {
      let controller = random.next()
      guard !controller.needs.isBeforeUpdate else { continue }
      let result = controller.replay(random.log(80))
      let moves = zip(
        result.multipliers + [result.controller.multiplier],
        result.multipliers.dropFirst() + [result.controller.multiplier]
      )
      .filter { $0 != $1 }
      #expect(result.changes.filter { $0.from != $0.to }.map(\.to) == moves.map(\.1))
    }
  }

  @Test func `a product with a schedule is the product of the rates`() throws {
    let schedule = try run("0.1: warmup 10 -> cosine", steps: 60)
    var random = RandomControllers(seed: 15)
    for _ in 0..<50 {
      let controller = random.next()
      var log = random.log(60)
      for index in log.indices { log[index].scheduledRate = schedule.rate(at: index) }
      let result = controller.replay(log)
      #expect(result.rates == zip(schedule.rates(), result.multipliers).map { $0 * $1 })
      guard !controller.needs.isBeforeUpdate else { continue }
      var product = ControlledSchedule(schedule, controller)
      let rates = log.indices.map { step in
        let rate = product.rate(at: step)
        var bare = log[step]
        bare.scheduledRate = 1
        _ = product.observe(bare)
        return rate
      }
      #expect(rates == result.rates)
    }
  }
}
