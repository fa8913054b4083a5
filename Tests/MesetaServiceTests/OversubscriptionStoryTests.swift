// Oversubscription on a real cluster: TCP, processes, the load of this machine.

import MesetaAgent
import MesetaFramework
import MesetaHost
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

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
  /// A task runs on processors that the agent gives away besides its own, until the load of the machine is too high.
  @Test func aTaskOnRevocableResourcesIsPreempted() async throws {
    let cluster = try await StoryCluster("revocable")
    let agent = try cluster.startAgent("cpus:0.5;mem:64") { configuration in
      configuration.resourceEstimator = FixedResourceEstimator("cpus:2")
      configuration.oversubscribedResourcesInterval = .milliseconds(50)
      // No load is below that.
      configuration.qosController = LoadQoSController(fiveMinutes: Scalar(milli: -1))
      configuration.qosCorrectionInterval = .milliseconds(300)
    }
    let framework = cluster.startFramework(Borrower(), role: "batch", capabilities: [.revocableResources])
    var last: TaskStatus?
    for await status in framework.reports { last = status }
    #expect(last?.state == .gone)
    #expect(last?.reason == .containerPreempted)
    #expect(last?.message == "Container preempted by QoS correction")
    #expect(await framework.untilEnd() == .tornDown)
    #expect(await agent.withAgent { $0.metrics.executorsPreempted } == 1)
    await agent.stop()
    try await cluster.stop()
  }
}
