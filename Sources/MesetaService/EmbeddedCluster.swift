import Foundation
public import Logging
import MesetaAgent
import MesetaContainers
import MesetaHTTP
import MesetaHost
public import MesetaMaster
public import MesetaModel
import MesetaRuntime
import NIOPosix
public import ServiceLifecycle
import Synchronization

/// A whole cluster in this process, as a service: a master and agents that run real processes. Frameworks join with
/// ``FrameworkService/init(_:framework:on:options:tearsDown:logger:)``.
public final class EmbeddedCluster: Service {
  private let network = InProcessNetwork()
  private let master: MasterHost
  private let agents: [AgentHost]
  private let directory: URL
  private let http: HostPort?
  private let boundHTTP = Mutex<HostPort?>(nil)
  /// It answers HTTP, or will not.
  private let httpIsDecided = OneTimeEvent()
  private let logger: Logger

  /// - Parameters:
  ///   - resources: what each agent has.
  ///   - directory: where the sandboxes are; nil: in a directory of their own that goes with the cluster.
  ///   - http: where the master answers Mesos's HTTP interface, with port 0 for a free one; nil: nowhere.
  /// - Throws: what keeps the agents from their directories; a missing supervisor.
  public init(
    agents count: Int, resources: Resources, configuration: MasterConfiguration = MasterConfiguration(),
    directory: String? = nil, http: HostPort? = nil, logger: Logger
  ) throws {
    self.http = http
    self.logger = logger
    let base = FileManager.default.temporaryDirectory
      .appending(path: "meseta-cluster-\(getpid())-\(UInt32.random(in: 0 ... .max))")
    self.directory = directory.map { URL(fileURLWithPath: $0) } ?? base
    self.removesDirectory = directory == nil
    self.master = MasterHost(configuration, seed: .random(in: .min ... .max), logger: logger)
    let supervisor = try SupervisorLocation.find()
    let connector = network.connector(to: "master")
    var agents: [AgentHost] = []
    var runtimeDirectories: [String] = []
    for number in 0..<count {
      let work = self.directory.appending(path: "agent\(number)").path
      let runtime = RuntimeDirectory.path(forWorkDirectory: work)
      runtimeDirectories.append(runtime)
      let info = AgentInfo(hostname: "embedded\(number)", resources: resources)
      agents.append(
        try AgentHost(
          AgentConfiguration(info: info, workDirectory: work), seed: .random(in: .min ... .max),
          checkpoint: nil,
          connector: connector, storage: try FileAgentStorage(workDirectory: work), logger: logger
        ) { observer in
          try ProcessContainerizer(
            runtimeDirectory: runtime, supervisor: supervisor, observer: observer)
        })
    }
    self.agents = agents
    self.runtimeDirectories = runtimeDirectories
    network.listen("master", master.handler)
  }

  private let removesDirectory: Bool
  private let runtimeDirectories: [String]

  /// The way to the master.
  var connector: any Connector { network.connector(to: "master") }

  /// Where the master answers HTTP, once it does; nil if it does not.
  public func httpAddress() async -> HostPort? {
    await httpIsDecided.wait()
    return boundHTTP.withLock { $0 }
  }

  /// Runs until a graceful shutdown is asked for, or the task is cancelled; then the agents kill what runs and leave.
  ///
  /// - Throws: what keeps the master from answering HTTP.
  public func run() async throws {
    defer { httpIsDecided.signal() }
    let server = try await listenForHTTP()
    master.start()
    for agent in agents { agent.start() }
    try? await gracefulShutdown()
    for agent in agents { agent.drain() }
    for agent in agents {
      await agent.untilExit()
      await agent.stop()
    }
    for directory in runtimeDirectories { RuntimeDirectory.leave(directory) }
    await master.stop()
    await server?.stop()
    if removesDirectory { try? FileManager.default.removeItem(at: directory) }
  }

  private func listenForHTTP() async throws -> HTTPServer? {
    guard let http else { return nil }
    let server = try await HTTPServer.listen(
      at: http, on: MultiThreadedEventLoopGroup.singleton, logger: logger)
    server.serve(MasterHTTP(master, at: server.address, logger: logger).routes)
    boundHTTP.withLock { $0 = server.address }
    httpIsDecided.signal()
    return server
  }

  /// Looks at the master between two batches.
  public func withMaster<Result: Sendable>(
    _ body: @escaping @Sendable (Master) -> Result
  ) async -> Result { await master.withMaster(body) }
}
