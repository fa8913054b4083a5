import MesetaHost
import MesetaModel
import MesetaNet
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import NIOCore
import Synchronization
import Testing

@Suite struct SessionTests {
  @Test func messagesTravelBothWaysInOrder() async throws {
    let server = try await TestServer()
    let client = server.connect()
    let there = try #require(await client.session())
    guard case .opened(let here, let peer) = await server.probe.next() else {
      Issue.record("no session")
      return
    }
    #expect(peer.role == .framework)
    #expect(peer.principal == nil)
    #expect(peer.address.hasPrefix("client (127.0.0.1:"))
    #expect(peer.ip == "127.0.0.1")
    let calls = (0..<5000).map { call($0, request: UInt64($0)) }
    for start in stride(from: 0, to: calls.count, by: 100) {
      client.link(there)?.send(Array(calls[start..<start + 100]))
    }
    #expect(await server.probe.messages(calls.count) == calls)
    server.probe.link(here)?.send(calls)
    #expect(await client.messages(calls.count) == calls)
    await server.server.stop()
    #expect(await client.reasonOfEnd() == "the peer closed the connection")
  }

  @Test func thePeerIsToldWhyAfterAllThatWasSent() async throws {
    let server = try await TestServer()
    let client = server.connect()
    let there = try #require(await client.session())
    _ = await server.probe.session()
    client.link(there)?.send([call(1), call(2)])
    client.link(there)?.close(reason: "done")
    #expect(await server.probe.messages(2) == [call(1), call(2)])
    #expect(await server.probe.reasonOfEnd() == "done")
    await server.untilEmpty()
  }

  /// The interval is long: a machine that stalls for some seconds must not look like a silent peer.
  @Test func anIdleConnectionIsKeptByHeartbeats() async throws {
    let options = testOptions { $0.heartbeatInterval = .seconds(5) }
    let server = try await TestServer(options)
    let client = server.connect(options)
    let there = try #require(await client.session())
    _ = await server.probe.session()
    // A peer that sends no heartbeats tells when the time is over.
    let silent = try server.rawSession()
    let session = try #require(await server.probe.session())
    #expect(await server.probe.next() == .closed(session, "the peer has been silent for 15s"))
    client.link(there)?.send([call(1)])
    #expect(await server.probe.messages(1) == [call(1)])  // heartbeats are not passed on
    _ = silent
  }

  @Test func aHostThatIsBehindIsNotReadAheadOf() async throws {
    let options = testOptions { $0.maximumUnhandledMessages = 100 }
    let server = try await TestServer(options, consumes: false)
    let client = server.connect()
    let there = try #require(await client.session())
    let session = try #require(await server.probe.session())
    let large = Message.schedulerEvent(.error(String(repeating: "x", count: 10_000)))
    for _ in 0..<200 { client.link(there)?.send(Array(repeating: large, count: 10)) }
    // It is still connected when everything is handled at last, and all has come.
    var count = 0
    while count < 2000 {
      guard case .received(_, let messages) = await server.probe.next() else { break }
      #expect(messages.count < 1000)
      count += messages.count
      server.probe.link(session)?.consumed(messages.count)
    }
    #expect(count == 2000)
  }

  @Test func aMessageThatNoFrameHoldsEndsTheSession() async throws {
    let options = testOptions { $0.limits = WireLimits(maximumBytes: 10_000) }
    let server = try await TestServer(options)
    let client = server.connect(options)
    let there = try #require(await client.session())
    client.link(there)?.send([.schedulerEvent(.error(String(repeating: "x", count: 20_000)))])
    #expect(
      await client.reasonOfEnd()
        == "the peer was to be sent a message longer than a frame may be, 10000 bytes")
    #expect(await server.probe.reasonOfEnd().hasSuffix("a message longer than a frame may be, 10000 bytes"))
    await server.untilEmpty()
  }

  @Test func anAnswerThatNoFrameHoldsIsRefusedAndTheSessionGoesOn() async throws {
    let options = testOptions { $0.limits = WireLimits(maximumBytes: 10_000) }
    let server = try await TestServer(options)
    let client = server.connect(options)
    let there = try #require(await client.session())
    let answer = OperatorResponse.file(size: 20_000, data: Array(repeating: 0, count: 20_000))
    client.link(there)?.send([.operatorResponse(answer, request: 7), call(1)])
    let messages = await server.probe.messages(2)
    guard case .failed(let error, request: 7)? = messages.first else {
      Issue.record("\(messages)")
      return
    }
    #expect(error.code == .unavailable && error.message.contains("10000 bytes"))
    #expect(messages.last == call(1))
  }

  @Test func addressesAreTriedInOrder() async throws {
    let server = try await TestServer()
    let nobody = try await TestServer()
    await nobody.server.stop()
    let client = SessionProbe()
    let connector = NativeConnector(
      [nobody.address, server.address], on: testGroup, options: testOptions(), logger: quietLogger)
    connector.connect(ConnectRequest(.agent, name: "a", handler: client))
    #expect(await client.session() != nil)

    NativeConnector([nobody.address], on: testGroup, options: testOptions(), logger: quietLogger)
      .connect(ConnectRequest(.agent, name: "a", handler: client))
    #expect(await client.reasonOfEnd().contains("127.0.0.1:\(nobody.address.port)"))
    NativeConnector([], on: testGroup, options: testOptions(), logger: quietLogger)
      .connect(ConnectRequest(.agent, name: "a", handler: client))
    #expect(await client.reasonOfEnd() == "there is no address to connect to")
  }

  @Test func namesAreLookedUp() async throws {
    let server = try await TestServer()
    let client = SessionProbe()
    NativeConnector(
      [HostPort(host: "localhost", port: server.address.port)], on: testGroup, options: testOptions(),
      logger: quietLogger
    ).connect(ConnectRequest(.agent, name: "a", handler: client))
    #expect(await client.session() != nil)
  }

  @Test func anAddressThatIsTakenCannotBeListenedTo() async throws {
    let server = try await TestServer()
    await #expect(throws: (any Error).self) {
      try await NativeServer.start(
        SessionProbe(), at: server.address, on: testGroup, options: testOptions(), logger: quietLogger)
    }
  }
}
