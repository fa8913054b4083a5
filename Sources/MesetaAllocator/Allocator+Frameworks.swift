// Frameworks and their roles: who wants offers.

public import MesetaModel
public import MesetaRuntime

extension Allocator {
  /// Adds an active framework.
  public mutating func addFramework(
    roles: [String], suppressed: [String] = [], capabilities: [FrameworkInfo.Capability] = [],
    offerFilters: [OfferFilter] = [], constraints: OfferConstraintsFilter = .none
  ) -> FrameworkSlot {
    let framework = frameworks.insert(FrameworkLedger(capabilities: Capabilities(capabilities)))
    updateFramework(
      framework, roles: roles, suppressed: suppressed, capabilities: capabilities, offerFilters: offerFilters,
      constraints: constraints)
    return framework
  }

  /// Changes what a framework said of itself. What it holds in roles that it leaves stays its own. A role that it
  /// suppressed and no longer does is revived: what it declined in it is offered again.
  ///
  /// - Parameter suppressed: those of the roles in which it wants no offers; in all others it does.
  public mutating func updateFramework(
    _ framework: FrameworkSlot, roles: [String], suppressed: [String],
    capabilities: [FrameworkInfo.Capability], offerFilters: [OfferFilter],
    constraints: OfferConstraintsFilter = .none
  ) {
    guard frameworks.contains(framework) else { return }
    let capabilities = Capabilities(capabilities)
    frameworks[Int(framework.index)].capabilities = capabilities
    for role in roles { _ = subscription(framework, named: role) }
    for index in frameworks[Int(framework.index)].subscriptions {
      let name = self.roles[Int(subscriptions[Int(index)].role.index)].name
      if !roles.contains(name) { failDemands(index, .roleLeft, "the framework has left role '\(name)'") }
      let minimum = offerFilters.last { $0.role == name }?.minimalQuantities
      subscriptions[Int(index)].capabilities = capabilities
      setMinimum(index, minimum.map(MinimalQuantities.init))
      self.constraints.set(index, constraints[name])
      let (wasSuppressed, isSuppressed) = (subscriptions[Int(index)].isSuppressed, suppressed.contains(name))
      subscriptions[Int(index)].isSuppressed = isSuppressed
      subscriptions[Int(index)].isSubscribed = roles.contains(name)
      if !roles.contains(name) || (wasSuppressed && !isSuppressed) { clearFilters(index) }
      list(index)
      ask(index)
      removeIfUnused(index)
    }
  }

  /// Whether a framework gets offers. One that is deactivated loses its filters.
  public mutating func setActive(_ framework: FrameworkSlot, _ active: Bool) {
    guard frameworks.contains(framework), frameworks[Int(framework.index)].isActive != active else { return }
    frameworks[Int(framework.index)].isActive = active
    if !active { maintenance.deactivate(framework) }
    for index in frameworks[Int(framework.index)].subscriptions {
      if !active {
        clearFilters(index)
        failDemands(index, .roleLeft, "the framework has gone")
      }
      list(index)
    }
  }

  /// Takes a framework away. All that it was offered and used is to be recovered before; what is not is recovered
  /// here, in a time that grows with the number of agents.
  public mutating func removeFramework(_ framework: FrameworkSlot) {
    guard frameworks.contains(framework) else { return }
    for index in frameworks[Int(framework.index)].subscriptions {
      failDemands(index, .roleLeft, "the framework has gone")
    }
    let held = frameworks[Int(framework.index)].subscriptions.filter { subscriptions[Int($0)].agents > 0 }
    assert(held.isEmpty, "a framework is removed that still holds resources")
    for index in held { recoverAll(index) }
    for index in frameworks[Int(framework.index)].subscriptions {
      subscriptions[Int(index)].isSubscribed = false
      list(index)
      removeIfUnused(index)
    }
    maintenance.remove(framework)
    frameworks.remove(framework)
  }

  /// Ends the offers to a framework in some of its roles; none named: in all.
  public mutating func suppress(_ framework: FrameworkSlot, roles: [String] = []) {
    for index in subscribed(framework, roles) {
      subscriptions[Int(index)].isSuppressed = true
      list(index)
    }
  }

  /// Begins offers to a framework again in some of its roles, also of what it declined; none named: in all.
  public mutating func revive(_ framework: FrameworkSlot, roles: [String] = []) {
    for index in subscribed(framework, roles) {
      subscriptions[Int(index)].isSuppressed = false
      clearFilters(index)
      list(index)
      ask(index)
    }
  }

  private mutating func setMinimum(_ index: UInt32, _ minimum: MinimalQuantities?) {
    let hadOne = subscriptions[Int(index)].minimum != nil
    subscriptions[Int(index)].minimum = minimum
    guard hadOne != (minimum != nil) else { return }
    countCustomMinimum(subscriptions[Int(index)].role.index, hadOne ? -1 : 1)
  }

  private func subscribed(_ framework: FrameworkSlot, _ roles: [String]) -> [UInt32] {
    guard let ledger = frameworks[framework] else { return [] }
    return ledger.subscriptions.filter {
      let subscription = subscriptions[Int($0)]
      return subscription.isSubscribed
        && (roles.isEmpty || roles.contains(self.roles[Int(subscription.role.index)].name))
    }
  }

  // MARK: Subscriptions

  /// Mutating, so that it looks where the tables stand: what is not is handed a copy of the whole allocator.
  mutating func find(_ framework: FrameworkSlot, _ role: RoleSlot) -> UInt32? {
    guard frameworks.contains(framework) else { return nil }
    for index in frameworks[Int(framework.index)].subscriptions
    where subscriptions[Int(index)].role == role { return index }
    return nil
  }

  /// The framework in the role of that name; it is made if it is not there.
  mutating func subscription(_ framework: FrameworkSlot, named name: String) -> UInt32 {
    let role = role(making: name)
    if let index = find(framework, role) { return index }
    let new = subscriptions.insert(Subscription(framework: framework, role: role, filterKey: 0))
    subscriptions[Int(new.index)].rank.client = new.index
    subscriptions[Int(new.index)].filterKey = filterKeys.make(for: new.index)
    subscriptions[Int(new.index)].capabilities = frameworks[Int(framework.index)].capabilities
    frameworks[Int(framework.index)].subscriptions.append(new.index)
    roles[Int(role.index)].subscriptions += 1
    return new.index
  }

  /// Removes a subscription that means nothing any more, and its role if it was the last.
  mutating func removeIfUnused(_ index: UInt32) {
    let subscription = subscriptions[Int(index)]
    guard !subscription.isSubscribed, subscription.agents == 0 else { return }
    filterKeys.retire(subscription.filterKey)
    constraints.remove(index)
    frameworks[Int(subscription.framework.index)].subscriptions.removeAll { $0 == index }
    if let key = subscriptions.key(at: Int(index)) { subscriptions.remove(key) }
    let role = subscription.role.index
    if subscription.minimum != nil { countCustomMinimum(role, -1) }
    roles[Int(role)].subscriptions -= 1
    removeRoleIfUnused(role)
  }

  private mutating func clearFilters(_ index: UInt32) {
    filterKeys.retire(subscriptions[Int(index)].filterKey)
    subscriptions[Int(index)].filterKey = filterKeys.make(for: index)
  }

  /// Puts a subscription into the sorter of its role, or takes it out, as it wants offers or not.
  mutating func list(_ index: UInt32) {
    let subscription = subscriptions[Int(index)]
    let framework = frameworks[Int(subscription.framework.index)]
    let isListed =
      subscription.isSubscribed && !subscription.isSuppressed && framework.isActive && !framework.isAtLimit
    guard isListed != subscription.isListed else { return }
    let role = Int(subscription.role.index)
    subscriptions[Int(index)].isListed = isListed
    if isListed {
      subscriptions[Int(index)].rank = rank(ofSubscription: index)
      // The place of one that was alone was not kept.
      if roles[role].frameworks.count == 1, let alone = roles[role].frameworks.first {
        markStale(subscription: alone.client)
      }
      roles[role].frameworks.insert(subscriptions[Int(index)].rank)
      ask(index)
      if roles[role].frameworks.count == 1 { relist(subscription.role.index) }
    } else {
      roles[role].frameworks.remove(subscription.rank)
      if roles[role].frameworks.isEmpty { relist(subscription.role.index) }
    }
  }

  /// Lets the next run look at all agents for a subscription that wants more than before.
  mutating func ask(_ index: UInt32) {
    guard subscriptions[Int(index)].isListed, !subscriptions[Int(index)].isAsker else { return }
    subscriptions[Int(index)].isAsker = true
    run.asking.append(index)
  }
}
