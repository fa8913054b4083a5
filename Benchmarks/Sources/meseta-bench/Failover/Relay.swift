// Many sessions over one connection: a process may have fewer sockets than a cluster has agents. Every message goes through its
// bytes, as on a connection of its own.

import MesetaHost
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import NIOCore
import NIOPosix

/// What goes over the connection: a length, and behind it the session's number, what it is about, and for a message its bytes.
struct RelayFrame {
  enum Kind: UInt8 {
    case open
    case message
    case close
  }

  var session: UInt32
  var kind: Kind
  var payload: ByteBuffer

  /// Takes the next frame off a buffer; nil if it is not there as a whole.
  static func take(from buffer: inout ByteBuffer) -> RelayFrame? {
    guard let length: UInt32 = buffer.getInteger(at: buffer.readerIndex),
      buffer.readableBytes >= Int(length) + 4, var frame = buffer.readSlice(length: Int(length) + 4),
      frame.readInteger(as: UInt32.self) != nil, let session: UInt32 = frame.readInteger(),
      let kind = frame.readInteger(as: UInt8.self).flatMap(Kind.init)
    else { return nil }
    return RelayFrame(session: session, kind: kind, payload: frame)
  }

  static func write(_ kind: Kind, of session: UInt32, _ payload: [UInt8] = [], to channel: any Channel) {
    var buffer = channel.allocator.buffer(capacity: payload.count + 9)
    buffer.writeInteger(UInt32(payload.count + 5))
    buffer.writeInteger(session)
    buffer.writeInteger(kind.rawValue)
    buffer.writeBytes(payload)
    channel.writeAndFlush(buffer, promise: nil)
  }
}

/// One end of a session.
private struct RelayLink: Link {
  let session: UInt32
  let channel: any Channel

  func send(_ messages: [Message]) {
    var encoder = MessageEncoder()
    for message in messages {
      var bytes: [UInt8] = []
      encoder.encode(message, into: &bytes)
      RelayFrame.write(.message, of: session, bytes, to: channel)
    }
  }

  func close(reason: String) { RelayFrame.write(.close, of: session, to: channel) }
  func consumed(_ count: Int) {}
}

/// Brings the sessions of one connection to their handlers. Lives on the connection's event loop.
private final class RelayHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  /// Takes sessions that the other end opens; nil at the end that opens them.
  private let listener: (any SessionHandler)?
  private var sessions: [UInt32: (handler: any SessionHandler, session: SessionID)] = [:]
  private var unread = ByteBuffer()
  private var decoder = MessageDecoder()

  init(_ listener: (any SessionHandler)?) { self.listener = listener }

  func open(_ number: UInt32, _ request: ConnectRequest, on channel: any Channel) {
    RelayFrame.write(.open, of: number, to: channel)
    let link = RelayLink(session: number, channel: channel)
    guard let session = request.handler.opened(link, Peer(.master, address: "relay")) else { return }
    sessions[number] = (request.handler, session)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    unread.writeBuffer(&bytes)
    while let frame = RelayFrame.take(from: &unread) { handle(frame, on: context.channel) }
    unread.discardReadBytes()
  }

  private func handle(_ frame: RelayFrame, on channel: any Channel) {
    switch frame.kind {
    case .open:
      let link = RelayLink(session: frame.session, channel: channel)
      guard let listener, let session = listener.opened(link, Peer(.agent, address: "agent-\(frame.session)"))
      else { return }
      sessions[frame.session] = (listener, session)
    case .message:
      guard let (handler, session) = sessions[frame.session] else { return }
      do {
        let message = try frame.payload.withUnsafeReadableBytes { try decoder.decode($0) }
        handler.received(session, [message])
      } catch {
        complainAloud("a message on the relay: \(error)")
      }
    case .close:
      guard let (handler, session) = sessions.removeValue(forKey: frame.session) else { return }
      handler.closed(session, reason: "the other end closed")
    }
  }
}

/// Takes connections with many sessions each.
enum RelayServer {
  /// Listens until the process ends; returns the port.
  static func start(_ handler: any SessionHandler, on group: any EventLoopGroup) async throws -> Int {
    let channel = try await ServerBootstrap(group: group)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(RelayHandler(handler))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return channel.localAddress?.port ?? 0
  }
}

/// Opens sessions, all over one connection.
final class RelayConnector: Connector {
  private let channel: any Channel
  private let handler: NIOLoopBound<RelayHandler>
  private let numbers = Counter()

  /// Connects to a ``RelayServer``.
  init(port: Int, on loop: any EventLoop) async throws {
    let made = ClientBootstrap(group: loop).connect(host: "127.0.0.1", port: port).flatMapThrowing {
      channel in
      let handler = RelayHandler(nil)
      try channel.pipeline.syncOperations.addHandler(handler)
      return (channel, NIOLoopBound(handler, eventLoop: loop))
    }
    (channel, handler) = try await made.get()
  }

  /// On the connection's event loop.
  func connect(_ request: ConnectRequest) {
    numbers.increment()
    handler.value.open(UInt32(numbers.value), request, on: channel)
  }
}
