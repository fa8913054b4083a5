import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaAllocator

/// Random events, after each of which the accounts add up; every run makes the offers that the naive allocator makes,
/// and leaves nothing that somebody could be offered.
@Suite struct PropertyTests {
  @Test(arguments: 1...40) func randomEventsGiveTheOffersOfTheDefinitions(seed: UInt64) {
    var play = Play(seed: seed)
    for _ in 0..<150 {
      play.event()
      play.allocator.checkConservation()
      #expect(play.naive.agents.allSatisfy { play.allocator.unallocated($0) == $1.unallocated })
    }
    play.run()
  }
}

private struct Play {
  var allocator: Allocator
  var naive = NaiveAllocator()
  var generator: SeededGenerator
  var now = Instant.zero
  var agents: [AgentSlot] = []
  var frameworks: [FrameworkSlot] = []
  var offers: [Allocation] = []
  var tasks: [Allocation] = []
  let roles = ["a", "a/x", "a/x/p", "b", "b/y", "c"]

  init(seed: UInt64) {
    allocator = Allocator(seed: seed)
    generator = SeededGenerator(seed: seed)
    if generator.oneIn(2) { for _ in 0..<4 { setQuota() } }
  }

  mutating func draw(_ bound: Int) -> Int { Int(generator.below(UInt64(bound))) }

  mutating func pick<Element>(_ elements: [Element]) -> Element? {
    elements.isEmpty ? nil : elements[draw(elements.count)]
  }

  mutating func total() -> Resources {
    var text = "cpus:\(1 + draw(8));mem:\(100 * (1 + draw(8)));ports:[1-\(1 + draw(9))]"
    if generator.oneIn(4) { text += ";gpus:1" }
    if generator.oneIn(3) { text += ";cpus(a):\(1 + draw(3))" }
    if generator.oneIn(4) { text += ";mem(a/x):\(100 * (1 + draw(3)))" }
    if generator.oneIn(4) { text += ";cpus{REV}:2" }
    return bag(text)
  }

  func client(_ allocation: Allocation) -> NaiveAllocator.Client? {
    allocator.roleName(allocation.role).map {
      NaiveAllocator.Client(framework: allocation.framework, role: $0)
    }
  }

  mutating func event() {
    switch draw(20) {
    case 0, 1: addAgent()
    case 2: removeAgent()
    case 3: updateAgent()
    case 4: activateAgent()
    case 5: addFramework()
    case 6: updateFramework()
    case 7: reviveOrSuppress()
    case 8: activateFramework()
    case 9: addUsed()
    case 10: if generator.oneIn(2) { setWeight() } else { setQuota() }
    case 11: now = now + .seconds(draw(5))
    case 12, 13: accept()
    case 14: finish()
    case 15, 16, 17: decline()
    default: run()
    }
  }

  mutating func addAgent() {
    guard agents.count < 8 else { return }
    let total = total()
    let slot = allocator.addAgent(total: total)
    naive.agents[slot] = NaiveAllocator.Agent(total: total)
    agents.append(slot)
  }

  mutating func removeAgent() {
    guard generator.oneIn(2), let slot = pick(agents) else { return }
    agents.removeAll { $0 == slot }
    offers.removeAll { $0.agent == slot }
    tasks.removeAll { $0.agent == slot }
    let clients = (naive.agents[slot]?.holdings ?? [:]).keys
    allocator.removeAgent(slot)
    naive.agents[slot] = nil
    for client in clients { naive.forget(client, allocator) }
  }

  mutating func updateAgent() {
    guard let slot = pick(agents) else { return }
    let total = total()
    allocator.updateAgent(slot, total: total)
    naive.agents[slot]?.total = total
  }

  mutating func activateAgent() {
    guard let slot = pick(agents) else { return }
    let active = generator.oneIn(2)
    allocator.setActive(slot, active)
    naive.agents[slot]?.isActive = active
  }

  mutating func addFramework() {
    guard frameworks.count < 8 else { return }
    let slot = allocator.addFramework(roles: [])
    naive.frameworks[slot] = NaiveAllocator.Framework()
    frameworks.append(slot)
    update(slot)
  }

  mutating func updateFramework() {
    if let slot = pick(frameworks) { update(slot) }
  }

  mutating func update(_ slot: FrameworkSlot) {
    let subscribed = roles.filter { _ in generator.oneIn(2) }
    let suppressed = subscribed.filter { _ in generator.oneIn(5) }
    let capabilities = [FrameworkInfo.Capability.gpuResources, .revocableResources].filter { _ in
      generator.oneIn(2)
    }
    allocator.updateFramework(
      slot, roles: subscribed, suppressed: suppressed, capabilities: capabilities, offerFilters: [])
    naive.frameworks[slot]?.roles = Set(subscribed)
    naive.frameworks[slot]?.suppressed = Set(suppressed)
    naive.frameworks[slot]?.capabilities = Set(capabilities)
    for role in roles where !subscribed.contains(role) {
      let client = NaiveAllocator.Client(framework: slot, role: role)
      clearFilters(client)
      naive.forget(client, allocator)
    }
  }

  mutating func clearFilters(_ client: NaiveAllocator.Client) {
    for agent in agents { naive.agents[agent]?.filters[client] = nil }
  }

  mutating func reviveOrSuppress() {
    guard let slot = pick(frameworks), let role = pick(roles), let framework = naive.frameworks[slot] else {
      return
    }
    if generator.oneIn(3) {
      allocator.suppress(slot, roles: [role])
      if framework.roles.contains(role) { naive.frameworks[slot]?.suppressed.insert(role) }
    } else {
      let revived = generator.oneIn(2) ? [role] : []
      allocator.revive(slot, roles: revived)
      for role in framework.roles where revived.isEmpty || revived.contains(role) {
        naive.frameworks[slot]?.suppressed.remove(role)
        clearFilters(NaiveAllocator.Client(framework: slot, role: role))
      }
    }
  }

  mutating func activateFramework() {
    guard let slot = pick(frameworks), let framework = naive.frameworks[slot] else { return }
    let active = !generator.oneIn(3)
    allocator.setActive(slot, active)
    if framework.isActive, !active {
      for role in roles { clearFilters(NaiveAllocator.Client(framework: slot, role: role)) }
    }
    naive.frameworks[slot]?.isActive = active
  }

  mutating func addUsed() {
    guard let agent = pick(agents), let framework = pick(frameworks), let role = pick(roles) else { return }
    let resources = bag("cpus:1;mem:\(50 * (1 + draw(4)))")
    guard let slot = allocator.addUsed(agent, framework, role: role, resources) else { return }
    let task = Allocation(agent: agent, framework: framework, role: slot, resources: resources)
    naive.change(agent, NaiveAllocator.Client(framework: framework, role: role)) { $0.used += resources }
    tasks.append(task)
  }

  mutating func setWeight() {
    guard let role = pick(roles) else { return }
    let weight = Double(1 + draw(3))
    allocator.setWeight(role, weight)
    naive.weights[role] = weight
  }

  mutating func setQuota() {
    guard let role = pick(roles) else { return }
    var quota = Quota()
    if !generator.oneIn(3) {
      for name in ["cpus", "mem"] where generator.oneIn(2) {
        let unit: Int64 = name == "cpus" ? 500 : 50_000
        let guarantee = Scalar(milli: unit * Int64(draw(12)))
        if generator.oneIn(2) { quota.guarantees.append(ResourceQuantity(name, guarantee)) }
        if generator.oneIn(2) {
          quota.limits.append(ResourceQuantity(name, Scalar(milli: guarantee.milli + unit * Int64(draw(8)))))
        }
      }
    }
    allocator.setQuota(role, quota)
    naive.quotas[role] = quota.isDefault ? nil : quota
    for framework in frameworks {
      for role in roles { naive.forget(NaiveAllocator.Client(framework: framework, role: role), allocator) }
    }
  }

  mutating func accept() {
    guard !offers.isEmpty else { return }
    let offer = offers.remove(at: draw(offers.count))
    guard let client = client(offer) else { return }
    var part = Resources()
    for resource in offer.resources where generator.oneIn(2) {
      var half = resource
      if case .scalar(let scalar) = resource.value { half.value = .scalar(Scalar(milli: scalar.milli / 2)) }
      part.add(half)
    }
    #expect(allocator.use(offer.agent, offer.framework, offer.role, part) == true)
    naive.change(offer.agent, client) {
      $0.offered -= part
      $0.used += part
    }
    if !part.isEmpty {
      tasks.append(
        Allocation(agent: offer.agent, framework: offer.framework, role: offer.role, resources: part))
    }
    let rest = offer.resources - part
    if !rest.isEmpty {
      decline(Allocation(agent: offer.agent, framework: offer.framework, role: offer.role, resources: rest))
    }
  }

  mutating func finish() {
    guard !tasks.isEmpty else { return }
    let task = tasks.remove(at: draw(tasks.count))
    guard let client = client(task) else { return }
    #expect(allocator.recoverUsed(task.agent, task.framework, task.role, task.resources) == true)
    naive.change(task.agent, client) { $0.used -= task.resources }
    naive.forget(client, allocator)
  }

  mutating func decline() {
    guard !offers.isEmpty else { return }
    decline(offers.remove(at: draw(offers.count)))
  }

  mutating func decline(_ offer: Allocation) {
    guard let client = client(offer) else { return }
    let refuse = [nil, Span.zero, .seconds(1), .seconds(5), .seconds(20)][draw(5)]
    #expect(
      allocator.recoverOffered(
        offer.agent, offer.framework, offer.role, offer.resources, refuse: refuse, now: now) == true)
    naive.change(offer.agent, client) { $0.offered -= offer.resources }
    if let refuse, refuse > .zero, naive.frameworks[client.framework]?.roles.contains(client.role) == true {
      let filter = NaiveAllocator.Filter(resources: offer.resources, until: now + refuse)
      naive.agents[offer.agent]?.filters[client, default: []].append(filter)
    }
    naive.forget(client, allocator)
  }

  mutating func run() {
    var isFinished = false
    while !isFinished {  // an agent at a time
      let isNew = allocator.run.queue.isEmpty
      let needs = !allocator.roles[Int(Allocator.root)].quota.needy.isEmpty
      let forGuarantees = isNew ? needs : allocator.run.stage == .guarantees
      let order = naive.order(allocator)
      var made: [Allocation] = []
      isFinished = allocator.allocate(now: now, limit: 1) { made.append($0) }
      guard let agent = made.first?.agent else { continue }
      let expected = naive.offers(agent, order, now, forGuarantees: forGuarantees)
      #expect(made.map { client($0) } == expected.map(\.0))
      #expect(made.map(\.resources) == expected.map(\.1))
      offers += made
    }
    let order = naive.order(allocator)
    let left = agents.filter { agent in
      var naive = naive
      return !naive.offers(agent, order, now).isEmpty
    }
    #expect(left.isEmpty, "something is left on offer")
  }
}
