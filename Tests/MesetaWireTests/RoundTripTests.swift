// What is encoded decodes to the same value, for every kind of message.

import MesetaModel
import MesetaProtocol
import MesetaWire
import Testing

@Suite struct RoundTripTests {
  @Test(arguments: 0..<Arbitrary.messageKinds)
  func everyKindOfMessageSurvivesItsBytes(kind: Int) throws {
    var arbitrary = Arbitrary(seed: UInt64(kind))
    var encoder = MessageEncoder()
    var decoder = MessageDecoder()
    for number in 0..<200 {
      let message = arbitrary.message(kind: kind)
      var bytes: [UInt8] = []
      encoder.encode(message, into: &bytes)
      let decoded = try decoder.decode(bytes)
      try #require(decoded == message, "message \(number)")
      // The same value gives the same bytes.
      var again: [UInt8] = []
      encoder.encode(decoded, into: &again)
      try #require(again == bytes, "message \(number)")
    }
  }

  @Test func aMessageIsWrittenIntoTheCallersBuffer() throws {
    var arbitrary = Arbitrary(seed: 1)
    var encoder = MessageEncoder()
    for kind in 0..<Arbitrary.messageKinds {
      let message = arbitrary.message(kind: kind)
      var expected: [UInt8] = []
      encoder.encode(message, into: &expected)
      let written = encoder.withEncoded(message) { packed in
        [UInt8](unsafeUninitializedCapacity: packed.size) { buffer, count in
          count = packed.write(into: UnsafeMutableRawBufferPointer(buffer))
        }
      }
      #expect(written == expected)
    }
  }

  @Test func theRequestOfAMessageIsFoundEvenIfTheRestIsNoMessage() {
    var encoder = MessageEncoder()
    for request in [1, 300, UInt64.max] {
      var bytes: [UInt8] = []
      encoder.encode(.operatorCall(.getTasks, request: request), into: &bytes)
      bytes += [0xFF, 0xFF]
      #expect(bytes.withUnsafeBytes { MessageDecoder.request(of: $0) } == request)
    }
    for bytes in [[], [0x08], [0xFF, 0xFF, 0xFF], field(2, [1, 2])] as [[UInt8]] {
      #expect(bytes.withUnsafeBytes { MessageDecoder.request(of: $0) } == 0)
    }
  }

  @Test func aTextWithANULIsNotCutOff() throws {
    var encoder = MessageEncoder()
    var decoder = MessageDecoder()
    var bytes: [UInt8] = []
    encoder.encode(.schedulerEvent(.error("a\0b")), into: &bytes)
    #expect(try decoder.decode(bytes) == .schedulerEvent(.error("a\u{FFFD}b")))
  }

  @Test func handshakesSurviveTheirBytes() throws {
    let handshakes = [
      Handshake(versions: 1...3, role: .agent),
      Handshake(
        versions: 0...(.max), features: .max, role: .operator,
        credential: Credential(principal: "p", secret: "s"), nodeName: "n"),
    ]
    for handshake in handshakes { #expect(try roundTrip(handshake) == handshake) }
    for reply in [.accepted(version: 1, features: 3, nodeName: "m"), .refused("no")] as [HandshakeReply] {
      #expect(try roundTrip(reply) == reply)
    }
  }

  private func roundTrip<Value: WireConvertible>(_ value: Value) throws -> Value {
    var encoder = MessageEncoder()
    var decoder = MessageDecoder()
    var bytes: [UInt8] = []
    encoder.encodeValue(value, into: &bytes)
    return try decoder.decodeValue(from: bytes)
  }
}
