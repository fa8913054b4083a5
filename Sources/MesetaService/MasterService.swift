public import Logging
public import MesetaHost
public import MesetaMaster
import MesetaModel
import MesetaNet
import NIOCore
import NIOPosix
public import ServiceLifecycle

/// A master that listens on the native protocol, as a service.
public final class MasterService: Service {
  /// What a master has to know.
  public struct Options: Sendable {
    /// How the master behaves.
    public var configuration = MasterConfiguration()
    /// The address and port to listen on; port 0 takes a free one.
    public var host = "0.0.0.0"
    /// See ``host``.
    public var port = 5052
    /// Where what the master is told is written down, if it is.
    public var recording: Recording?

    /// The defaults.
    public init() {}
  }

  private let options: Options
  private let logger: Logger

  /// A master that listens once it is run.
  public init(_ options: Options = Options(), logger: Logger) {
    self.options = options
    self.logger = logger
  }

  /// Runs until a graceful shutdown is asked for.
  ///
  /// - Throws: what keeps the master from listening.
  public func run() async throws {
    try options.recording?.prepare()
    // One thread for the machine and all its connections: no message changes threads.
    let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let master = MasterHost(
      options.configuration, seed: .random(in: .min ... .max), executor: EventLoopExecutor(loops.next()),
      recording: options.recording, logger: logger)
    master.start()
    do {
      let server = try await NativeServer.start(
        master.handler, at: HostPort(host: options.host, port: options.port), on: loops,
        options: NativeOptions(nodeName: options.configuration.hostname), logger: logger)
      logger.info("the master listens on \(server.address)")
      try? await gracefulShutdown()
      logger.info("the master ends")
      await master.stop()
      await server.stop()
    } catch {
      await master.stop()
      try await loops.shutdownGracefully()
      throw error
    }
    try await loops.shutdownGracefully()
  }
}
