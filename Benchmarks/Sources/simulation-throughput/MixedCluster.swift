// A simulated cluster in which offers and tasks come and go.

import MesetaFramework
import MesetaModel
import MesetaRuntime
import MesetaSimulation

enum MixedCluster {
  /// Each message is under way for one to five milliseconds, so that nodes handle most of them one by one.
  static func make(agents: Int, frameworks: Int, seed: Seed) -> Simulation {
    var faults = Faults.none
    faults.delay = .milliseconds(1)...Span.milliseconds(5)
    var world = Simulation(seed, faults: .fixed(faults))
    // What happened is hashed, and kept for nobody: a run is repeated with its trace where somebody wants to read it.
    world.keepTrace(lines: 0)
    world.add(agents: agents, Resources(["cpus": Scalar(4), "mem": Scalar(8192)]))
    for number in 0..<frameworks {
      let info = FrameworkInfo(name: "framework\(number)", failoverTimeout: 3600, role: "role\(number)")
      world.add(MixedScheduler(), framework: info)
    }
    return world
  }
}

/// Launches tasks on half of what it is offered, and declines every other offer.
struct MixedScheduler: Scheduler {
  private let need = Resources(["cpus": Scalar(milli: 250), "mem": Scalar(256)])
  private var offers = 0

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    guard case .offers(let new) = input else { return }
    for offer in new {
      offers += 1
      if offers % 2 == 0 {
        cluster.decline(offer, for: .zero)
        continue
      }
      var launch = cluster.accept(offer)
      for _ in 0..<8 where launch.fits(need) { _ = launch.run(shell: "run", resources: need) }
    }
  }
}
