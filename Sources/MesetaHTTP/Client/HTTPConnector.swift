// Opens sessions over HTTP on behalf of a host.

public import Logging
public import MesetaHost
public import MesetaModel
import MesetaProtocol
public import MesetaRuntime

/// What a client allows the servers that it talks to.
public struct HTTPClientOptions: Sendable {
  /// How long a server may take to answer a call. What it answers to a subscription may last for ever.
  public var callTimeout: Span = .seconds(30)
  /// How long a session that ends waits for the server to take what was said.
  public var lingerTimeout: Span = .seconds(2)
  /// The longest event that is read.
  public var maximumEventBytes = 64 << 20
  /// How many calls may wait for a server that is slow to take them; with more the session ends.
  public var maximumWaitingCalls = 100_000
  /// How many events may have been received that the host has not handled; with more nothing is read.
  public var maximumUnhandledEvents = 16_384
  /// The value of the header `Authorization`, such as `Bearer TOKEN`.
  public var authorization: String?

  /// The defaults.
  public init() {}
}

/// Opens sessions with masters and agents that speak Mesos's HTTP interface, Mesos's own among them: for schedulers and executors.
///
/// A master that does not lead sends its clients to the one that does.
public final class HTTPConnector: Connector {
  private let address: HostPort
  private let options: HTTPClientOptions
  private let logger: Logger

  /// - Parameter address: Where a master, or the agent of an executor, answers HTTP.
  public init(_ address: HostPort, options: HTTPClientOptions = HTTPClientOptions(), logger: Logger) {
    self.address = address
    self.options = options
    self.logger = logger
  }

  public func connect(_ request: ConnectRequest) {
    let isExecutor = request.role == .executor
    let session = HTTPSession(
      "http://\(address)\(isExecutor ? "/api/v1/executor" : "/api/v1/scheduler")", options: options,
      handler: request.handler, logger: logger)
    session.start(as: Peer(isExecutor ? .agent : .master, address: address.description))
  }
}
