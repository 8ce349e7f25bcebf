import DescentTraining
import Synchronization
import Testing

@Suite struct LanesTests {
  @Test(arguments: [-1, 0, 1, 2, 5, 64])
  func `results come in order from any number of threads`(threads: Int) throws {
    let results = try runLanes(40, threads: threads) { index in
      // Early jobs take longer, so that late ones overtake them.
      (0..<(40 - index) * 50).reduce(index) { ($0 &* 31 &+ $1) & 0 &+ index }
    }
    #expect(results == Array(0..<40))
    #expect(try runLanes(0, threads: threads) { $0 }.isEmpty)
    #expect(try runLanes(-3, threads: threads) { $0 }.isEmpty)
  }

  @Test func `jobs run at once, as many as there are threads`() throws {
    // Each waits for the other two: on fewer threads this would not end.
    let met = Atomic<Int>(0)
    _ = try runLanes(3, threads: 3) { _ in
      met.add(1, ordering: .relaxed)
      while met.load(ordering: .relaxed) < 3 {}
    }
    let running = Atomic<Int>(0)
    let most = Atomic<Int>(0)
    _ = try runLanes(50, threads: 2) { _ in
      most.max(running.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
      running.subtract(1, ordering: .relaxed)
    }
    let atOnce = most.load(ordering: .relaxed)
    #expect((1...2).contains(atOnce))
  }

  @Test func `the first error by number is thrown after all have ended`() throws {
    struct Failure: Error, Equatable { var index: Int }
    for _ in 0..<20 {
      let started = Mutex<Set<Int>>([])
      let ended = Mutex<Set<Int>>([])
      let error = #expect(throws: Failure.self) {
        try runLanes(1000, threads: 4) { index in
          _ = started.withLock { $0.insert(index) }
          defer { _ = ended.withLock { $0.insert(index) } }
          // Of those that fail, the first one does so last.
          if index == 5 { spin(200_000) }
          if index >= 5, index < 9 { throw Failure(index: index) }
        }
      }
      #expect(error == Failure(index: 5))
      #expect(started.withLock { $0 } == ended.withLock { $0 })
      #expect(started.withLock { $0.count } < 1000)
    }
  }

  @Test func `a failure cancels the jobs after it, not those before`() throws {
    struct Failure: Error {}
    let before = Atomic<Bool>(true)
    let begun = Atomic<Bool>(false)
    let failed = Atomic<Bool>(false)
    #expect(throws: Failure.self) {
      try runLanes(3, threads: 3, stop: StopFlag()) { lane in
        switch lane.index {
        case 0:
          while !failed.load(ordering: .acquiring) {}
          before.store(lane.isCancelled, ordering: .relaxed)
        case 1:
          // Not before the last one has begun, which it would keep from beginning.
          while !begun.load(ordering: .acquiring) {}
          throw Failure()
        default:
          begun.store(true, ordering: .releasing)
          while !lane.isCancelled {}
          failed.store(true, ordering: .releasing)
        }
      }
    }
    let wasCancelled = before.load(ordering: .relaxed)
    #expect(!wasCancelled)
  }

  @Test func `stopping begins no further job and keeps what is done`() throws {
    let stop = StopFlag()
    let results = try runLanes(10, threads: 1, stop: stop) { lane in
      if lane.index == 3 { stop.set() }
      return (lane.index, lane.isCancelled)
    }
    #expect(results.map { $0?.0 } == [0, 1, 2, 3, nil, nil, nil, nil, nil, nil])
    #expect(results.prefix(4).map { $0?.1 } == [false, false, false, true])
  }

  @Test func `progress is told by one thread at a time`() throws {
    let inside = Atomic<Int>(0)
    let told = Mutex<[Int: [Double]]>([:])
    _ = try runLanes(
      8, threads: 4, stop: StopFlag(),
      progress: { index, fraction in
        let within = inside.add(1, ordering: .relaxed).newValue
        #expect(within == 1)
        spin(1000)
        told.withLock { $0[index, default: []].append(fraction) }
        inside.subtract(1, ordering: .relaxed)
      }
    ) { lane in
      for part in 1...3 { lane.report(Double(part) / 4) }
    }
    #expect(told.withLock { $0 } == Dictionary(uniqueKeysWithValues: (0..<8).map { ($0, [0.25, 0.5, 0.75, 1]) }))
  }

  @Test func `a lane has a deep stack`() throws {
    // 9 MiB and the frames: more than the 8 MiB that threads get on Linux and the 512 KiB on macOS.
    let depths = try runLanes(2, threads: 2) { _ in sink(9 << 10) }
    #expect(depths == [9 << 10, 9 << 10])
  }
}

/// Recurses to that depth, with 1 KiB on the stack at each.
private func sink(_ depth: Int) -> Int {
  withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { room in
    room.storeBytes(of: 1, as: UInt8.self)
    return depth == 0 ? 0 : sink(depth - 1) + Int(room.load(as: UInt8.self))
  }
}

private func spin(_ count: Int) {
  var sum = 0
  for i in 0..<count { sum = sum &* 31 &+ i }
  if sum == 42 { print() }
}
