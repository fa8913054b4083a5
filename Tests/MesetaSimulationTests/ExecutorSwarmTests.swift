// Clusters in which much goes wrong, with custom executors and several frameworks: the work gets done, and when
// everybody has gone nothing is left of them.

import MesetaFramework
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaSimulation
import Testing

@Suite struct ExecutorSwarmTests {
  @Test(arguments: Seeds(30))
  func everyTaskOfExecutorsFinishesAndNothingIsLeft(seed: Seed) throws {
    var world = Simulation(seed, faults: .swarm)
    world.checkInterval = 7
    world.add(agents: 4, try Resources(parsing: "cpus:4;mem:4096"))
    let commands = world.add(RetryingBatch())
    let executors = world.add(
      ExecutorBatch(), framework: FrameworkInfo(name: "executors", failoverTimeout: 3600, role: "b"))
    world.send(.submit(40), to: commands)
    world.send(.submit(60), to: executors)
    do {
      try world.run(
        until: { $0.finishedTasks(of: executors) >= 60 && $0.finishedTasks(of: commands) >= 40 },
        within: .minutes(60))
      // Once nothing breaks any more and everything is acknowledged, only what runs holds resources.
      try world.run(for: .minutes(30))
      let held = world.master?.describeFrameworks().filter { $0.info.name == "framework" }.map(\.allocated)
      #expect(held == [Resources()], "seed \(seed)")
      world.stop(.node(commands.node), teardown: true)
      world.stop(.node(executors.node), teardown: true)
      // The faults come to an end, what could not be torn down runs into its failover time-out.
      try world.run(for: .minutes(100))
    } catch {
      Issue.record("\(error)\n\(world.trace.lines.suffix(25).joined(separator: "\n"))")
      return
    }
    let master = try #require(world.master)
    let agents = master.describeAgents().map {
      "\($0.isActive) allocated \($0.allocated) offered \($0.offered)"
    }
    #expect(agents == Array(repeating: "true allocated  offered ", count: 4), "seed \(seed)")
    let frameworks = master.describeFrameworks().filter { !$0.isCompleted }
    #expect(frameworks.isEmpty, "seed \(seed)")
    let tasks = master.describeTasks().filter { !$0.isCompleted }
    #expect(tasks.isEmpty, "seed \(seed)")
  }
}

/// Runs so many tasks under one executor an agent, until each has finished once.
struct ExecutorBatch: Scheduler {
  enum Command: Hashable, Sendable { case submit(Int) }

  private var waiting = 0
  private let need = Resources(["cpus": Scalar(milli: 500), "mem": Scalar(256)])
  private let executor = ExecutorInfo(
    id: "worker", command: .shell("executor"),
    resources: Resources(["cpus": Scalar(milli: 250), "mem": Scalar(64)]))

  mutating func handle(_ input: SchedulerInput<Command>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .command(.submit(let count)): waiting += count
    case .offers(let offers):
      for offer in offers {
        var launch = cluster.accept(offer)
        while waiting > 0, launch.fits(need + executor.resources),
          launch.run(under: executor, resources: need, data: Array("run".utf8)) != nil
        {
          waiting -= 1
        }
      }
    case .update(let update) where update.state.isTerminal && update.state != .finished && update.task != nil:
      waiting += 1
    default: break
    }
    cluster.want(need + executor.resources, count: waiting)
  }
}
