public import Logging
public import MesetaHTTP
public import MesetaHost
public import MesetaMaster
import MesetaModel
import MesetaNet
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
    var configuration = options.configuration
    if let http { configuration.port = Int32(http.address.port) }
    let master = MasterHost(
      configuration, seed: .random(in: .min ... .max), executor: EventLoopExecutor(loops.next()),
      recording: options.recording, logger: logger)
    master.start()
    do {
      let server = try await NativeServer.start(
        master.handler, at: HostPort(host: options.host, port: options.port), on: loops,
        options: NativeOptions(nodeName: configuration.hostname), logger: logger)
      logger.info("the master listens on \(server.address)")
      if let http {
        let address = HostPort(host: configuration.hostname, port: http.address.port)
        var options = options
        options.configuration = configuration
        options.port = server.address.port
        http.serve(
          MasterHTTP(master, at: address, flags: options.flags, verbosity: options.verbosity, logger: logger)
            .routes)
        logger.info("it answers HTTP on \(http.address)")
      }
      try? await gracefulShutdown()
      logger.info("the master ends")
      await master.stop()
      await server.stop()
      await http?.stop()
    } catch {
      await master.stop()
      await http?.stop()
      throw error
    }
  }

  private func listenForHTTP() async throws -> HTTPServer? {
    guard let port = options.httpPort else { return nil }
    return try await HTTPServer.listen(
      at: HostPort(host: options.host, port: port), on: MultiThreadedEventLoopGroup.singleton, logger: logger)
  }
}
