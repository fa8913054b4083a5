import MesetaHost
import MesetaNet
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import Testing

/// What comes after a good handshake and is no message. Each peer hears why, loses its session, and nobody else
/// notices.
@Suite struct BadInputTests {
  struct Bad: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    /// A part of what is answered.
    var answer: String
    var request: UInt64 = 0

    var testDescription: String { name }
  }

  static let cases: [Bad] = [
    Bad(
      name: "over-long length", bytes: [0x7F, 0xFF, 0xFF, 0xFF, 1, 2, 3],
      answer: "a frame of 2147483647 bytes is longer than the limit of 16777216"),
    Bad(
      name: "HTTP", bytes: Array("GET / HTTP/1.1\r\n\r\n".utf8), answer: "the peer seems to speak HTTP"),
    Bad(
      name: "random bytes in a frame", bytes: RawSocket.frame([0xDE, 0xAD, 0xBE, 0xEF]),
      answer: "meseta.v1.Envelope"),
    Bad(
      name: "a truncated message",
      bytes: RawSocket.frame(Array(RawSocket.frame(call(1)).dropFirst(4).dropLast())),
      answer: "meseta.v1.Envelope"),
    Bad(name: "an empty frame", bytes: RawSocket.frame([UInt8]()), answer: "meseta.v1.Envelope"),
    // field 99 of an unknown kind of message
    Bad(
      name: "an unknown message", bytes: RawSocket.frame([0x9A, 0x06, 0]), answer: "meseta.v1.Envelope"),
    // scheduler_call without its type, by somebody who does not want to hear of it
    Bad(name: "a call without a type", bytes: RawSocket.frame([0x12, 0]), answer: "type"),
  ]

  /// What has a number and can be read, but not taken.
  static let refused: [Bad] = [
    Bad(
      name: "an unknown message", bytes: RawSocket.frame([0x08, 9, 0x9A, 0x06, 0]),
      answer: "meseta.v1.Envelope", request: 9),
    Bad(
      name: "a call without a type", bytes: RawSocket.frame([0x08, 9, 0x12, 0]), answer: "type", request: 9),
  ]

  @Test(arguments: refused)
  func aCallThatCannotBeTakenIsAnsweredAndTheSessionGoesOn(bad: Bad) async throws {
    let server = try await TestServer()
    let socket = try server.rawSession()
    let session = try #require(await server.probe.session())
    try socket.send(RawSocket.frame(call(7)) + bad.bytes + RawSocket.frame(call(8)))
    guard case .failed(let error, bad.request)? = try socket.message() else {
      Issue.record("no answer")
      return
    }
    #expect(error.code == .badRequest && error.message.contains(bad.answer), "\(error)")
    #expect(await server.probe.messages(2) == [call(7), call(8)])
    #expect(server.server.connectionCount == 1)
    withExtendedLifetime(session) {}
  }

  @Test(arguments: cases)
  func aPeerHearsWhyAndIsClosed(bad: Bad) async throws {
    let server = try await TestServer()
    let bystander = server.connect()
    let bystanding = try #require(await bystander.session())
    _ = await server.probe.session()

    let socket = try server.rawSession()
    let session = try #require(await server.probe.session())
    try socket.send(RawSocket.frame(call(7)) + bad.bytes + RawSocket.frame(call(8)))
    guard case .failed(let error, let request)? = try socket.message() else {
      Issue.record("no answer")
      return
    }
    #expect(error.code == .badRequest)
    #expect(error.message.contains(bad.answer), "\(error.message)")
    #expect(request == bad.request)
    #expect(try socket.frame() == nil)
    // What was sent before it counts, what was sent after it does not.
    #expect(await server.probe.next() == .received(session, [call(7)]))
    guard case .closed(session, let reason) = await server.probe.next() else {
      Issue.record("the session goes on")
      return
    }
    #expect(reason.hasPrefix("the peer broke the protocol: "))

    bystander.link(bystanding)?.send([call(1)])
    #expect(await server.probe.messages(1) == [call(1)])
    socket.shutdown()
    while !Task.isCancelled, server.server.connectionCount > 1 { await Task.yield() }
  }

  @Test func aStreamMayEndWithinAFrame() async throws {
    let server = try await TestServer()
    let socket = try server.rawSession()
    _ = await server.probe.session()
    try socket.send(Array(RawSocket.frame(call(1)).dropLast(3)))
    socket.shutdown()
    #expect(await server.probe.reasonOfEnd() == "the peer closed the connection")
    await server.untilEmpty()
  }

  @Test func anythingMayComeBeforeAndAfterTheHandshake() async throws {
    let server = try await TestServer()
    var random = SeededGenerator(seed: 7)
    let good = RawSocket.hello() + (0..<5).flatMap { RawSocket.frame(call($0)) }
    for round in 0..<200 {
      let socket = try RawSocket(to: server.address)
      var bytes = good
      for _ in 0...random.below(8) {
        let place = Int(random.below(UInt64(bytes.count)))
        bytes[place] = UInt8(truncatingIfNeeded: random.next())
      }
      if round % 4 == 0 {
        bytes = (0..<random.below(300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      }
      // The server may have closed by then.
      try? socket.send(bytes)
      socket.shutdown()
      while (try? socket.frame()) ?? nil != nil {}
    }
    await server.untilEmpty()
    let client = server.connect()
    #expect(await client.session() != nil)
  }
}
