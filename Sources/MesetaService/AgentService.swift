public import Logging
public import MesetaAgent
import MesetaContainers
public import MesetaHTTP
public import MesetaHost
public import MesetaModel
import MesetaNet
public import MesetaRuntime
import MesetaStorage
import NIOCore
import NIOPosix
public import ServiceLifecycle
import Synchronization

/// An agent that runs containers on this machine, as a service.
public final class AgentService: Service {
  /// What an agent has to know.
  public struct Options: Sendable {
    /// Where its master is.
    public var master: MasterAddress
    /// How long ZooKeeper keeps a session that says nothing.
    public var zooKeeperSessionTimeout: Span = .seconds(10)
    /// An absolute path.
    public var workDirectory: String
    /// Where running containers are recorded; best in memory. Nil: chosen by the work directory.
    public var runtimeDirectory: String?
    /// The address to listen on.
    public var host = "0.0.0.0"
    /// The port of the native protocol; 0 takes a free one.
    public var port = 5053
    /// The port of Mesos's HTTP interface; 0 takes a free one, and nil has none: then only executors of Meseta can run.
    public var httpPort: Int? = 5051
    /// How much is logged, for operators to change by HTTP; it has to be the logger's.
    public var verbosity = LogVerbosity()
    /// Where what the agent is told is written down, if it is.
    public var recording: Recording?
    /// The name by which others reach this machine.
    public var hostname = MachineResources.hostname
    /// What to offer; kinds that are not named are found out.
    public var resources = Resources()
    /// What schedulers may choose the machine by; what it says of itself is added.
    public var attributes: [Attribute] = []
    /// Where the machine stands.
    public var domain: FaultDomain?
    /// Whether a record of an earlier life that cannot be read keeps the agent from starting, rather than being passed over.
    public var isStrict = true
    /// How the agent may be set up otherwise than before.
    public var reconfigurationPolicy = ReconfigurationPolicy.equal
    /// Changes anything else of the configuration.
    public var adjust: @Sendable (inout AgentConfiguration) -> Void = { _ in }

    /// The defaults, with what has none.
    public init(master: MasterAddress, workDirectory: String) {
      self.master = master
      self.workDirectory = workDirectory
    }

    /// The defaults, with the address of a master that is the only one.
    public init(master: HostPort, workDirectory: String) {
      self.init(master: .native(master), workDirectory: workDirectory)
    }
  }

  private let options: Options
  private let logger: Logger
  /// The work directory is this agent's until it has ended.
  private let lock: Mutex<FileLock?>
  private let storage: FileAgentStorage
  private let supervisor: String

  /// - Throws: what keeps the agent from its work directory, ``WorkDirectoryInUse``, `UnreadableCheckpoint` and a missing
  ///   supervisor among it.
  public init(_ options: Options, logger: Logger) throws {
    self.options = options
    self.logger = logger
    self.lock = Mutex(try FileLock.ofAgent(workDirectory: options.workDirectory))
    self.storage = try FileAgentStorage(workDirectory: options.workDirectory)
    self.supervisor = try SupervisorLocation.find()
    try options.recording?.prepare()
  }

  /// Runs until the agent ends by itself, because the master tells it to, a graceful shutdown is asked for, or the task is
  /// cancelled: then tasks are killed and the agent leaves the cluster.
  ///
  /// - Throws: what keeps the agent from listening, or from going on with what an earlier life has left:
  ///   `UnreadableCheckpoint`, ``IncompatibleConfiguration``.
  public func run() async throws {
    defer { lock.withLock { $0 = nil } }
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
    do {
      try await run(on: loops, http)
    } catch {
      await http?.stop()
      throw error
    }
  }

  private func run(on loops: MultiThreadedEventLoopGroup, _ http: HTTPServer?) async throws {
    let network = NativeOptions(nodeName: options.hostname)
    let early = EarlyHandler()
    let server = try await NativeServer.start(
      early, at: HostPort(host: options.host, port: options.port), on: loops, options: network,
      logger: logger)
    let connector = try connector(on: loops, network)
    let directory = options.runtimeDirectory ?? RuntimeDirectory.path(forWorkDirectory: options.workDirectory)
    let configuration = configuration(port: server.address.port, httpPort: http?.address.port)
    let start = HostClock.now().monotonic
    let recovery = try AgentRecovery(
      storage, isStrict: options.isStrict, policy: options.reconfigurationPolicy, configuration.info,
      anyPort: options.httpPort == 0, logger)
    let fetchTime = HostClock.now().monotonic - start
    let agent = try AgentHost(
      configuration, seed: .random(in: .min ... .max), checkpoint: recovery.checkpoint,
      memory: recovery.memory, afterReboot: recovery.afterReboot,
      connector: connector, storage: storage, executor: EventLoopExecutor(loops.next()),
      fetchTime: fetchTime, recoveryErrors: recovery.errors, recording: options.recording, logger: logger
    ) { observer in
      try ProcessContainerizer(runtimeDirectory: directory, supervisor: supervisor, observer: observer)
    }
    early.become(agent.handler)
    agent.start()
    logger.info("the agent listens on \(server.address), with its sandboxes in \(options.workDirectory)")
    if let http {
      let flags = options.flags(configuration, port: server.address.port, runtimeDirectory: directory)
      http.serve(AgentHTTP(agent, flags: flags, verbosity: options.verbosity, logger: logger).routes)
      logger.info("it answers HTTP on \(http.address)")
    }
    await withTaskCancellationOrGracefulShutdownHandler {
      await agent.untilExit()
    } onCancelOrGracefulShutdown: { [logger] in
      logger.info("the agent kills its tasks and leaves the cluster")
      agent.drain()
    }
    await agent.stop()
    RuntimeDirectory.leave(directory)
    await server.stop()
    await http?.stop()
  }

  private func connector(
    on loops: MultiThreadedEventLoopGroup, _ network: NativeOptions
  ) throws -> any Connector {
    switch options.master {
    case .native(let address): return NativeConnector([address], on: loops, options: network, logger: logger)
    case .http(let address): throw AgentsSpeakNative(address: address)
    case .zooKeeper(let address):
      let detector = LeaderDetector(
        address, sessionTimeout: options.zooKeeperSessionTimeout, logger: logger)
      return LeaderConnector(native: detector, on: loops, options: network, logger: logger)
    }
  }

  private func listenForHTTP() async throws -> HTTPServer? {
    guard let port = options.httpPort else { return nil }
    return try await HTTPServer.listen(
      at: HostPort(host: options.host, port: port), on: MultiThreadedEventLoopGroup.singleton, logger: logger)
  }

  private func configuration(port: Int, httpPort: Int?) -> AgentConfiguration {
    var info = AgentInfo(
      hostname: options.hostname,
      resources: MachineResources.complete(options.resources, workDirectory: options.workDirectory),
      attributes: MachineAttributes.complete(options.attributes), domain: options.domain)
    if let httpPort { info.port = Int32(httpPort) }
    // A name that others can use if the agent listens everywhere, else the one address it listens on.
    let host = options.host == "0.0.0.0" || options.host == "::" ? options.hostname : options.host
    var configuration = AgentConfiguration(
      info: info, workDirectory: options.workDirectory,
      nativeAddress: HostPort(host: host, port: port).description)
    configuration.checkpointsTasks = true
    configuration.diskWatchInterval = .minutes(1)
    configuration.endpoint = HostPort(host: host, port: Int(info.port)).description
    options.adjust(&configuration)
    return configuration
  }
}

/// A master was named by its HTTP interface, which is not for agents.
public struct AgentsSpeakNative: Error, CustomStringConvertible {
  let address: HostPort

  /// What is wrong, and what to do.
  public var description: String {
    "agents speak the native protocol with their master, not HTTP: name it as HOST:PORT, where its --native_port is, "
      + "in place of http://\(address)"
  }
}
