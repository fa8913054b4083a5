// Listens for peers on behalf of a host.

public import Logging
public import MesetaHost
public import MesetaModel
import MesetaRuntime
import MesetaWire
public import NIOCore
import NIOPosix
import Synchronization

/// Accepts connections of the native protocol and makes them sessions of a host.
public final class NativeServer: Sendable {
  private let listener: any Channel
  private let connections: ConnectionTable

  /// Where it listens; with the port that the system chose if 0 was asked for.
  public let address: HostPort

  private init(_ listener: any Channel, _ connections: ConnectionTable, _ address: HostPort) {
    self.listener = listener
    self.connections = connections
    self.address = address
  }

  /// Begins to listen.
  ///
  /// - Parameters:
  ///   - handler: The host that gets the sessions.
  ///   - address: Port 0 has the system choose one.
  ///   - group: Runs the connections. With the event loop of the host's ``EventLoopExecutor`` no message changes
  ///     threads.
  /// - Throws: why the address cannot be listened to.
  public static func start(
    _ handler: any SessionHandler, at address: HostPort, on group: any EventLoopGroup,
    options: NativeOptions, logger: Logger
  ) async throws -> NativeServer {
    try await start({ handler }, at: address, on: group, options: options, logger: logger)
  }

  /// Begins to listen on behalf of hosts that come and go: each connection is for the one that is there when it begins.
  public static func start(
    _ handler: @escaping @Sendable () -> any SessionHandler, at address: HostPort,
    on group: any EventLoopGroup,
    options: NativeOptions, logger: Logger
  ) async throws -> NativeServer {
    let connections = ConnectionTable(limit: options.maximumConnections)
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.maxMessagesPerRead, value: 16)
      .childChannelOption(.writeBufferWaterMark, value: NativeOptions.waterMark)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try options.secure?(channel)
          try channel.pipeline.syncOperations.addHandler(
            connections.admit(channel)
              ? NativeConnection(.server(handler()), options: options, logger: logger)
              : RefusingHandler(limit: options.maximumConnections, options: options))
        }
      }
    let channel: any Channel
    do {
      channel = try await bootstrap.bind(host: address.host, port: address.port).get()
    } catch {
      throw NativeListenError("\(address) cannot be listened to: \(error)")
    }
    let bound = channel.localAddress.map(HostPort.init) ?? address
    return NativeServer(channel, connections, bound)
  }

  /// Stops listening and ends what connections are left. Stop the host first: it ends its sessions, and what it
  /// said last still arrives.
  public func stop() async {
    try? await listener.close().get()
    await connections.closeAll()
  }

  /// How many connections there are, those before the handshake and those that are ending included.
  public var connectionCount: Int { connections.count }
}

/// Why a server cannot start.
struct NativeListenError: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// The open connections of a server.
private final class ConnectionTable: Sendable {
  private let limit: Int
  /// Look-up only.
  private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

  init(limit: Int) { self.limit = limit }

  var count: Int { channels.withLock { $0.count } }

  /// Takes a connection in; false if there are too many.
  func admit(_ channel: any Channel) -> Bool {
    let id = ObjectIdentifier(channel)
    let isAdmitted = channels.withLock { channels in
      channels[id] = channel
      return channels.count <= limit
    }
    channel.closeFuture.whenComplete { _ in self.channels.withLock { _ = $0.removeValue(forKey: id) } }
    return isAdmitted
  }

  func closeAll() async {
    for channel in channels.withLock({ Array($0.values) }) {
      // Those that are saying their last word get to the end of it.
      try? await channel.closeFuture.get(orCloseWithin: .milliseconds(500), channel)
    }
  }
}

extension EventLoopFuture<Void> {
  fileprivate func get(orCloseWithin time: TimeAmount, _ channel: any Channel) async throws {
    let timer = channel.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    defer { timer.cancel() }
    try await get()
  }
}

/// Says that there are too many connections, once the client has spoken: what came before that would find nobody there who
/// reads it.
private final class RefusingHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let limit: Int
  private let options: NativeOptions
  private var hasSpoken = false

  init(limit: Int, options: NativeOptions) {
    self.limit = limit
    self.options = options
  }

  func channelActive(context: ChannelHandlerContext) { close(context.channel, in: options.handshakeTimeout) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if hasSpoken { return }
    hasSpoken = true
    var buffer = context.channel.allocator.buffer(capacity: 128)
    LoopCodec.current(options.limits).encode(
      HandshakeReply.refused("\(options.nodeName) has \(limit) connections, as many as it keeps"),
      into: &buffer)
    let channel = context.channel
    let written = context.eventLoop.makePromise(of: Void.self)
    context.writeAndFlush(wrapOutboundOut(buffer), promise: written)
    written.futureResult.whenComplete { _ in channel.close(mode: .output, promise: nil) }
    close(channel, in: options.lingerTimeout)
  }

  private func close(_ channel: any Channel, in time: Span) {
    channel.eventLoop.scheduleTask(in: time.timeAmount) { channel.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
