// Groups of services of which one fails: the group cancels the others, and waits until they have ended.

import Foundation
import Logging
import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaService
import ServiceLifecycle
import Testing

/// Fails once it is told to.
private struct FailingService: Service {
  struct Failure: Error {}

  let isTime: AsyncStream<Void>

  func run() async throws {
    for await _ in isTime {}
    throw Failure()
  }
}

/// Ends when it is told to shut down.
private struct Obedient: Executor {
  mutating func handle(_ input: ExecutorInput<Never>, _ agent: inout ExecutorCalls) {
    if case .shutdown = input { agent.stop() }
  }
}

@Suite(.timeLimit(.minutes(3))) struct ServiceEndTests {
  private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  private let work =
    FileManager.default.temporaryDirectory.path + "/meseta-end-\(UInt64.random(in: .min ... .max))"

  /// Runs services until `body` has returned and one beside them fails.
  private func run(
    _ services: [any Service], until body: @escaping @Sendable () async throws -> Void
  ) async throws {
    let (isTime, time) = AsyncStream.makeStream(of: Void.self)
    let group = ServiceGroup(services: services + [FailingService(isTime: isTime)], logger: logger)
    let waiting = Task {
      try await body()
      time.finish()
    }
    await #expect(throws: FailingService.Failure.self) {
      // Services that end before it is time to are not waited for.
      defer { waiting.cancel() }
      try await group.run()
    }
  }

  @Test func aClusterAndItsFrameworkEnd() async throws {
    let cluster = try EmbeddedCluster(agents: 1, resources: "cpus:1;mem:128", logger: logger)
    let framework = FrameworkService(
      BatchScheduler(
        [BatchJob("long", .shell("sleep 1000"), resources: "cpus:1;mem:64")], isClosed: false),
      framework: FrameworkInfo(name: "batch"), on: cluster, logger: logger)
    try await run([cluster, framework]) {
      for await step in framework.reports where step.kind == .running { break }
    }
  }

  @Test func aMasterAndAnAgentEnd() async throws {
    defer { try? FileManager.default.removeItem(atPath: work) }
    // An address of its own: on 127.0.0.1 a connection of another test may have taken the port before the master does.
    let address = HostPort(host: "127.0.0.2", port: Int(try AgentProcess.freePort()))
    var master = MasterService.Options()
    (master.host, master.port, master.httpPort) = (address.host, address.port, nil)
    var agent = AgentService.Options(master: address, workDirectory: work)
    (agent.host, agent.port, agent.httpPort) = (address.host, 0, nil)
    try await run([
      MasterService(master, logger: logger), try AgentService(agent, logger: logger),
    ]) {
      while true {
        if case .agents(let agents, _)? = try? await OperatorClient.ask(.getAgents, at: address),
          !agents.isEmpty
        {
          break
        }
        try await Task.sleep(for: .milliseconds(10))
      }
    }
  }

  @Test(arguments: [true, false])
  func anExecutorEnds(isAsync: Bool) async throws {
    // Its agent is not there.
    let environment = [
      "MESOS_FRAMEWORK_ID": "f", "MESOS_EXECUTOR_ID": "e", "MESOS_AGENT_ENDPOINT": "127.0.0.1:1",
      "MESOS_CHECKPOINT": "1", "MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD": "10ms",
    ]
    let executor: any Service =
      isAsync
      ? try AsyncExecutorService(environment: environment, logger: logger)
      : ExecutorService(Obedient(), environment: environment, logger: logger)
    try await run([executor]) {}
  }
}
