// What happens to agents, and to time.

import MesetaAllocator
import MesetaModel
import MesetaRuntime

extension Player {
  mutating func addAgent() {
    guard agents.count < setting.agents else { return }
    let total = total()
    let domain = setting.has(.regions) && generator.oneIn(2) ? Setting.domain(draw(2)) : nil
    let agent = allocator.addAgent(total: total, domain: domain)
    naive.agents[agent] = NaiveAllocator.Agent(total: total, domain: domain)
    agents.append(agent)
    number(agent)
    tell { "add \($0.name(agent)): \(total)" + (domain.map { domain in " in \(domain.region)" } ?? "") }
  }

  mutating func removeAgent() {
    guard generator.oneIn(2), let index = pickIndex(of: agents.count) else { return }
    let agent = agents.remove(at: index)
    tell { "remove \($0.name(agent))" }
    offers.removeAll { $0.agent == agent }
    tasks.removeAll { $0.agent == agent }
    allocator.removeAgent(agent)
    naive.agents[agent] = nil
  }

  mutating func updateAgent() {
    guard let agent = pick(agents) else { return }
    let total = total()
    tell { "update \($0.name(agent)): \(total)" }
    allocator.updateAgent(agent, total: total)
    naive.agents[agent]?.total = total
  }

  mutating func activateAgent() {
    guard let agent = pick(agents) else { return }
    let isActive = generator.oneIn(2)
    tell { "\(isActive ? "activate" : "deactivate") \($0.name(agent))" }
    allocator.setActive(agent, isActive)
    naive.agents[agent]?.isActive = isActive
  }

  mutating func passTime() {
    let seconds = 1 + draw(10)
    tell { _ in "let \(seconds) s pass" }
    now = now + .seconds(seconds)
  }

  /// What an agent has.
  private mutating func total() -> Resources {
    var total = Resources()
    func add(_ name: String, _ amount: Int, _ traits: ResourceTraits = ResourceTraits()) {
      total.add(Resource(name, .scalar(Scalar(amount)), traits: traits))
    }
    add("cpus", 1 + draw(4))
    add("mem", 100 * (1 + draw(4)))
    if setting.has(.ports) {
      total.add(Resource("ports", .ranges(Ranges([ClosedRange(uncheckedBounds: (1, UInt64(1 + draw(9))))]))))
    }
    if setting.has(.gpus), generator.oneIn(3) { add("gpus", 1 + draw(2)) }
    if setting.has(.licences), generator.oneIn(2) { add("licences", 1 + draw(3)) }
    if setting.has(.revocable), generator.oneIn(2) { add("cpus", 1 + draw(2), Traits.revocable) }
    addReserved(add)
    addDisks(add)
    return total
  }

  private mutating func addReserved(_ add: (String, Int, ResourceTraits) -> Void) {
    guard setting.has(.reservations) else { return }
    for role in ["a", "a/x", "b"] where generator.oneIn(3) {
      if generator.oneIn(2) { add("cpus", 1 + draw(3), Traits.reserved(role)) }
      if generator.oneIn(2) { add("mem", 100 * (1 + draw(3)), Traits.reserved(role)) }
    }
    if setting.has(.refinements), generator.oneIn(2) { add("cpus", 1 + draw(2), Traits.reserved("a", "a/x")) }
  }

  private mutating func addDisks(_ add: (String, Int, ResourceTraits) -> Void) {
    if setting.has(.mounts), generator.oneIn(2) {
      add("disk", 100 * (1 + draw(3)), ResourceTraits())
      for root in ["/m1", "/m2"] where generator.oneIn(2) {
        add("disk", 100 * (1 + draw(3)), Traits.mount(root))
      }
    }
    if setting.has(.shared), generator.oneIn(2) { add("disk", 50, Traits.sharedVolume) }
  }
}

/// What tells resources of the same name from each other.
enum Traits {
  static let revocable = ResourceTraits(isRevocable: true)
  static let sharedVolume = ResourceTraits(
    reservations: [Reservation(.dynamic, role: "a")],
    disk: DiskInfo(persistence: DiskInfo.Persistence(id: "v")), isShared: true)

  static func reserved(_ roles: String...) -> ResourceTraits {
    ResourceTraits(reservations: roles.map { Reservation(.dynamic, role: $0) })
  }

  static func mount(_ root: String) -> ResourceTraits {
    ResourceTraits(disk: DiskInfo(source: DiskInfo.Source(.mount, root: root)))
  }
}
