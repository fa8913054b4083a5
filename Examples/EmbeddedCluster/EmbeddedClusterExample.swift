// A Swift service that holds a whole cluster: `swift run EmbeddedCluster`.
//
// Master, agents and framework run in this process; the commands are real processes, each in its own container.

import Logging
import MesetaFramework
import MesetaModel
import MesetaService
import ServiceLifecycle
import UnixSignals

@main
struct EmbeddedClusterExample {
  static func main() async throws {
    var logger = Logger(label: "example.embedded")
    logger.logLevel = .warning
    let cluster = try EmbeddedCluster(agents: 3, resources: "cpus:2;mem:2048", logger: logger)
    let jobs = (1...20).map {
      BatchJob("job-\($0)", .shell("echo $(( \($0) * \($0) ))"), resources: "cpus:0.5;mem:64", maxRetries: 1)
    }
    let framework = FrameworkService(
      BatchScheduler(jobs), framework: FrameworkInfo(name: "embedded"), on: cluster, logger: logger)

    let services = ServiceGroup(
      configuration: .init(
        services: [
          .init(service: cluster),
          .init(service: framework, successTerminationBehavior: .gracefullyShutdownGroup),
        ],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    async let ended: Void = services.run()
    for await transition in framework.reports where transition.kind == .finished {
      print("\(jobs[transition.job].name) finished on \(transition.agentID?.value.suffix(2) ?? "?")")
    }
    try await ended
  }
}
