// A run that uses everything there is, to compare two processes by.

package import MesetaFramework
import MesetaModel
import MesetaRuntime

/// A small cluster with a busy framework, under a swarm of faults.
package enum ReferenceRun {
  /// Plays the cluster for half an hour of its time.
  package static func trace(_ seed: Seed, keepsLines: Bool = false) -> Trace {
    var world = Simulation(seed, faults: .swarm)
    if keepsLines { world.trace.keeps = nil }
    world.add(agents: 5, Resources(["cpus": Scalar(4), "mem": Scalar(4096)]))
    let batch = world.add(RetryingBatch())
    let other = world.add(
      RetryingBatch(), framework: FrameworkInfo(name: "other", failoverTimeout: 600, role: "b"))
    world.send(.submit(100), to: batch)
    world.send(.submit(50), to: other)
    try? world.run(for: .minutes(30))
    return world.trace
  }
}

/// Runs so many commands until each has finished once, wherever there is room.
package struct RetryingBatch: Scheduler {
  package enum Command: Hashable, Sendable {
    /// That many commands more.
    case submit(Int)
  }

  package private(set) var waiting = 0
  package private(set) var finished = 0
  private let need = Resources(["cpus": Scalar(1), "mem": Scalar(512)])

  package init() {}

  package mutating func handle(_ input: SchedulerInput<Command>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .command(.submit(let count)): waiting += count
    case .offers(let offers):
      for offer in offers {
        var launch = cluster.accept(offer)
        while waiting > 0, launch.fits(need), launch.run(shell: "run", resources: need) != nil {
          waiting -= 1
        }
      }
    case .update(let update) where update.state == .finished: finished += 1
    case .update(let update) where update.state.isTerminal && update.task != nil: waiting += 1
    default: break
    }
    cluster.want(need, count: waiting)
  }
}
