// Both ends of a connection as a test sees them: a handler that remembers, and a socket without manners.

import Glibc
import Logging
import MesetaHost
import MesetaModel
import MesetaNet
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import NIOCore
import NIOPosix
import Synchronization

/// What a transport tells a handler.
enum SessionEvent: Hashable, Sendable {
  case opened(SessionID, Peer)
  case connectFailed(String)
  case received(SessionID, [Message])
  case closed(SessionID, String)
}

/// Stands in for a host: passes on what it is told, one event after the other.
final class SessionProbe: SessionHandler {
  private struct State: Sendable {
    var links: [SessionID: any Link] = [:]
    var last: UInt64 = 0
    var isClosed = false
  }

  private let state = Mutex(State())
  private let continuation: AsyncStream<SessionEvent>.Continuation
  private let stream: AsyncStream<SessionEvent>
  /// Whether messages count as handled at once.
  let consumes: Bool

  init(consumes: Bool = true) {
    (stream, continuation) = AsyncStream.makeStream()
    self.consumes = consumes
  }

  func opened(_ link: any Link, _ peer: Peer) -> SessionID? {
    let session = state.withLock { state -> SessionID? in
      if state.isClosed { return nil }
      state.last += 1
      state.links[SessionID(state.last)] = link
      return SessionID(state.last)
    }
    if let session { continuation.yield(.opened(session, peer)) }
    return session
  }

  func connectFailed(reason: String) { continuation.yield(.connectFailed(reason)) }

  func received(_ session: SessionID, _ messages: [Message]) {
    continuation.yield(.received(session, messages))
    if consumes { link(session)?.consumed(messages.count) }
  }

  func closed(_ session: SessionID, reason: String) { continuation.yield(.closed(session, reason)) }

  func link(_ session: SessionID) -> (any Link)? { state.withLock { $0.links[session] } }

  func takeNoMore() { state.withLock { $0.isClosed = true } }

  // MARK: Waiting

  func next() async -> SessionEvent {
    var iterator = stream.makeAsyncIterator()
    return await iterator.next() ?? .connectFailed("the stream of events has ended")
  }

  func session() async -> SessionID? {
    if case .opened(let session, _) = await next() { session } else { nil }
  }

  func reasonOfEnd() async -> String {
    while true {
      switch await next() {
      case .closed(_, let reason), .connectFailed(let reason): return reason
      case .opened, .received: break
      }
    }
  }

  func messages(_ count: Int) async -> [Message] {
    var messages: [Message] = []
    while messages.count < count {
      switch await next() {
      case .received(_, let more): messages += more
      case .opened: break
      case .closed, .connectFailed: return messages
      }
    }
    return messages
  }
}

/// A server with a probe behind it.
struct TestServer {
  let probe: SessionProbe
  let server: NativeServer
  var address: HostPort { server.address }

  init(_ options: NativeOptions = testOptions(), consumes: Bool = true) async throws {
    probe = SessionProbe(consumes: consumes)
    server = try await NativeServer.start(
      probe, at: HostPort(host: "127.0.0.1", port: 0), on: testGroup, options: options,
      logger: quietLogger)
  }

  /// A client that has asked for a session.
  func connect(_ options: NativeOptions = testOptions(), consumes: Bool = true) -> SessionProbe {
    let client = SessionProbe(consumes: consumes)
    connector(options).connect(ConnectRequest(.framework, name: "client", handler: client))
    return client
  }

  func connector(_ options: NativeOptions = testOptions()) -> NativeConnector {
    NativeConnector([address], on: testGroup, options: options, logger: quietLogger)
  }

  /// A socket that has shaken hands as a framework.
  func rawSession() throws -> RawSocket {
    let socket = try RawSocket(to: address)
    try socket.send(RawSocket.hello())
    _ = try socket.reply()
    return socket
  }

  /// Returns when no connection is left.
  func untilEmpty() async { while !Task.isCancelled, server.connectionCount > 0 { await Task.yield() } }
}

let testGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
let quietLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Last words are waited for until the peer has hung up, however slow the machine is.
func testOptions(_ change: (inout NativeOptions) -> Void = { _ in }) -> NativeOptions {
  var options = NativeOptions(nodeName: "node")
  options.lingerTimeout = .seconds(600)
  change(&options)
  return options
}

func call(_ number: Int, request: UInt64 = 0) -> Message {
  .schedulerCall(
    SchedulerCall(frameworkID: FrameworkID("f\(number)"), .revive(roles: [])), request: request)
}

struct SocketError: Error {
  var what: String
}

/// A blocking socket. Waits ten seconds at most for each thing.
final class RawSocket {
  private let descriptor: Int32
  private var unread: [UInt8] = []

  init(to address: HostPort) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var timeout = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = in_port_t(UInt16(address.port).bigEndian)
    inet_pton(AF_INET, address.host, &target.sin_addr)
    let result = withUnsafeBytes(of: &target) { bytes in
      Glibc.connect(
        descriptor, bytes.bindMemory(to: sockaddr.self).baseAddress, socklen_t(MemoryLayout<sockaddr_in>.size)
      )
    }
    guard result == 0 else { throw SocketError(what: "connect: errno \(errno)") }
  }

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { Glibc.close(descriptor) }

  func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw SocketError(what: "send: errno \(errno)") }
      rest = rest.dropFirst(count)
    }
  }

  func shutdown() { _ = Glibc.shutdown(descriptor, Int32(SHUT_WR)) }

  /// The next frame's payload; nil at the end of the stream.
  func frame() throws -> [UInt8]? {
    guard let header = try bytes(4) else { return nil }
    return try bytes(Int(FrameHeader(header[0], header[1], header[2], header[3]).length))
  }

  func message() throws -> Message? {
    guard let frame = try frame() else { return nil }
    var decoder = MessageDecoder()
    return try decoder.decode(frame)
  }

  func reply() throws -> HandshakeReply? {
    guard let frame = try frame() else { return nil }
    var decoder = MessageDecoder()
    return try decoder.decodeValue(HandshakeReply.self, from: frame)
  }

  func bytes(_ count: Int) throws -> [UInt8]? {
    var chunk = [UInt8](repeating: 0, count: 65536)
    while unread.count < count {
      let received = recv(descriptor, &chunk, chunk.count, 0)
      if received < 0, errno == EINTR { continue }  // who stopped the process and let it go on meant no harm
      guard received >= 0 else { throw SocketError(what: "recv: errno \(errno)") }
      if received == 0 { return nil }
      unread += chunk.prefix(received)
    }
    defer { unread.removeFirst(count) }
    return Array(unread.prefix(count))
  }

  // MARK: Bytes

  static func frame(_ payload: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    FrameHeader(length: UInt32(payload.count)).append(to: &bytes)
    return bytes + payload
  }

  static func frame(_ message: Message) -> [UInt8] {
    var payload: [UInt8] = []
    var encoder = MessageEncoder()
    encoder.encode(message, into: &payload)
    return frame(payload)
  }

  static func hello(
    _ handshake: Handshake = Handshake(versions: 1...1, role: .framework, nodeName: "raw")
  ) -> [UInt8] {
    var payload: [UInt8] = []
    var encoder = MessageEncoder()
    encoder.encodeValue(handshake, into: &payload)
    return Array("MSTA".utf8) + frame(payload)
  }
}
