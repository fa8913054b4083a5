// What stories of real clusters have in common: a master and an agent over TCP, in whose containers processes run.

import Foundation
import Logging
import MesetaAgent
import MesetaContainers
import MesetaFramework
import MesetaHost
import MesetaMaster
import MesetaModel
import MesetaNet
import MesetaRuntime
import MesetaStorage
import NIOCore
import NIOPosix

@testable import MesetaService

/// A master that runs. Agents and frameworks are started one by one.
struct StoryCluster {
  private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  private let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)
  private let master: MasterHost
  private let server: NativeServer
  /// The agent's working directory, which is removed in the end.
  let work: String

  init(_ name: String) async throws {
    work = FileManager.default.temporaryDirectory.path + "/meseta-\(name)-\(UInt64.random(in: .min ... .max))"
    var configuration = MasterConfiguration()
    configuration.allocationInterval = .milliseconds(10)
    master = MasterHost(configuration, seed: 1, logger: logger)
    server = try await NativeServer.start(
      master.handler, at: HostPort(host: "127.0.0.1", port: 0), on: loops,
      options: NativeOptions(nodeName: "master"), logger: logger)
    master.start()
  }

  /// Where agents find the master.
  var address: HostPort { server.address }

  private func connector(_ name: String) -> NativeConnector {
    NativeConnector([server.address], on: loops, options: NativeOptions(nodeName: name), logger: logger)
  }

  /// Starts the agent, from what it has written down in an earlier life.
  func startAgent(_ resources: Resources, configure: (inout AgentConfiguration) -> Void = { _ in }) throws
    -> AgentHost
  {
    let storage = try FileAgentStorage(workDirectory: work)
    var configuration = AgentConfiguration(
      info: AgentInfo(hostname: "here", resources: resources), workDirectory: work)
    configuration.registrationBackoffFactor = .milliseconds(1)
    configuration.switchUser = false
    configure(&configuration)
    let agent = try AgentHost(
      configuration, seed: .random(in: .min ... .max), checkpoint: try storage.read().checkpoint,
      connector: connector("agent"), storage: storage, logger: logger
    ) { observer in
      try ProcessContainerizer(
        runtimeDirectory: work + "/run", supervisor: try SupervisorLocation.find(), observer: observer)
    }
    agent.start()
    return agent
  }

  func startFramework<S: Scheduler>(
    _ scheduler: S, role: String, capabilities: [FrameworkInfo.Capability] = [],
    checkpoint: Bool = false
  ) -> FrameworkHost<S> {
    let framework = FrameworkHost(
      scheduler,
      framework: FrameworkInfo(
        user: NSUserName(), name: "story", checkpoint: checkpoint, roles: [role],
        capabilities: [.multiRole, .partitionAware] + capabilities),
      seed: 2, connector: connector("framework"), logger: logger)
    framework.start()
    return framework
  }

  func stop() async throws {
    await master.stop()
    await server.stop()
    try await loops.shutdownGracefully()
    try? FileManager.default.removeItem(atPath: work)
  }
}
