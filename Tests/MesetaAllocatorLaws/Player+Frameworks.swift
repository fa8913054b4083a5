// What happens to frameworks and roles.

import MesetaAllocator
import MesetaModel
import MesetaRuntime

extension Player {
  mutating func addFramework() {
    guard frameworks.count < setting.frameworks else { return }
    let framework = allocator.addFramework(roles: [])
    naive.frameworks[framework] = NaiveAllocator.Framework()
    frameworks.append(framework)
    number(framework)
    tell { "add \($0.name(framework))" }
    update(framework)
  }

  /// Removes a framework after all that it holds came back.
  mutating func removeFramework() throws(Violation) {
    guard generator.oneIn(2), let index = pickIndex(of: frameworks.count) else { return }
    let framework = frameworks.remove(at: index)
    tell { "remove \($0.name(framework)), of which everything comes back:" }
    for offer in offers where offer.framework == framework { try decline(offer, refuse: nil) }
    for task in tasks where task.framework == framework { try finish(task) }
    offers.removeAll { $0.framework == framework }
    tasks.removeAll { $0.framework == framework }
    allocator.removeFramework(framework)
    naive.frameworks[framework] = nil
    for role in RoleNames.all { naive.clearFilters(Client(framework: framework, role: role)) }
  }

  mutating func updateFramework() {
    if let framework = pick(frameworks) { update(framework) }
  }

  private mutating func update(_ framework: FrameworkSlot) {
    var roles = setting.roles.filter { _ in generator.oneIn(2) }
    if roles.isEmpty, let role = pick(setting.roles), !generator.oneIn(4) { roles = [role] }
    let suppressed = roles.filter { _ in generator.oneIn(6) }
    let capabilities = capabilities()
    let filters = setting.has(.minimums) ? roles.compactMap { minimum(of: $0) } : []
    tell {
      "update \($0.name(framework)): roles \(roles), suppressed \(suppressed), capabilities \(capabilities.map { "\($0)" })"
        + filters.map { ", of use in \($0.role): \(($0.minimalQuantities ?? []).map(Self.text))" }.joined()
    }
    allocator.updateFramework(
      framework, roles: roles, suppressed: suppressed, capabilities: capabilities, offerFilters: filters)
    let revived = (naive.frameworks[framework]?.suppressed ?? []).subtracting(suppressed)
    naive.frameworks[framework]?.roles = Set(roles)
    naive.frameworks[framework]?.suppressed = Set(suppressed)
    naive.frameworks[framework]?.capabilities = Set(capabilities)
    naive.frameworks[framework]?.minimums = Dictionary(
      uniqueKeysWithValues: filters.map { ($0.role, $0.minimalQuantities ?? []) })
    for role in RoleNames.all where !roles.contains(role) || revived.contains(role) {
      naive.clearFilters(Client(framework: framework, role: role))
    }
  }

  private mutating func capabilities() -> [FrameworkInfo.Capability] {
    let meant: [(Setting.Feature, FrameworkInfo.Capability)] = [
      (.gpus, .gpuResources), (.revocable, .revocableResources), (.shared, .sharedResources),
      (.refinements, .reservationRefinement), (.regions, .regionAware),
    ]
    return meant.compactMap { setting.has($0) && !generator.oneIn(3) ? $1 : nil }
  }

  private mutating func minimum(of role: String) -> OfferFilter? {
    guard generator.oneIn(2) else { return nil }
    var alternatives: [[ResourceQuantity]] = []
    for _ in 0..<draw(3) {
      var quantities: [ResourceQuantity] = []
      if generator.oneIn(2) {
        quantities.append(ResourceQuantity("cpus", Scalar(milli: Int64(500 * draw(5)))))
      }
      if generator.oneIn(2) { quantities.append(ResourceQuantity("mem", Scalar(50 * draw(5)))) }
      if generator.oneIn(6) { quantities.append(ResourceQuantity("ports", Scalar(1 + draw(4)))) }
      if generator.oneIn(6) { quantities.append(ResourceQuantity("licences", Scalar(1 + draw(2)))) }
      alternatives.append(quantities)
    }
    return OfferFilter(role: role, minimalQuantities: alternatives)
  }

  mutating func suppress() {
    guard let framework = pick(frameworks), let role = pick(setting.roles) else { return }
    tell { "suppress \($0.name(framework)) in \(role)" }
    allocator.suppress(framework, roles: [role])
    if naive.frameworks[framework]?.roles.contains(role) ?? false {
      naive.frameworks[framework]?.suppressed.insert(role)
    }
  }

  mutating func revive() {
    guard let framework = pick(frameworks), let role = pick(setting.roles) else { return }
    let named = generator.oneIn(2) ? [role] : []
    tell { "revive \($0.name(framework)) in \(named.isEmpty ? "all roles" : role)" }
    allocator.revive(framework, roles: named)
    for role in naive.frameworks[framework]?.roles ?? [] where named.isEmpty || named.contains(role) {
      naive.frameworks[framework]?.suppressed.remove(role)
      naive.clearFilters(Client(framework: framework, role: role))
    }
  }

  mutating func activateFramework() {
    guard let framework = pick(frameworks), let wasActive = naive.frameworks[framework]?.isActive else {
      return
    }
    let isActive = !generator.oneIn(3)
    tell { "\(isActive ? "activate" : "deactivate") \($0.name(framework))" }
    allocator.setActive(framework, isActive)
    naive.frameworks[framework]?.isActive = isActive
    guard wasActive, !isActive else { return }
    for role in RoleNames.all { naive.clearFilters(Client(framework: framework, role: role)) }
  }

  // MARK: Roles

  mutating func setWeight() {
    guard let role = pick(setting.roles) else { return }
    let weight = Double(1 + draw(4)) / 2
    tell { _ in "set the weight of \(role) to \(weight)" }
    allocator.setWeight(role, weight)
    naive.weights[role] = weight
  }

  mutating func setQuota() {
    guard let role = pick(setting.roles).flatMap({ pick(RoleNames.path(to: $0)) }) else { return }
    let quota = generator.oneIn(4) ? Quota() : generator.oneIn(3) ? quotaOfOneAgent() : quota()
    tell { _ in
      "set the quota of \(role): guarantees \(Self.text(quota.guarantees)), limits \(Self.text(quota.limits))"
    }
    allocator.setQuota(role, quota)
    naive.quotas[role] = quota.isDefault ? nil : quota
  }

  private mutating func quota() -> Quota {
    var quota = Quota()
    for (name, unit) in quotaUnits where generator.oneIn(2) {
      let guarantee = unit * Int64(draw(8))
      let isGuaranteed = generator.oneIn(2)
      if isGuaranteed { quota.guarantees.append(ResourceQuantity(name, Scalar(milli: guarantee))) }
      let limit = isGuaranteed ? guarantee + unit * Int64(draw(5)) : unit * Int64(draw(6))
      if generator.oneIn(2) { quota.limits.append(ResourceQuantity(name, Scalar(milli: limit))) }
    }
    return quota
  }

  /// What is used up to the last bit with one agent.
  private mutating func quotaOfOneAgent() -> Quota {
    guard let total = pick(agents).flatMap({ naive.agents[$0]?.total }) else { return Quota() }
    let quantities = Amount.charged(total).quantities.filter { ["cpus", "mem"].contains($0.name) }
    return Quota(
      guarantees: generator.oneIn(2) ? quantities : [], limits: generator.oneIn(4) ? [] : quantities)
  }

  private static func text(_ quantities: [ResourceQuantity]) -> String {
    quantities.map { "\($0.name):\($0.scalar)" }.joined(separator: ";")
  }

  private var quotaUnits: [(name: String, unit: Int64)] {
    var units: [(String, Int64)] = [("cpus", 500), ("mem", 50_000)]
    if setting.has(.mounts) { units.append(("disk", 50_000)) }
    if setting.has(.licences) { units.append(("licences", 1000)) }
    return units
  }
}
