// Random and spoiled envelopes: each is refused with an error or gives a value that encodes and decodes again.

import MesetaModel
import MesetaProtocol
import MesetaWire
import Testing

@Suite struct MessageFuzzTests {
  /// Whether the bytes were admitted.
  private func tryBytes(
    _ bytes: [UInt8], _ encoder: inout MessageEncoder, _ decoder: inout MessageDecoder
  ) throws -> Bool {
    let message: Message
    do {
      message = try decoder.decode(bytes)
    } catch {
      try #require(!error.description.isEmpty)
      return false
    }
    var encoded: [UInt8] = []
    encoder.encode(message, into: &encoded)
    var again: [UInt8] = []
    encoder.encode(try decoder.decode(encoded), into: &again)
    // Bytes rather than values: a NaN is not equal to itself.
    try #require(again == encoded, "\(bytes)")
    return true
  }

  @Test func randomBytesNeverCrash() throws {
    var random = Seeded(state: 11)
    var encoder = MessageEncoder()
    var decoder = MessageDecoder()
    for _ in 0..<FuzzTests.iterations / 5 {
      let size = Int.random(in: 0...24, using: &random)
      var bytes = (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      // Half of them within a field of the envelope, to get past its first byte.
      if Bool.random(using: &random) { bytes = field(UInt64.random(in: 2...16, using: &random), bytes) }
      _ = try tryBytes(bytes, &encoder, &decoder)
    }
  }

  @Test func spoiledMessagesNeverCrash() throws {
    var arbitrary = Arbitrary(seed: 12)
    var encoder = MessageEncoder()
    var decoder = MessageDecoder()
    var admitted = 0
    var tried = 0
    while tried < FuzzTests.iterations / 5 {
      var bytes: [UInt8] = []
      encoder.encode(arbitrary.message(kind: arbitrary.below(Arbitrary.messageKinds)), into: &bytes)
      for _ in 0..<8 {
        tried += 1
        if try tryBytes(spoiled(bytes, using: &arbitrary.random), &encoder, &decoder) { admitted += 1 }
      }
    }
    #expect(admitted > tried / 20)
  }

  @Test func messagesOfRandomFieldsNeverCrash() throws {
    var random = Seeded(state: 13)
    var encoder = MessageEncoder()
    var decoder = MessageDecoder()
    let envelope = try descriptor("meseta.v1.Envelope")
    for _ in 0..<FuzzTests.iterations / 20 {
      let bytes = randomMessage(envelope, depth: 5, using: &random)
      _ = try tryBytes(bytes, &encoder, &decoder)
    }
  }
}
