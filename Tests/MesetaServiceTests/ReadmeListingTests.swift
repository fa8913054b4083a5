// The framework with async and await of the README and the listing of the guide to MesetaService, as they are printed
// there, on clusters in this process.

import Logging
import MesetaFramework
import MesetaHost
import MesetaModel
import MesetaService
import ServiceLifecycle
import Testing
import UnixSignals

/// Runs every command once, wherever there is room, and ends the framework.
func run(_ commands: [String], on cluster: AsyncCluster) async throws {
  let need: Resources = "cpus:0.5;mem:64"
  var waiting = commands.map { TaskRequest.shell($0, resources: need) }
  var running = 0
  try await cluster.want(need, count: waiting.count)
  for await event in cluster.events {
    switch event {
    case .offers(let offers):
      for offer in offers {
        let launched = try await cluster.launch(waiting, on: offer)  // as many as fit
        waiting.removeFirst(launched.count)
        running += launched.count
      }
      try await cluster.want(need, count: waiting.count)
    case .update(let update) where update.state.isTerminal:
      running -= 1
      if waiting.isEmpty, running == 0 { cluster.teardown() }  // ends the loop
    default: break
    }  // when the loop asks for the next event, an update is acknowledged
  }
}

/// A whole cluster in this process, and a framework on it.
func runEmbedded(_ jobs: [BatchJob], logger: Logger) async throws {
  let cluster = try EmbeddedCluster(agents: 3, resources: "cpus:2;mem:2048", logger: logger)
  let framework = FrameworkService(
    BatchScheduler(jobs), framework: FrameworkInfo(name: "batch"), on: cluster, logger: logger)
  let group = ServiceGroup(
    configuration: .init(
      services: [
        .init(service: cluster),
        .init(service: framework, successTerminationBehavior: .gracefullyShutdownGroup),
      ],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
  try await group.run()
}

@Suite(.timeLimit(.minutes(2))) struct ReadmeListingTests {
  @Test func everyCommandRunsAndTheServicesEnd() async throws {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let embedded = try EmbeddedCluster(agents: 2, resources: "cpus:1;mem:512", logger: logger)
    let service = AsyncFrameworkService(FrameworkInfo(name: "batch"), on: embedded, logger: logger)
    let group = ServiceGroup(
      configuration: .init(
        services: [
          .init(service: embedded),
          .init(service: service, successTerminationBehavior: .gracefullyShutdownGroup),
        ], logger: logger))
    async let ended: Void = group.run()
    try await run((0..<10).map { "exit \($0)" }, on: service.cluster)
    try await ended
  }

  @Test func theGuidesClusterEndsWithItsJobs() async throws {
    let jobs = (0..<3).map { BatchJob("job-\($0)", .shell("true"), resources: "cpus:0.5;mem:64") }
    try await runEmbedded(jobs, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }
}
