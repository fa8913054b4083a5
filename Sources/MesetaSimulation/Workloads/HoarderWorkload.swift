// A framework that keeps what it is offered.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Holds all offers for as long as it can, then uses those of one agent together, or refuses them for long.
struct HoarderWorkload: Workload {
  private var work: WorkList
  private var random: SeededGenerator
  private var held: [Offer] = []
  private let need = Resources(["cpus": Scalar(milli: 500), "mem": Scalar(128)])

  init(_ shape: Shape.Framework) {
    work = WorkList(shape.tasks)
    random = SeededGenerator(seed: shape.seed)
  }

  static var options: SchedulerOptions {
    var options = SchedulerOptions()
    options.declinesUnused = false
    options.followsDemand = false
    return options
  }

  var lack: String? { work.lack }

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    work.follow(input, &cluster)
    switch input {
    case .offers(let offers):
      held += offers
      if random.oneIn(3) { for offer in offers { cluster.hold(offer) } }
    case .rescinded(let id): held.removeAll { $0.id == id }
    case .disconnected: held = []
    case .wake: letGo(&cluster)
    default: break
    }
    cluster.wake(after: .seconds(work.isDone ? 30 : 10))
  }

  private mutating func letGo(_ cluster: inout SchedulerCalls) {
    if let id = work.takeEndless() { cluster.kill(id) }
    if random.oneIn(8) { cluster.revive() }
    let offers = held
    held = []
    var rest = offers
    while let first = rest.first {
      let together = rest.filter { $0.agentID == first.agentID && $0.allocationRole == first.allocationRole }
      rest.removeAll { $0.agentID == first.agentID && $0.allocationRole == first.allocationRole }
      if work.waiting == 0 || random.oneIn(8) {
        for offer in together { cluster.decline(offer, for: .seconds(Int(random.below(60)))) }
        continue
      }
      var launch = cluster.accept(together)
      while work.waiting > 0, launch.fits(need) {
        let plan = work.nextPlan(&random)
        guard let id = launch.run(shell: plan, resources: need) else { break }
        work.launched(id, plan)
        if random.oneIn(8) { cluster.kill(id) }
      }
      launch.refuseRest(for: .seconds(Int(random.below(20))))
    }
  }
}
