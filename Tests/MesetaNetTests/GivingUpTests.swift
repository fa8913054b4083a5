// Peers that are too slow, or say nothing: they lose their connection, and hear why.

import Glibc
import MesetaHost
import MesetaModel
import MesetaNet
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import NIOCore
import Testing

@Suite struct GivingUpTests {
  // MARK: No handshake

  @Test(arguments: ["", "MS", "MSTA"])
  func whoDoesNotShakeHandsIsNotWaitedFor(start: String) async throws {
    let server = try await TestServer(testOptions { $0.handshakeTimeout = .milliseconds(20) })
    let socket = try RawSocket(to: server.address)
    try socket.send(Array(start.utf8))
    guard case .refused(let reason) = try socket.reply() else {
      Issue.record("no answer")
      return
    }
    #expect(reason.hasPrefix("node gave up on 127.0.0.1:"))
    #expect(reason.hasSuffix(", which did not complete the handshake in 20ms"))
    #expect(try socket.frame() == nil)
    socket.shutdown()
    await server.untilEmpty()
  }

  @Test func aServerThatDoesNotAnswerIsGivenUpAndTold() async throws {
    let server = try SilentServer()
    let client = SessionProbe()
    let options = testOptions { $0.handshakeTimeout = .milliseconds(100) }
    NativeConnector([server.address], on: testGroup, options: options, logger: quietLogger)
      .connect(ConnectRequest(.framework, name: "client", handler: client))
    #expect(
      await client.reasonOfEnd() == "\(server.address) did not complete the handshake in 100ms")
    let socket = try server.accept()
    _ = try socket.bytes(4)
    _ = try socket.frame()
    #expect(
      try socket.message()
        == .closing(
          reason: "node gave up on \(server.address), which did not complete the handshake in 100ms"))
    #expect(try socket.frame() == nil)
  }

  @Test func whoDoesNotHangUpIsNotWaitedForEither() async throws {
    let server = try await TestServer(
      testOptions {
        $0.handshakeTimeout = .milliseconds(20)
        $0.lingerTimeout = .milliseconds(20)
      })
    let socket = try RawSocket(to: server.address)
    try socket.send(Array("MSTA".utf8))
    await server.untilEmpty()
    _ = socket
  }

  // MARK: Silence

  @Test func aSilentPeerIsTakenToBeDeadAndTold() async throws {
    let server = try await TestServer(testOptions { $0.heartbeatInterval = .milliseconds(20) })
    let socket = try server.rawSession()
    #expect(await server.probe.reasonOfEnd() == "the peer has been silent for 60ms")
    let messages = try socket.messages()
    #expect(messages.dropLast().allSatisfy { $0 == .heartbeat })
    #expect(messages.last?.reason?.hasPrefix("node gave up on 127.0.0.1:") == true)
    #expect(messages.last?.reason?.hasSuffix(", which has been silent for 60ms") == true)
    socket.shutdown()
    await server.untilEmpty()
  }

  @Test func aClientIsToldThatItWasSilent() async throws {
    let server = try await TestServer(testOptions { $0.heartbeatInterval = .milliseconds(20) })
    let client = server.connect()
    #expect(await client.reasonOfEnd().hasSuffix(", which has been silent for 60ms"))
    await server.untilEmpty()
  }

  @Test func aServerIsToldThatItWasSilent() async throws {
    let server = try await TestServer()
    let client = server.connect(testOptions { $0.heartbeatInterval = .milliseconds(20) })
    #expect(await client.reasonOfEnd() == "the peer has been silent for 60ms")
    #expect(
      await server.probe.reasonOfEnd()
        == "node gave up on \(server.address), which has been silent for 60ms")
    await server.untilEmpty()
  }

  // MARK: Slowness

  /// Far more than the sockets hold, of which the server lets 1 MiB wait. What has not got through goes only when the
  /// peer reads.
  private let options = testOptions { $0.maximumOutgoingBytes = 1 << 20 }
  private let flood = Array(
    repeating: Message.schedulerEvent(.error(String(repeating: "x", count: 100_000))), count: 400)

  private func sendFlood(to session: SessionID, of server: TestServer) {
    for start in stride(from: 0, to: flood.count, by: 10) {
      server.probe.link(session)?.send(Array(flood[start..<start + 10]))
    }
  }

  @Test func aPeerThatDoesNotReadLosesItsSessionAndWhatWaitedForIt() async throws {
    let server = try await TestServer(options)
    let socket = try server.rawSession()
    let session = try #require(await server.probe.session())
    sendFlood(to: session, of: server)
    let reason = await server.probe.reasonOfEnd()
    let bytes = try #require(
      reason.wholeMatch(of: /the peer is too slow: (\d+) bytes wait for it, more than the limit of 1048576/))
    #expect(Int(bytes.1).map { $0 > 1 << 20 && $0 < 4 << 20 } == true)

    let messages = try socket.messages()
    #expect(messages.count < flood.count / 2)
    #expect(messages.dropLast().allSatisfy { $0 == flood[0] })
    #expect(messages.last?.reason?.hasSuffix(reason.dropFirst("the peer ".count)) == true)
    socket.shutdown()
    await server.untilEmpty()
  }

  @Test func aClientIsToldThatItWasTooSlow() async throws {
    let server = try await TestServer(options)
    let client = server.connect(testOptions { $0.maximumUnhandledMessages = 10 }, consumes: false)
    let session = try #require(await server.probe.session())
    sendFlood(to: session, of: server)
    let reason = await server.probe.reasonOfEnd()
    while true {
      switch await client.next() {
      case .received(let session, let messages): client.link(session)?.consumed(messages.count)
      case .closed(_, let told):
        #expect(told.hasPrefix("node gave up on 127.0.0.1:"))
        #expect(told.hasSuffix(reason.dropFirst("the peer ".count)))
        return await server.untilEmpty()
      case .opened, .connectFailed: break
      }
    }
  }

  @Test func whatWaitsForASlowReaderArrivesInOrder() async throws {
    let server = try await TestServer()
    let socket = try server.rawSession()
    let session = try #require(await server.probe.session())
    sendFlood(to: session, of: server)
    server.probe.link(session)?.send((0..<100).map { call($0) })
    server.probe.link(session)?.close(reason: "done")
    #expect(try socket.messages() == flood + (0..<100).map { call($0) } + [.closing(reason: "done")])
    socket.shutdown()
    await server.untilEmpty()
  }
}

extension Message {
  fileprivate var reason: String? { if case .closing(let reason) = self { reason } else { nil } }
}

extension RawSocket {
  /// All that comes until the stream ends.
  fileprivate func messages() throws -> [Message] {
    var messages: [Message] = []
    while let message = try message() { messages.append(message) }
    return messages
  }
}

/// Listens, and says nothing to whoever connects.
private final class SilentServer {
  private let descriptor: Int32
  let address: HostPort

  init() throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var local = sockaddr_in()
    local.sin_family = sa_family_t(AF_INET)
    inet_pton(AF_INET, "127.0.0.1", &local.sin_addr)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutableBytes(of: &local) { bytes in
      guard let start = bytes.bindMemory(to: sockaddr.self).baseAddress else { return false }
      return bind(descriptor, start, size) == 0 && listen(descriptor, 8) == 0
        && getsockname(descriptor, start, &size) == 0
    }
    guard isListening else { throw SocketError(what: "listen: errno \(errno)") }
    self.descriptor = descriptor
    address = HostPort(host: "127.0.0.1", port: Int(UInt16(bigEndian: local.sin_port)))
  }

  deinit { Glibc.close(descriptor) }

  /// The end of the next connection.
  func accept() throws -> RawSocket {
    let connection = Glibc.accept(descriptor, nil, nil)
    guard connection >= 0 else { throw SocketError(what: "accept: errno \(errno)") }
    return RawSocket(connection)
  }
}
