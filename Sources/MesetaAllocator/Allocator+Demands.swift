// Demands: sets of resources that are offered at once or not at all.
//
// A demand that fits into what is free is met at once. Of those that do not, one at a time holds what it gets of what
// becomes free, before everybody else: whole bundles, and parts of them on agents that have room for the rest. The others
// hold nothing, so that no two can wait for each other. A hold ends after
// ``Options/maximumHold`` at the latest, and one that came to nothing is followed by as long a time in which nothing is
// held: resources of the cluster stand idle for the sake of demands at most half of the time, and at most for that long
// at a stretch.

public import MesetaModel
public import MesetaRuntime

extension Allocator {
  /// Enters a demand, valid in itself, of an active framework that subscribes to its role; nil, and nothing happens, if
  /// it does not. Decline filters and suppression are no hindrance to it, for the framework asks for it; all else is.
  ///
  /// When it is met, its offers come in one go, one an agent, with their ``Allocation/demand``; when it fails, it is among
  /// ``takeFailedDemands()``. Then, and when it is withdrawn, its slot is no longer valid.
  public mutating func addDemand(
    _ framework: FrameworkSlot, _ demand: GangDemand, deadline: Instant
  ) -> DemandSlot? {
    guard frameworks.contains(framework), frameworks[Int(framework.index)].isActive,
      let role = roleSlots[demand.role], let index = find(framework, role),
      subscriptions[Int(index)].isSubscribed
    else { return nil }
    let bundles = demand.bundles.enumerated().map { offset, bundle in
      let amounts = dimensions.amounts(of: bundle.resources).all
      return (
        share: dimensions.dominantShare(of: amounts, in: total), offset: offset,
        bundle: DemandLedger.Bundle(need: bundle.resources, amounts: amounts, count: bundle.count)
      )
    }
    let sorted = bundles.sorted { $0.share == $1.share ? $0.offset < $1.offset : $0.share > $1.share }
    return demands.add(index, sorted.map(\.bundle), demand.spread, deadline: deadline)
  }

  /// Takes a demand back, and what was set aside for it.
  public mutating func withdrawDemand(_ demand: DemandSlot) {
    guard demands.entries.contains(demand) else { return }
    if demands.hold?.demand == demand { breakHold() }
    demands.remove(demand)
  }

  /// The demands that failed since this was called last.
  public mutating func takeFailedDemands() -> [FailedDemand] {
    guard !demands.failed.isEmpty else { return [] }
    defer { demands.failed = [] }
    return demands.failed
  }

  /// The demand for which resources are set aside, if there is one.
  public var holdingDemand: DemandSlot? { demands.hold?.demand }

  /// What is set aside on an agent for a demand.
  public func pending(_ agent: AgentSlot) -> Resources {
    agents.contains(agent) ? agents[valid: agent].pending : Resources()
  }

  // MARK: What ends a demand from outside

  /// The demands of a subscription cannot be met any more.
  mutating func failDemands(_ subscription: UInt32, _ reason: DemandFailure.Reason, _ message: String) {
    guard !demands.entries.isEmpty else { return }
    for index in 0..<demands.entries.capacity {
      guard let demand = demands.entries.key(at: index),
        demands.entries[index].subscription == subscription
      else { continue }
      if demands.hold?.demand == demand { breakHold() }
      marks.insert(.demandLeftRole)
      fail(demand, reason, message)
    }
  }

  /// Nothing is set aside on an agent any more: it goes, changes or takes no part.
  mutating func unplaceDemand(on agent: AgentSlot) {
    guard let hold = demands.hold, agents.contains(agent) else { return }
    let index = demands.entries[valid: hold.demand].subscription
    guard let change = change(agent, { $0.releasePending(nil, index, $1) }) else { return }
    marks.insert(.holdBrokenByAgent)
    demands.hold?.placement.removeAll(on: agent)
    demands.hold?.isStale = true
    credit(index, change)
  }

  // MARK: Holding

  /// Gives back what is set aside. Returns since when it was.
  @discardableResult
  mutating func releaseHold() -> Instant? {
    guard let hold = demands.hold else { return nil }
    demands.hold = nil
    demands.dirty = []
    demands.note(hold.demand, hold.placement)
    let index = demands.entries[valid: hold.demand].subscription
    for (agent, _) in hold.placement.byAgent {
      guard let change = change(agent, { $0.releasePending(nil, index, $1) }) else { continue }
      credit(index, change)
      lookAt(agent)
    }
    return hold.since
  }

  private mutating func breakHold() {
    guard let since = releaseHold() else { return }
    marks.insert(.holdBroken)
    demands.brokenSince = min(demands.brokenSince ?? since, since)
  }

  mutating func fail(_ demand: DemandSlot, _ reason: DemandFailure.Reason, _ message: String) {
    guard demands.entries.contains(demand) else { return }
    let (count, last) = (demands.entries[valid: demand].count, demands.entries[valid: demand].last)
    demands.failed.append(
      FailedDemand(
        demand: demand, reason: reason, message: message, placed: count - last.missingCount,
        agents: last.agentCount, wanted: count))
    demands.remove(demand)
  }

  /// Whether a demand may be met now: its framework takes offers, even if it does not want others.
  func isEligible(_ demand: DemandSlot) -> Bool {
    let framework = Int(subscriptions[Int(demands.entries[valid: demand].subscription)].framework.index)
    return frameworks[framework].isActive && !frameworks[framework].isAtLimit
  }

  /// Whether a demand is served before another: by rounds, then by shares, then by arrival.
  mutating func comesBefore(_ left: DemandSlot, _ right: DemandSlot) -> Bool {
    let (left, right) = (demands.entries[valid: left], demands.entries[valid: right])
    if left.round != right.round { return left.round < right.round }
    let (leftRank, rightRank) = partingRanks(left.subscription, right.subscription)
    return (leftRank.share, leftRank.allocations, left.arrival)
      < (rightRank.share, rightRank.allocations, right.arrival)
  }

  /// The ranks of two subscriptions where their roles part in the tree, also of those that want no other offers.
  private mutating func partingRanks(_ left: UInt32, _ right: UInt32) -> (Rank, Rank) {
    let (leftRole, rightRole) = (subscriptions[Int(left)].role.index, subscriptions[Int(right)].role.index)
    if leftRole == rightRole { return (rank(ofSubscription: left), rank(ofSubscription: right)) }
    let (leftClient, rightClient) = partingClients(leftRole, rightRole)
    func current(_ client: RoleClient) -> Rank {
      client.isOwn ? rank(ofOwn: client.role) : rank(ofRole: client.role)
    }
    return (current(leftClient), current(rightClient))
  }

  /// Stops the program unless exactly what the holder has found is set aside, and no more than it demands.
  func checkDemands(_ law: inout LedgerLaw) {
    var pending: [AgentSlot: Resources] = [:]
    if let hold = demands.hold {
      for (agent, resources) in hold.placement.byAgent { pending[agent] = resources }
      let demand = demands.entries[valid: hold.demand]
      for bundle in demand.bundles.indices {
        let held = hold.placement.pieces.count { $0.bundle == bundle }
        let claimed = hold.placement.claims.count { $0.bundle == bundle }
        law.expect(
          held + hold.placement.missing[bundle] == demand.bundles[bundle].count
            && claimed <= hold.placement.missing[bundle], "more is set aside for a demand than it demands")
      }
    }
    for index in 0..<agents.capacity {
      guard let agent = agents.key(at: index) else { continue }
      law.expect(
        isPending(pending[agent], agent),
        "agent \(agent.index): what is pending differs from what is set aside for the demand")
    }
  }

  /// Whether that is all that is set aside on an agent; nil: whether nothing is.
  private func isPending(_ resources: Resources?, _ agent: AgentSlot) -> Bool {
    if let resources { return pending(agent) == resources }
    for index in agents[valid: agent].holdings.indices
    where !agents[valid: agent].holdings[index].pending.isEmpty { return false }
    return true
  }
}
