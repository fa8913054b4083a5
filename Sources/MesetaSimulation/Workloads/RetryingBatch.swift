// The least that a batch needs.

package import MesetaFramework
import MesetaModel
import MesetaRuntime

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
