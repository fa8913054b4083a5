// A framework that wants everything at once.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Demands gangs one after the other until so many of them have run. Some cannot be met, or are taken back.
struct GangWorkload: Workload {
  private let wanted: Int
  private let role: String
  private var met = 0
  private var failed = 0
  private var asked = 0
  private var isWaiting = false
  /// Until when an answer has to come, which it does within a minute. A call that was lost gets none.
  private var deadline = Instant.never
  private var random: SeededGenerator

  init(_ shape: Shape.Framework) {
    wanted = max(1, shape.tasks / 8)
    role = shape.roles[0]
    random = SeededGenerator(seed: shape.seed)
  }

  var lack: String? {
    met >= wanted ? nil : "\(met) of \(wanted) gangs have run, \(failed) demands have failed"
  }

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .restored(let record): met = Int(String(decoding: record, as: UTF8.self)) ?? 0
    case .disconnected: isWaiting = false
    case .demandMet(_, let offers):
      isWaiting = false
      use(offers, &cluster)
    // A demand that was repeated on its way fails twice: asked anew for each failure, there would be ever more of them.
    case .demandFailed(let failure) where failure.id == DemandID("gang\(asked)"):
      isWaiting = false
      failed += 1
    case .rejected: isWaiting = false
    case .wake where isWaiting && deadline <= cluster.time.monotonic:
      cluster.withdraw(DemandID("gang\(asked)"))
      isWaiting = false
    default: break
    }
    if met < wanted {
      if !isWaiting, cluster.isSubscribed { demand(&cluster) }
      cluster.wake(after: .seconds(5))
    }
    cluster.want([])
  }

  private mutating func demand(_ cluster: inout SchedulerCalls) {
    asked += 1
    let id = DemandID("gang\(asked)")
    // After a few failures it asks for what every cluster has.
    let isModest = failed > 3
    let count = isModest ? 1 : 1 + Int(random.below(4))
    let size = isModest ? 100 : 100 + Int64(random.below(900))
    var bundles = [
      GangDemand.Bundle(Resources(["cpus": Scalar(milli: size), "mem": Scalar(32)]), count: count)
    ]
    if !isModest, random.oneIn(3) { bundles.append(GangDemand.Bundle(Resources(["mem": Scalar(64)]))) }
    if !isModest, random.oneIn(20) { bundles.append(GangDemand.Bundle(Resources(["unicorns": Scalar(1)]))) }
    let domains: [GangDemand.Spread.Domain] = [.agent, .zone, .region, .attribute("rack")]
    let spread = isModest || random.oneIn(2) ? nil : domains[Int(random.below(4))]
    cluster.demand(
      GangDemand(
        id, role: role, bundles,
        spread: spread.map { GangDemand.Spread($0, limit: 1 + Int(random.below(2))) },
        timeout: random.oneIn(2) ? Int64(1 + random.below(60)) * 1_000_000_000 : nil))
    isWaiting = true
    deadline = cluster.time.monotonic + .seconds(90)
    if !isModest, random.oneIn(10) {
      cluster.withdraw(id)
      isWaiting = false
    }
  }

  private mutating func use(_ offers: [Offer], _ cluster: inout SchedulerCalls) {
    var launched = 0
    for offer in offers {
      var launch = cluster.accept(offer)
      let processors = min(offer.resources.scalar("cpus"), Scalar(milli: 100))
      guard !processors.isZero else { continue }
      if launch.run(shell: "run", resources: Resources(["cpus": processors])) != nil { launched += 1 }
    }
    if launched > 0 { met += 1 }
    cluster.persist(Array("\(met)".utf8))
  }
}
