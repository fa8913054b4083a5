// What the master tells of resources that move between unallocated, offered and used; and what there is to know.
//
// Resources are given at rest, that is, without the role that they are allocated to.

public import MesetaModel
public import MesetaRuntime

extension Allocator {
  /// Offered to used: of an offer, what was accepted.
  ///
  /// Returns false, and does nothing, if so much is not offered (or the agent has gone).
  @discardableResult
  public mutating func use(
    _ agent: AgentSlot, _ framework: FrameworkSlot, _ role: RoleSlot, _ resources: Resources
  ) -> Bool {
    if resources.isEmpty { return true }
    var change = AgentLedger.Change()
    guard agents.contains(agent), let index = find(framework, role),
      agents[Int(agent.index)].use(resources, index, dimensions, &change)
    else { return false }
    if change.endedOffers > 0 { endOffers(index, change.endedOffers) }
    return true
  }

  /// Offered to unallocated: of an offer, what was declined, left over or rescinded. The next run, not one that is
  /// under way, may offer it again.
  ///
  /// Returns false, and does nothing, if so much is not offered (or the agent has gone).
  ///
  /// - Parameter refuse: for so long nothing that is contained in these resources is offered to the framework in
  ///   the role on the agent; nil and zero: it may be offered again.
  @discardableResult
  public mutating func recoverOffered(
    _ agent: AgentSlot, _ framework: FrameworkSlot, _ role: RoleSlot, _ resources: Resources,
    refuse: Span? = nil, now: Instant
  ) -> Bool {
    if resources.isEmpty { return true }
    var change = AgentLedger.Change()
    guard agents.contains(agent), let index = find(framework, role),
      self.change(agent, { $0.recoverOffered(resources, index, $1, &change) })
    else { return false }
    if let refuse, refuse > .zero, subscriptions[Int(index)].isSubscribed {
      addFilter(agent, index, resources, until: now + refuse)
    }
    credit(index, change)
    lookAt(agent)
    return true
  }

  /// Used to unallocated: a task or an executor has ended.
  ///
  /// Returns false, and does nothing, if so much is not used (or the agent has gone).
  @discardableResult
  public mutating func recoverUsed(
    _ agent: AgentSlot, _ framework: FrameworkSlot, _ role: RoleSlot, _ resources: Resources
  ) -> Bool {
    if resources.isEmpty { return true }
    var change = AgentLedger.Change()
    guard agents.contains(agent), let index = find(framework, role),
      self.change(agent, { $0.recoverUsed(resources, index, $1, &change) })
    else { return false }
    credit(index, change)
    lookAt(agent)
    return true
  }

  /// To used without an offer: an agent comes back with running tasks. What does not fit is a deficit of the agent.
  ///
  /// - Parameter role: one that the framework need not subscribe to (any more).
  /// - Returns: the slot of the role; nil if there is nothing to add or no such agent or framework.
  @discardableResult
  public mutating func addUsed(
    _ agent: AgentSlot, _ framework: FrameworkSlot, role: String, _ resources: Resources
  ) -> RoleSlot? {
    guard !resources.isEmpty, agents.contains(agent), frameworks.contains(framework) else { return nil }
    dimensions.enter(resources)
    unplaceDemand(on: agent)
    let index = subscription(framework, named: role)
    charge(index, change(agent) { $0.addUsed(resources, index, $1) })
    loosenQuotas()
    return subscriptions[Int(index)].role
  }

  /// Recovers all that a subscription holds anywhere. O(agents).
  mutating func recoverAll(_ index: UInt32) {
    let (framework, role) = (subscriptions[Int(index)].framework, subscriptions[Int(index)].role)
    for position in 0..<agents.capacity {
      guard let agent = agents.key(at: position), let place = agents[position].index(of: index) else {
        continue
      }
      let holding = agents[position].holdings[place]
      recoverOffered(agent, framework, role, holding.offered, now: .zero)
      recoverUsed(agent, framework, role, holding.used)
    }
  }

  private mutating func addFilter(
    _ agent: AgentSlot, _ index: UInt32, _ resources: Resources, until: Instant
  ) {
    let place = Int(agent.index)
    agents[place].filters.add(subscriptions[Int(index)].filterKey, resources, until: until, &filterKeys)
    wakeForFilters(agent, at: until)
  }

  /// Looks at the filters of an agent no later than `time`.
  mutating func wakeForFilters(_ agent: AgentSlot, at time: Instant) {
    guard time < agents[Int(agent.index)].filterWake else { return }
    agents[Int(agent.index)].filterWake = time
    filterDeadlines.add(agent, at: time)
    // Deadlines that were moved forward stay in the queue until they are due; not too many of them.
    guard filterDeadlines.count > 64 + 2 * agents.count else { return }
    filterDeadlines = Deadlines()
    agents.visit { filterDeadlines.add($0, at: $1.filterWake) }
  }

  // MARK: What there is

  public func total(_ agent: AgentSlot) -> Resources { agents[agent]?.total ?? Resources() }
  /// What may be offered. Shared resources are part of it also while they are used.
  public func unallocated(_ agent: AgentSlot) -> Resources { agents[agent]?.unallocated ?? Resources() }
  /// What is held in excess of what there is, after the total shrank or tasks came back that do not fit.
  public func deficit(_ agent: AgentSlot) -> Resources { agents[agent]?.deficit ?? Resources() }

  public func offered(_ agent: AgentSlot) -> Resources {
    agents.contains(agent) ? agents[valid: agent].offered : Resources()
  }

  public func used(_ agent: AgentSlot) -> Resources {
    agents.contains(agent) ? agents[valid: agent].used : Resources()
  }

  /// What a framework is offered on all agents. O(agents).
  public func offered(to framework: FrameworkSlot) -> Resources { sum(framework) { $0.offered } }

  /// What a framework uses on all agents. O(agents).
  public func used(by framework: FrameworkSlot) -> Resources { sum(framework) { $0.used } }

  /// How many offers to a framework are not answered. Offers of one agent to one role count until all of them are.
  public func outstandingOffers(_ framework: FrameworkSlot) -> Int {
    frameworks[framework]?.outstandingOffers ?? 0
  }

  /// The dominant share of a role, before its weight, from 0 to 1.
  public func dominantShare(_ role: RoleSlot) -> Double {
    roles[role].map { dimensions.dominantShare(of: $0.allocated.all, in: total) } ?? 0
  }

  private func sum(_ framework: FrameworkSlot, _ part: (AgentLedger.Holding) -> Resources) -> Resources {
    var result = Resources()
    agents.visit { _, agent in
      for holding in agent.holdings where subscriptions[Int(holding.subscription)].framework == framework {
        result += part(holding)
      }
    }
    return result
  }
}
