// Opens connections on behalf of a host.

public import Logging
public import MesetaHost
public import MesetaModel
public import NIOCore
import NIOPosix

/// Opens sessions over TCP to the first of some addresses that takes them. Names are looked up anew each time.
public final class NativeConnector: Connector {
  private let addresses: [HostPort]
  private let group: any EventLoopGroup
  private let options: NativeOptions
  private let logger: Logger

  /// - Parameters:
  ///   - addresses: Tried in this order.
  ///   - group: Runs the connections; the event loop of the host's ``EventLoopExecutor`` if it has one.
  public init(
    _ addresses: [HostPort], on group: any EventLoopGroup, options: NativeOptions, logger: Logger
  ) {
    self.addresses = addresses
    self.group = group
    self.options = options
    self.logger = logger
  }

  public func connect(_ request: ConnectRequest) {
    attempt(addresses[...], request, on: group.next(), failures: [])
  }

  private func attempt(
    _ addresses: ArraySlice<HostPort>, _ request: ConnectRequest, on eventLoop: any EventLoop,
    failures: [String]
  ) {
    guard let address = addresses.first else {
      let reason = failures.isEmpty ? "there is no address to connect to" : failures.joined(separator: "; ")
      return request.handler.connectFailed(reason: reason)
    }
    let opened = eventLoop.makePromise(of: Void.self)
    opened.futureResult.whenFailure { error in
      self.attempt(addresses.dropFirst(), request, on: eventLoop, failures: failures + ["\(error)"])
    }
    let (options, logger) = (options, logger)
    ClientBootstrap(group: eventLoop)
      .connectTimeout(options.connectTimeout.timeAmount)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.maxMessagesPerRead, value: 16)
      .channelOption(.writeBufferWaterMark, value: NativeOptions.waterMark)
      .connect(host: address.host, port: address.port)
      // Not in an initializer: a name with several addresses has several channels, of which one is taken. The
      // server says nothing before the client has.
      .flatMapThrowing { channel in
        guard channel.isActive else { throw ChannelError.ioOnClosedChannel }
        try options.secure?(channel)
        try channel.pipeline.syncOperations.addHandler(
          NativeConnection(.client(request, opened), options: options, logger: logger))
      }
      .whenFailure { error in opened.fail(NativeConnectError("\(address): \(Self.words(for: error))")) }
  }

  /// What went wrong, for people: NIO's errors are made for programmers.
  private static func words(for error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
      if let last = error.connectionErrors.last { return words(for: last.error) }
      return "nobody knows the name \"\(error.host)\""
    case let error as IOError: return String(cString: strerror(error.errnoCode)).lowercased()
    default: return "\(error)"
    }
  }
}
