// Listens for HTTP clients.

import HTTPTypes
import HummingbirdCore
public import Logging
import MesetaHost
public import MesetaModel
import MesetaRuntime
public import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// An HTTP server: it listens first, so that its port is known, and serves when it is told what.
public final class HTTPServer: Sendable {
  /// Where it listens; with the port that the system chose if 0 was asked for.
  public let address: HostPort

  private let options: HTTPOptions
  private let start: HTTPServerStart
  private let group: ServiceGroup
  private let running: Task<Void, any Error>

  private init(
    _ address: HostPort, _ options: HTTPOptions, _ start: HTTPServerStart, _ group: ServiceGroup,
    _ running: Task<Void, any Error>
  ) {
    self.address = address
    self.options = options
    self.start = start
    self.group = group
    self.running = running
  }

  /// Begins to listen. Who connects waits for ``serve(_:)``.
  ///
  /// - Parameter address: Port 0 has the system choose one.
  /// - Throws: why the address cannot be listened to.
  public static func listen(
    at address: HostPort, on loops: any EventLoopGroup, options: HTTPOptions = HTTPOptions(), logger: Logger
  ) async throws -> HTTPServer {
    let start = HTTPServerStart()
    var logger = logger
    // Hummingbird tells of its own port what the service tells better.
    logger.logLevel = max(logger.logLevel, .warning)
    let connection = HTTPConnection(
      responder: { request, writer, channel in
        try await start.routes.answer(request, writer, channel, options)
      }, options: options)
    let server = connection.server(
      configuration: ServerConfiguration(
        address: .hostname(address.host, port: address.port), backlog: 1024,
        availableConnectionsDelegate: MaximumAvailableConnections(
          options.maximumConnections, logger: logger)),
      onServerRunning: { channel in
        start.listens(at: channel.localAddress)
        await start.served.wait()
      }, eventLoopGroup: loops, logger: logger)
    let group = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: logger))
    // Not a child of this task: it would hear of the end of the whole service before the sessions have ended.
    let running = Task.detached {
      defer { start.ended() }
      try await group.run()
    }
    guard let bound = await start.bound() else {
      do { try await running.value } catch {
        throw HTTPListenError("\(address) cannot be listened to: \(error)")
      }
      throw HTTPListenError("\(address) cannot be listened to")
    }
    let port = bound.port ?? address.port
    return HTTPServer(
      HostPort(host: bound.ipAddress ?? address.host, port: port), options, start, group, running)
  }

  /// Begins to answer requests.
  public func serve(_ routes: HTTPRoutes) {
    start.set(routes)
    start.served.signal()
  }

  /// Stops listening and waits a little for what is being answered. Stop the host first: it ends the streams of events.
  public func stop() async {
    start.served.signal()
    await group.triggerGracefulShutdown()
    let lingering = Task {
      try await Task.sleep(nanoseconds: UInt64(options.lingerTimeout.nanoseconds))
      running.cancel()
    }
    _ = await running.result
    lingering.cancel()
  }
}

/// Why a server cannot start.
struct HTTPListenError: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// How far a server has got that is starting.
private final class HTTPServerStart: Sendable {
  private struct State: Sendable {
    var address: SocketAddress?
    var routes = HTTPRoutes([:])
  }

  private let state = Mutex(State())
  /// It listens, or cannot.
  private let listened = OneTimeEvent()
  /// It is told what to serve, or to end.
  let served = OneTimeEvent()

  var routes: HTTPRoutes { state.withLock { $0.routes } }

  func set(_ routes: HTTPRoutes) { state.withLock { $0.routes = routes } }

  func listens(at address: SocketAddress?) {
    state.withLock { $0.address = address }
    listened.signal()
  }

  func ended() { listened.signal() }

  /// Where it listens; nil if it cannot.
  func bound() async -> SocketAddress? {
    await listened.wait()
    return state.withLock { $0.address }
  }
}
