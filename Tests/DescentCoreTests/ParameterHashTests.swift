import DescentCore
import Testing

@Suite struct ParameterHashTests {
  @Test func `nothing hashes to the offset basis`() {
    #expect(parameterHash([Float]()) == "cbf29ce484222325")
  }

  /// The hash of "abcdefgh", computed with Python's integers by code that gives the published hash of "foobar".
  @Test func `the bytes are taken in little-endian order`() {
    let value = Double(bitPattern: 0x6867_6665_6463_6261)  // "abcdefgh"
    let low = Float(bitPattern: 0x6463_6261)
    let high = Float(bitPattern: 0x6867_6665)
    let expected = "25da8c1836a8d66d"
    #expect(parameterHash([value]) == expected)
    #expect(parameterHash([low, high]) == expected)
    #expect(parameterHash([high, low]) != expected)
    [low, high].withUnsafeBufferPointer { #expect(parameterHash($0) == expected) }
  }

  @Test func `leading zeros are kept`() {
    #expect(parameterHash([Float(1029)]) == "0be4127dc55c8bc9")
  }

  @Test func `zero and minus zero differ`() {
    #expect(parameterHash([Float(0)]) != parameterHash([-Float(0)]))
  }
}
