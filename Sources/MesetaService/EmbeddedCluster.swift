import Foundation
public import Logging
import MesetaAgent
import MesetaContainers
import MesetaHost
public import MesetaMaster
public import MesetaModel
import MesetaRuntime
public import ServiceLifecycle

/// A whole cluster in this process, as a service: a master and agents that run real processes. Frameworks join with
/// ``FrameworkService/init(_:framework:on:options:tearsDown:logger:)``.
public final class EmbeddedCluster: Service {
  private let network = InProcessNetwork()
  private let master: MasterHost
  private let agents: [AgentHost]
  private let directory: URL

  /// - Parameters:
  ///   - resources: what each agent has.
  ///   - directory: where the sandboxes are; nil: in a directory of their own that goes with the cluster.
  /// - Throws: what keeps the agents from their directories; a missing supervisor.
  public init(
    agents count: Int, resources: Resources, configuration: MasterConfiguration = MasterConfiguration(),
    directory: String? = nil, logger: Logger
  ) throws {
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

  /// Runs until a graceful shutdown is asked for; then the agents kill what runs and leave.
  public func run() async throws {
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
    if removesDirectory { try? FileManager.default.removeItem(at: directory) }
  }

  /// Looks at the master between two batches.
  public func withMaster<Result: Sendable>(
    _ body: @escaping @Sendable (Master) -> Result
  ) async -> Result { await master.withMaster(body) }
}
