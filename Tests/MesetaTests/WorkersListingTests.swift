// The framework of the README that demands resources all at once, as it is printed there.

import Meseta
import Testing

/// Six workers that are of use only together, no more than two on a machine.
struct Workers: Scheduler {
  let need: Resources = "cpus:1;mem:256"
  var isStarted = false

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .subscribed where !isStarted:
      cluster.demand(GangDemand("workers", [.init(need, count: 6)], spread: .init(.agent, limit: 2)))
    case .demandMet(_, let offers):  // all six, in one offer for each agent
      isStarted = true
      for offer in offers {
        var launch = cluster.accept(offer)
        while launch.fits(need) { launch.run(shell: "run 1s", resources: need) }
      }
    case .demandFailed(let failure):
      cluster.log(.warning, "There is no room for the workers: \(failure.message)")
    default: break
    }
    cluster.want([])  // no other offers
  }
}

@Test func allWorkersStartTogether() throws {
  var world = Simulation(1)
  world.add(agents: 3, "cpus:4;mem:1024")
  let workers = world.add(Workers())
  try world.run(until: { $0.finishedTasks(of: workers) == 6 }, within: .minutes(1))
}
