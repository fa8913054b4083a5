import MesetaHost
import MesetaNet
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import NIOCore
import Testing

@Suite struct HandshakeTests {
  /// What a server answers to these bytes, which must end the connection and leave the others alone.
  func refusal(_ server: TestServer, of bytes: [UInt8]) async throws -> String? {
    let socket = try RawSocket(to: server.address)
    try socket.send(bytes)
    guard case .refused(let reason) = try socket.reply() else { return nil }
    #expect(try socket.frame() == nil)
    // Others are served.
    let client = server.connect()
    let session = try #require(await client.session())
    client.link(session)?.close(reason: "done")
    guard case .opened = await server.probe.next(), case .closed = await server.probe.next() else {
      Issue.record("the refused peer was heard of")
      return nil
    }
    return reason
  }

  @Test func anotherProtocolIsTurnedAway() async throws {
    let server = try await TestServer()
    let reason = try await refusal(server, of: Array("GET /state HTTP/1.1\r\n\r\n".utf8))
    #expect(reason?.contains("it has to begin with \"MSTA\"") == true)
  }

  @Test func versionsMustOverlap() async throws {
    let server = try await TestServer()
    let reason = try await refusal(server, of: RawSocket.hello(Handshake(versions: 2...7, role: .agent)))
    #expect(
      reason == "this node speaks version 1 of the native protocol and the peer versions 2 to 7: "
        + "one of them has to be upgraded")
  }

  @Test func aRoleMustBeKnown() async throws {
    let server = try await TestServer()
    // minimum_version 1, maximum_version 1, role 0
    let reason = try await refusal(
      server, of: Array("MSTA".utf8) + RawSocket.frame([0x08, 1, 0x10, 1, 0x20, 0]))
    #expect(reason?.contains("role is 0, which this version does not know") == true)
  }

  @Test func aHandshakeMustBeOne() async throws {
    let server = try await TestServer()
    let reason = try await refusal(server, of: Array("MSTA".utf8) + RawSocket.frame([0xFF, 0xFF, 0xFF]))
    #expect(reason?.contains("meseta.v1.Handshake") == true)
  }

  @Test func aHandshakeMustBeShort() async throws {
    let server = try await TestServer()
    let reason = try await refusal(
      server, of: Array("MSTA".utf8) + [0, 0x10, 0, 0] + Array(repeating: 0, count: 200_000))
    #expect(reason == "the handshake is longer than 65536 bytes")
  }

  @Test func whoCannotProveItIsTurnedAway() async throws {
    let options = testOptions {
      $0.authenticate = { (credential, role) throws(AuthenticationFailure) in
        guard let credential, credential.secret == "open sesame" else {
          throw AuthenticationFailure("\(credential?.principal ?? "nobody") has not proven to be that")
        }
        return Principal(credential.principal)
      }
    }
    let server = try await TestServer(options)
    let stranger = server.connect(testOptions { $0.credential = Credential(principal: "ali", secret: "x") })
    #expect(await stranger.reasonOfEnd().hasSuffix("refused the connection: ali has not proven to be that"))
    let friend = server.connect(
      testOptions { $0.credential = Credential(principal: "ali", secret: "open sesame") })
    #expect(await friend.session() != nil)
    guard case .opened(_, let peer) = await server.probe.next() else {
      Issue.record("no session")
      return
    }
    #expect(peer.principal == Principal("ali"))
  }

  @Test func aHostThatStopsTurnsPeersAway() async throws {
    let server = try await TestServer()
    server.probe.takeNoMore()
    #expect(await server.connect().reasonOfEnd().contains("node takes no sessions: it is stopping"))
    await server.untilEmpty()
  }

  @Test func connectionsAreCounted() async throws {
    let server = try await TestServer(testOptions { $0.maximumConnections = 2 })
    let first = server.connect()
    let session = try #require(await first.session())
    #expect(await server.connect().session() != nil)
    #expect(await server.connect().reasonOfEnd().contains("node has 2 connections, as many as it keeps"))
    first.link(session)?.close(reason: "done")
    while !Task.isCancelled, server.server.connectionCount > 1 { await Task.yield() }
    #expect(await server.connect().session() != nil)
  }

  @Test func whoSaysNothingToAServerThatIsFullIsNotWaitedFor() async throws {
    let server = try await TestServer(
      testOptions {
        $0.maximumConnections = 0
        $0.handshakeTimeout = .milliseconds(20)
      })
    let socket = try RawSocket(to: server.address)
    #expect(try socket.frame() == nil)
    await server.untilEmpty()
  }

  @Test func featuresInCommonAreChosen() async throws {
    let server = try await TestServer(testOptions { $0.features = 0b0110 })
    let socket = try RawSocket(to: server.address)
    try socket.send(RawSocket.hello(Handshake(versions: 1...9, features: 0b1100, role: .agent)))
    #expect(try socket.reply() == .accepted(version: 1, features: 0b0100, nodeName: "node"))
  }
}
