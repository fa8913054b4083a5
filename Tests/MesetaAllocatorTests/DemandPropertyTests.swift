import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaAllocator

/// Random events with demands among them, and the laws that hold after each.
@Suite struct DemandPropertyTests {
  @Test(arguments: 1...60) func theLawsOfDemandsHoldWhateverHappens(seed: UInt64) {
    var play = DemandPlay(seed: seed)
    for _ in 0..<250 {
      play.event()
      play.allocator.checkConservation()  // one holder at most, which holds no more than it demands
      play.checkHold()
    }
    play.end()
  }
}

private struct DemandPlay {
  struct Made {
    var framework: FrameworkSlot
    var demand: GangDemand
    var deadline: Instant
  }

  var allocator: Allocator
  var generator: SeededGenerator
  var now = Instant.zero
  var agents: [AgentSlot] = []
  var frameworks: [FrameworkSlot] = []
  var offers: [Allocation] = []
  var tasks: [Allocation] = []
  var demands: [DemandSlot: Made] = [:]
  /// The hold at the last look, and until when there may be none.
  var hold: (demand: DemandSlot, since: Instant)?
  var restsUntil = Instant.zero
  let roles = ["a", "a/x", "b"]

  init(seed: UInt64) {
    allocator = Allocator(seed: seed)
    generator = SeededGenerator(seed: seed)
  }

  mutating func draw(_ bound: Int) -> Int { Int(generator.below(UInt64(bound))) }

  mutating func pick<Element>(_ elements: [Element]) -> Element? {
    elements.isEmpty ? nil : elements[draw(elements.count)]
  }

  mutating func total() -> Resources {
    var text = "cpus:\(2 + draw(7));mem:\(100 * (2 + draw(7)))"
    if generator.oneIn(4) { text += ";cpus(a):\(1 + draw(3))" }
    if generator.oneIn(4) { text += ";gpus:1" }
    return bag(text)
  }

  mutating func event() {
    switch draw(22) {
    case 0, 1: addAgent()
    case 2: changeAgent()
    case 3: addFramework()
    case 4: changeFramework()
    case 5: setQuota()
    case 6, 7: now = now + .seconds(draw(12))
    case 8, 9: accept()
    case 10, 11: finish()
    case 12, 13: decline()
    case 14, 15, 16: demand()
    case 17: withdraw()
    default: run()
    }
  }

  mutating func addAgent() {
    guard agents.count < 8 else { return }
    let zone = FaultDomain(region: "r", zone: ["x", "y", "z"][draw(3)])
    agents.append(allocator.addAgent(total: total(), domain: zone))
  }

  mutating func changeAgent() {
    guard let slot = pick(agents) else { return }
    switch draw(4) {
    case 0:
      agents.removeAll { $0 == slot }
      offers.removeAll { $0.agent == slot }
      tasks.removeAll { $0.agent == slot }
      allocator.removeAgent(slot)
    case 1: allocator.updateAgent(slot, total: total())
    case 2:
      guard let framework = pick(frameworks), let role = pick(roles) else { return }
      let resources = bag("cpus:1;mem:50")
      guard let role = allocator.addUsed(slot, framework, role: role, resources) else { return }
      tasks.append(Allocation(agent: slot, framework: framework, role: role, resources: resources))
    default: allocator.setActive(slot, generator.oneIn(2))
    }
  }

  mutating func addFramework() {
    guard frameworks.count < 6 else { return }
    frameworks.append(allocator.addFramework(roles: roles.filter { _ in generator.oneIn(2) }))
  }

  mutating func changeFramework() {
    guard let slot = pick(frameworks) else { return }
    if generator.oneIn(2) {
      allocator.setActive(slot, !generator.oneIn(4))
    } else {
      let subscribed = roles.filter { _ in !generator.oneIn(3) }
      let capabilities: [FrameworkInfo.Capability] = generator.oneIn(2) ? [.gpuResources] : []
      allocator.updateFramework(
        slot, roles: subscribed, suppressed: subscribed.filter { _ in generator.oneIn(3) },
        capabilities: capabilities, offerFilters: [])
    }
  }

  mutating func setQuota() {
    guard let role = pick(roles) else { return }
    var quota = Quota()
    if generator.oneIn(2) {
      let guarantee = draw(6)
      quota.guarantees = [ResourceQuantity("cpus", Scalar(guarantee))]
      if generator.oneIn(2) { quota.limits = [ResourceQuantity("cpus", Scalar(guarantee + draw(8)))] }
    }
    allocator.setQuota(role, quota)
  }

  mutating func demand() {
    guard let framework = pick(frameworks), let role = pick(roles) else { return }
    let bundles = (0...draw(2)).map { _ -> GangDemand.Bundle in
      let processors = generator.oneIn(3) ? "" : "cpus:\(1 + draw(5));"
      return GangDemand.Bundle(bag("\(processors)mem:\(50 * (1 + draw(8)))"), count: 1 + draw(4))
    }
    let spread: GangDemand.Spread? =
      generator.oneIn(2) ? nil : GangDemand.Spread(generator.oneIn(2) ? .agent : .zone, limit: 1 + draw(2))
    let demand = GangDemand("d", role: role, bundles, spread: spread)
    let deadline = now + .seconds(1 + draw(200))
    guard let slot = allocator.addDemand(framework, demand, deadline: deadline) else { return }
    demands[slot] = Made(framework: framework, demand: demand, deadline: deadline)
  }

  mutating func withdraw() {
    let slots = demands.keys.sorted()
    guard let slot = pick(slots) else { return }
    allocator.withdrawDemand(slot)
    demands[slot] = nil
  }

  mutating func accept() {
    guard !offers.isEmpty else { return }
    let offer = offers.remove(at: draw(offers.count))
    if allocator.use(offer.agent, offer.framework, offer.role, offer.resources) { tasks.append(offer) }
  }

  mutating func finish() {
    guard !tasks.isEmpty else { return }
    let task = tasks.remove(at: draw(tasks.count))
    allocator.recoverUsed(task.agent, task.framework, task.role, task.resources)
  }

  mutating func decline() {
    guard !offers.isEmpty else { return }
    allocator.decline(
      offers.remove(at: draw(offers.count)), refuse: generator.oneIn(2) ? .seconds(20) : nil, now: now)
  }

  /// Which limits are exceeded.
  var exceeded: Set<String> {
    Set(
      roles.filter { role in
        (allocator.quota(role)?.limits ?? []).contains { limit in
          allocator.quotaConsumed(role).contains { $0.name == limit.name && $0.scalar > limit.scalar }
        }
      })
  }

  mutating func run() {
    let before = exceeded
    var isFinished = false
    var calls = 0
    while !isFinished {
      var made: [Allocation] = []
      isFinished = allocator.allocate(now: now, limit: generator.oneIn(2) ? 1 : .max) { made.append($0) }
      check(made)
      offers += made
      for failed in allocator.takeFailedDemands() {
        #expect(failed.wanted >= failed.placed)
        demands[failed.demand] = nil
      }
      checkHold()
      calls += 1
      guard calls < 10_000 else {
        Issue.record("a run does not end")
        return
      }
    }
    #expect(exceeded.isSubset(of: before), "a run exceeds a limit")
    #expect(demands.values.allSatisfy { $0.deadline > now }, "a demand outlives its deadline")
    let entries = allocator.demands.entries
    #expect(Set(demands.keys) == Set((0..<entries.capacity).compactMap { entries.key(at: $0) }))
  }

  /// A demand is met as a whole, and within its spread.
  private mutating func check(_ made: [Allocation]) {
    var sums: [DemandSlot: [Allocation]] = [:]
    for allocation in made {
      if let demand = allocation.demand { sums[demand, default: []].append(allocation) }
    }
    for (slot, allocations) in sums {
      guard let demand = demands.removeValue(forKey: slot)?.demand else {
        Issue.record("a demand is met that was not made, or has ended")
        continue
      }
      if hold?.demand == slot { hold = nil }
      for name in ["cpus", "mem"] {
        let wanted = demand.bundles.reduce(Int64(0)) {
          $0 + $1.resources.scalar(name).milli * Int64($1.count)
        }
        let offered = allocations.reduce(Int64(0)) { $0 + $1.resources.scalar(name).milli }
        #expect(offered == wanted, "a part is offered")
      }
      let agents = Set(allocations.map(\.agent))
      #expect(agents.count == allocations.count, "two offers of one agent")
      let count = demand.bundles.reduce(0) { $0 + $1.count }
      if let spread = demand.spread, spread.domain == .agent {
        #expect(allocations.count * spread.limit >= count, "more on one agent than the spread allows")
      }
      let isCharged = allocations.contains { allocation in
        allocation.resources.contains { $0.name == "cpus" && $0.isQuotaCharged }
      }
      let bounds = exceeded.filter { demand.role == $0 || demand.role.hasPrefix($0 + "/") }
      #expect(!isCharged || bounds.isEmpty, "an offer of what a limit does not allow")
    }
  }

  /// A hold lasts at most so long, and one that came to nothing is followed by as long a rest.
  mutating func checkHold() {
    let current = allocator.demands.hold.map { (demand: $0.demand, since: $0.since) }
    if let hold, current.map({ $0.demand != hold.demand || $0.since != hold.since }) ?? true {
      restsUntil = max(restsUntil, now + (now - hold.since))
    }
    if let current {
      if hold?.demand != current.demand || hold?.since != current.since {
        #expect(current.since >= restsUntil, "a hold begins just after one that came to nothing")
      }
    }
    hold = current
  }

  /// All that was to end has ended.
  mutating func end() {
    now = now + .seconds(1000)
    run()
    #expect(demands.isEmpty)
    #expect(agents.allSatisfy { allocator.pending($0).isEmpty })
    #expect(allocator.nextWake > now)
  }
}
