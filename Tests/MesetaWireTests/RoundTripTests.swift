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

@Suite struct RepetitionTests {
  /// Offers as a master makes them: most of what they hold is in all of them, but not everything is.
  private func offers(_ count: Int) -> [Offer] {
    let resources: Resources = "cpus:4;mem:8192;ports:[31000-32000];tags:{a,b}"
    return (0..<count).map { number in
      let role = number % 7 == 0 ? "a-role-that-is-too-long-to-be-small" : "role"
      var offer = Offer(
        id: OfferID(prefix: number % 11 == 0 ? "other" : "master", number: UInt64(number)),
        frameworkID: number % 5 == 0 ? "another-framework-0000" : "the-framework-0000",
        agentID: AgentID("agent-\(number)"), hostname: "host",
        resources: (number % 3 == 0 ? resources + Resources(["cpus": Scalar(number)]) : resources).allocated(
          to: role),
        attributes: [Attribute("rack", .text("r\(number % 2)"))], allocationRole: role)
      if number % 4 == 0 { offer.unknownFields = UnknownFields(field(900, UInt64(number))) }
      return offer
    }
  }

  @Test(arguments: [1, 2, 100])
  func whatOffersHaveInCommonIsNeitherLostNorMixedUp(count: Int) throws {
    var encoder = MessageEncoder()
    var decoder = MessageDecoder()
    let message = Message.schedulerEvent(.offers(offers(count)))
    for _ in 0..<2 {
      var bytes: [UInt8] = []
      encoder.encode(message, into: &bytes)
      #expect(try decoder.decode(bytes) == message)
    }
  }

  @Test func eachMessageIsEncodedAndDecodedByItself() throws {
    var encoder = MessageEncoder()
    var decoder = MessageDecoder()
    for count in [100, 3, 50, 1] {
      var bytes: [UInt8] = []
      var fresh: [UInt8] = []
      let message = Message.schedulerEvent(.offers(offers(count).reversed()))
      encoder.encode(message, into: &bytes)
      var another = MessageEncoder()
      another.encode(message, into: &fresh)
      #expect(bytes == fresh)
      #expect(try decoder.decode(bytes) == message)
    }
  }

  @Test(arguments: [
    "", "-O", "x-O", "O1", "-O0", "-O7", "a-O7", "a-O07", "a-O00", "a-O18446744073709551615",
    "a-O18446744073709551616", "a-O99999999999999999999999", "a-o7", "a-O7-O8", "größe-O9", "a-O1x", "7",
  ])
  func anOfferIDIsReadAndWrittenLikeItsText(text: String) throws {
    var encoder = MessageEncoder()
    var decoder = MessageDecoder()
    var bytes: [UInt8] = []
    encoder.encodeValue(OfferID(text), into: &bytes)
    #expect(bytes == field(1, Array(text.utf8)))
    let id: OfferID = try decoder.decodeValue(from: bytes)
    #expect(id == OfferID(text))
    #expect(id.prefix == OfferID(text).prefix)
  }

  @Test func anOfferIDWithANULIsNotCutOff() throws {
    var encoder = MessageEncoder()
    var decoder = MessageDecoder()
    var bytes: [UInt8] = []
    encoder.encodeValue(OfferID(prefix: "a\0b", number: 1), into: &bytes)
    let id: OfferID = try decoder.decodeValue(from: bytes)
    #expect(id.value == "a\u{FFFD}b-O1")
  }
}
