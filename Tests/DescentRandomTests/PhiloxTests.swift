import DescentRandom
import Testing

@Suite struct PhiloxTests {
  // Random123 1.14, tests/kat_vectors, philox4x32 10.
  @Test(
    arguments: [
      (0, 0, 0, [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
      (.max, .max, .max, [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
      (
        0x299f_31d0_a409_3822, 0x0370_7344_1319_8a2e, 0x85a3_08d3_243f_6a88,
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
      ),
    ] as [(UInt64, UInt64, UInt64, [UInt32])])
  func `the known answers of Random123 hold`(seed: UInt64, stream: UInt64, index: UInt64, answer: [UInt32]) {
    let block = Philox(seed: seed, stream: stream).block(index)
    #expect([block.0, block.1, block.2, block.3] == answer)
  }

  @Test func `every purpose and index has a stream of its own`() {
    var ids: Set<UInt64> = []
    for stream in RandomStream.allCases {
      for index: UInt64 in [0, 1, 2, 0xFFFF_FFFF_FFFF] { #expect(ids.insert(stream.id(index)).inserted) }
    }
  }

  @Test func `stream numbers are frozen`() {
    #expect(
      RandomStream.allCases.map(\.rawValue) == [1, 2, 3, 4, 5, 6, 7, 8, 9])
    #expect(RandomStream.shuffling.id(7) == 0x0002_0000_0000_0007)
  }
}
