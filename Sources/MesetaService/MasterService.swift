public import Logging
public import MesetaHTTP
public import MesetaHost
public import MesetaMaster
import MesetaModel
import MesetaNet
public import MesetaRuntime
public import MesetaStorage
import NIOCore
import NIOPosix
public import ServiceLifecycle

/// A master that listens on the native protocol and for HTTP, as a service.
public final class MasterService: Service {
  /// What a master has to know.
  public struct Options: Sendable {
    /// How the master behaves.
    public var configuration = MasterConfiguration()
    /// The address to listen on.
    public var host = "0.0.0.0"
    /// The port of the native protocol; 0 takes a free one.
    public var port = 5052
    /// The port of Mesos's HTTP interface; 0 takes a free one, and nil has none.
    public var httpPort: Int? = 5050
    /// Of the log that the logger writes, for operators to change.
    public var verbosity = LogVerbosity()
    /// Where what the master is told is written down, if it is.
    public var recording: Recording?
    /// Where the only master of a cluster keeps what it must not forget; nil: in memory, so that nothing outlives it. With
    /// ZooKeeper it is kept there.
    public var workDirectory: String?
    /// Where masters stand for election, of which one leads; nil for the only master of a cluster.
    public var zooKeeper: ZooKeeperAddress?
    /// How long ZooKeeper keeps a session that says nothing: after so long another master takes over from one that is gone.
    public var zooKeeperSessionTimeout: Span = .seconds(10)

    /// The defaults.
    public init() {}
  }

  private let options: Options
  private let logger: Logger
  private let detector: LeaderDetector?

  /// A master that listens once it is run.
  public init(_ options: Options = Options(), logger: Logger) {
    self.options = options
    self.logger = logger
    self.detector = options.zooKeeper.map {
      LeaderDetector($0, sessionTimeout: options.zooKeeperSessionTimeout, logger: logger)
    }
  }

  /// The master that leads, be it this one or another; nil without ZooKeeper, and while none does.
  public var leader: Leader? { detector?.leader }

  /// Runs until a graceful shutdown is asked for, or the task is cancelled.
  ///
  /// - Throws: what keeps the master from listening.
  public func run() async throws {
    try options.recording?.prepare()
    // One thread for the machine and all its connections: no message changes threads. HTTP has others, where what frameworks
    // of Mesos say and hear is decoded and encoded.
    let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      try await run(on: loops)
    } catch {
      try await loops.shutdownGracefully()
      throw error
    }
    try await loops.shutdownGracefully()
  }

  private func run(on loops: MultiThreadedEventLoopGroup) async throws {
    let http = try await listenForHTTP()
    let door = FrontDoor(detector)
    let server: NativeServer
    do {
      server = try await NativeServer.start(
        { door.handler }, at: HostPort(host: options.host, port: options.port), on: loops,
        options: NativeOptions(nodeName: options.configuration.hostname), logger: logger)
    } catch {
      await http?.stop()
      throw error
    }
    logger.info("the master listens on \(server.address)")
    if let http { logger.info("it answers HTTP on \(http.address)") }
    var configuration = options.configuration
    if let http { configuration.port = Int32(http.address.port) }
    door.stands(at: HostPort(host: configuration.ip, port: server.address.port))
    let node = MasterNode(
      options: options, configuration: configuration, http: http, server: server, door: door,
      loop: loops.next(), leader: { [detector] in detector?.leader },
      logger: logger)
    let result: Result<Void, any Error>
    do {
      result = .success(try await run(node))
      logger.info("the master ends")
    } catch {
      result = .failure(error)
    }
    await server.stop()
    await http?.stop()
    await detector?.close()
    try result.get()
  }

  private func run(_ node: MasterNode) async throws {
    if let address = options.zooKeeper {
      try await node.lead(at: address)
    } else {
      try await serveAlone(node)
    }
  }

  /// Runs the only master of a cluster.
  private func serveAlone(_ node: MasterNode) async throws {
    let seed = UInt64.random(in: .min ... .max)
    guard let directory = options.workDirectory else {
      logger.warning(
        "agents, quotas, weights and maintenance are forgotten when this master ends: --work_dir says where to keep them"
      )
      return try await node.serve(InMemoryRegistryStore(), seed: seed)
    }
    let registry = try SQLiteRegistryStore(directory: directory)
    do {
      try await node.serve(registry, seed: seed)
    } catch {
      await registry.close()
      throw error
    }
    await registry.close()
  }

  private func listenForHTTP() async throws -> HTTPServer? {
    guard let port = options.httpPort else { return nil }
    return try await HTTPServer.listen(
      at: HostPort(host: options.host, port: port), on: MultiThreadedEventLoopGroup.singleton, logger: logger)
  }
}
