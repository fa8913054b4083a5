// Oversubscription on a real cluster: TCP, processes, the load of this machine.

import Foundation
import Logging
import MesetaAgent
import MesetaContainers
import MesetaFramework
import MesetaHost
import MesetaMaster
import MesetaModel
import MesetaNet
import MesetaProtocol
import MesetaRuntime
import NIOCore
import NIOPosix
import Testing

@testable import MesetaService

/// Runs a command on resources that may be taken back, until they are.
private struct Borrower: Scheduler {
  typealias Command = Never
  var reports: [TaskStatus] = []
  private var task: TaskID?

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .offers(let offers):
      for offer in offers where task == nil && !offer.resources.revocable.isEmpty {
        var use = cluster.accept(offer)
        task = use.run(shell: "echo $$ > pid; exec sleep 600", resources: "cpus{REV}:1;mem:32")
      }
    case .update(let update):
      reports.append(update.status)
      if update.state.isTerminal { cluster.teardown() }
    default: break
    }
  }
}

@Suite(.timeLimit(.minutes(2))) struct OversubscriptionStoryTests {
  private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  private let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)
  private let work =
    FileManager.default.temporaryDirectory.path + "/meseta-revocable-\(UInt64.random(in: .min ... .max))"

  private func startAgent(_ master: HostPort) throws -> AgentHost {
    var configuration = AgentConfiguration(
      info: AgentInfo(hostname: "here", resources: "cpus:0.5;mem:64"), workDirectory: work)
    configuration.registrationBackoffFactor = .milliseconds(1)
    configuration.switchUser = false
    configuration.resourceEstimator = FixedResourceEstimator("cpus:2")
    configuration.oversubscribedResourcesInterval = .milliseconds(50)
    // No load is below that.
    configuration.qosController = LoadQoSController(fiveMinutes: Scalar(milli: -1))
    configuration.qosCorrectionInterval = .milliseconds(300)
    let agent = try AgentHost(
      configuration, seed: 3, checkpoint: nil,
      connector: NativeConnector(
        [master], on: loops, options: NativeOptions(nodeName: "agent"), logger: logger),
      storage: try FileAgentStorage(workDirectory: work), logger: logger
    ) { observer in
      try ProcessContainerizer(
        runtimeDirectory: work + "/run", supervisor: try SupervisorLocation.find(), observer: observer)
    }
    agent.start()
    return agent
  }

  /// A task runs on processors that the agent gives away besides its own, until the load of the machine is too high.
  @Test func aTaskOnRevocableResourcesIsPreempted() async throws {
    defer { try? FileManager.default.removeItem(atPath: work) }
    var configuration = MasterConfiguration()
    configuration.allocationInterval = .milliseconds(10)
    let master = MasterHost(configuration, seed: 1, logger: logger)
    let server = try await NativeServer.start(
      master.handler, at: HostPort(host: "127.0.0.1", port: 0), on: loops,
      options: NativeOptions(nodeName: "master"), logger: logger)
    master.start()
    let agent = try startAgent(server.address)
    let framework = FrameworkHost(
      Borrower(),
      framework: FrameworkInfo(
        user: NSUserName(), name: "borrower", roles: ["batch"],
        capabilities: [.multiRole, .partitionAware, .revocableResources]),
      seed: 2,
      connector: NativeConnector(
        [server.address], on: loops, options: NativeOptions(nodeName: "borrower"), logger: logger),
      logger: logger)
    framework.start()
    var last: TaskStatus?
    for await status in framework.reports { last = status }
    #expect(last?.state == .gone)
    #expect(last?.reason == .containerPreempted)
    #expect(last?.message == "Container preempted by QoS correction")
    #expect(await framework.untilEnd() == .tornDown)
    #expect(await agent.withAgent { $0.metrics.executorsPreempted } == 1)
    await agent.stop()
    await master.stop()
    await server.stop()
    try await loops.shutdownGracefully()
  }
}
