// What a run does for demands before it offers anything to anybody else.
//
// Placing is greedy: agents by ascending slot, on each the largest bundles first (by dominant share). It may miss a way
// to place several kinds of bundles that a search would find. A part of a bundle that is set aside on an agent goes back
// as soon as the whole has found a place on another.

import MesetaModel
import MesetaRuntime

extension Allocator {
  /// Sets aside, meets and gives up demands. Costs nothing without any, O(bundles) for each agent on which something
  /// changed while one holds, and O(agents) for a demand that is new, that becomes the holder or, one a run, that
  /// waits. A look at all agents for one demand is not divided. False if the budget is used up.
  mutating func serveDemands(
    _ now: Instant, _ budget: inout Int, _ emit: (Allocation) -> Void
  ) -> Bool {
    expireDemands(now)
    keepHoldWithinQuotas()
    guard extendHold(&budget, emit) else { return false }
    while budget > 0, let demand = demands.takeUntried() {
      budget -= costOfDemand
      guard isEligible(demand), !meetAtOnce(demand, emit) else { continue }
      let problem = impossibility(of: demands.entries[valid: demand])
      if let problem {
        marks.insert(.demandImpossible)
        fail(demand, .impossible, problem)
      }
    }
    guard budget > 0 else { return false }
    if demands.lastRun <= run.number, run.queue.isEmpty, !run.next.isEmpty, let demand = nextWaiting() {
      demands.lastRun = run.number + 1
      budget -= costOfDemand
      _ = meetAtOnce(demand, emit)
    }
    if demands.hold == nil, demands.restsUntil <= now, !demands.entries.isEmpty { beginHold(now) }
    return extendHold(&budget, emit)
  }

  /// How much of the limit of a call a look at all agents takes.
  private var costOfDemand: Int { 1 + agents.count / 16 }

  // MARK: The ends

  private mutating func expireDemands(_ now: Instant) {
    if let since = demands.brokenSince {
      demands.brokenSince = nil
      demands.rest(since: since, now)
    }
    while let demand = demands.deadlines.takeDue(now) {
      guard demands.entries.contains(demand) else { continue }
      if demands.hold?.demand == demand, let since = releaseHold() { demands.rest(since: since, now) }
      marks.insert(.demandExpired)
      fail(demand, .expired, describeMissing(demands.entries[valid: demand]))
    }
    if let hold = demands.hold, hold.since + options.maximumHold <= now {
      marks.insert(.holdExpired)
      releaseHold()
      demands.rest(since: hold.since, now)
      demands.moveBehind(hold.demand)
    }
  }

  private func describeMissing(_ demand: DemandLedger) -> String {
    let missing = demand.bundles.indices.filter { demand.last.missing[$0] > 0 }.map {
      "\(demand.last.missing[$0]) x (\(demand.bundles[$0].need))"
    }
    return "there was no room for \(missing.joined(separator: ", "))"
  }

  /// Makes the offers of a demand, all that there are.
  private mutating func meet(
    _ demand: DemandSlot, _ offers: [(agent: AgentSlot, resources: Resources)], _ emit: (Allocation) -> Void
  ) {
    let index = demands.entries[valid: demand].subscription
    let (framework, role) = (subscriptions[Int(index)].framework, subscriptions[Int(index)].role)
    for (agent, resources) in offers {
      // It was charged when it was set aside.
      charge(index, AgentLedger.Change(amounts: Amounts()), offers: 1)
      countOutstanding(index)
      emit(
        Allocation(agent: agent, framework: framework, role: role, resources: resources, demand: demand))
    }
    demands.remove(demand)
    delistLimited()
  }

  // MARK: At once

  /// Meets a demand if all of it fits into what is free.
  private mutating func meetAtOnce(_ demand: DemandSlot, _ emit: (Allocation) -> Void) -> Bool {
    let ledger = demands.entries[valid: demand]
    var placement = Placement(ledger.bundles)
    var ceiling = ceiling(of: ledger)
    for agent in 0..<agents.capacity where agents.key(at: agent) != nil {
      place(ledger, &placement, on: agent, &ceiling)
      if placement.isComplete { break }
    }
    guard placement.isComplete else {
      demands.note(demand, placement)
      return false
    }
    let offers = placement.byAgent
    for (agent, resources) in offers {
      let amounts = dimensions.amounts(of: resources)
      charge(
        ledger.subscription,
        change(agent) { $0.offer(resources, amounts, to: ledger.subscription, $1) })
    }
    marks.insert(.demandMetAtOnce)
    meet(demand, offers, emit)
    return true
  }

  /// The next of those that wait for which enough is free in all.
  private mutating func nextWaiting() -> DemandSlot? {
    let capacity = demands.entries.capacity
    for step in 1..<(capacity + 1) {
      let index = (Int(demands.lastTried) + step) % capacity
      guard let demand = demands.entries.key(at: index), demands.hold?.demand != demand,
        !demands.entries[index].isUntried, isEligible(demand), mayBeFree(demands.entries[index])
      else { continue }
      demands.lastTried = UInt32(index)
      return demand
    }
    return nil
  }

  /// Whether so much is free, wherever it may be.
  private func mayBeFree(_ demand: DemandLedger) -> Bool {
    hasReservations || free.covers(demand.sums)
  }

  /// Whether any scalar is reserved for any role: a demand may be met without what counts as free.
  private var hasReservations: Bool { !roles[Int(Self.root)].quota.reserved.isZero }

  // MARK: By and by

  private mutating func beginHold(_ now: Instant) {
    var first: DemandSlot?
    for index in 0..<demands.entries.capacity {
      guard let demand = demands.entries.key(at: index), isEligible(demand) else { continue }
      if first.map({ comesBefore(demand, $0) }) ?? true { first = demand }
    }
    guard let first else {
      demands.restsUntil = now + .seconds(1)  // all that wait have to answer offers before
      return
    }
    demands.hold = DemandHold(
      demand: first, since: now, placement: Placement(demands.entries[valid: first].bundles))
  }

  /// Sets aside what the holder can use of what became free. False if the budget is used up.
  private mutating func extendHold(_ budget: inout Int, _ emit: (Allocation) -> Void) -> Bool {
    guard var hold = demands.hold else { return budget > 0 }
    demands.hold = nil  // so that it has one owner while it changes
    let ledger = demands.entries[valid: hold.demand]
    if hold.isStale {
      budget -= costOfDemand
      hold.isStale = false
      demands.dirty = []
      extendEverywhere(&hold, ledger)
    }
    demands.dirty.sort(by: >)
    while budget > 0, let agent = demands.dirty.popLast() {
      budget -= 1
      extend(&hold, ledger, Int(agent))
    }
    guard hold.placement.isComplete else {
      demands.hold = hold
      return budget > 0
    }
    demands.dirty = []
    marks.insert(.demandMetByHolding)
    let agents = hold.placement.byAgent.map(\.agent)
    meet(
      hold.demand,
      agents.map { agent in (agent, change(agent) { $0.offerPending(ledger.subscription, $1) }) }, emit)
    return budget > 0
  }

  /// Chooses anew what is set aside if it is more than quotas allow by now: one was lowered, or more is reserved.
  private mutating func keepHoldWithinQuotas() {
    guard hasQuotas, let hold = demands.hold else { return }
    let ledger = demands.entries[valid: hold.demand]
    let role = subscriptions[Int(ledger.subscription)].role.index
    guard isBeyondQuotas(hold.placement, of: role) else { return }
    releaseHold()
    demands.hold = DemandHold(
      demand: hold.demand, since: hold.since, placement: Placement(ledger.bundles))
  }

  /// Whether a role, or one above it, has more than its limit of something that is set aside for the role.
  private func isBeyondQuotas(_ placement: Placement, of role: UInt32) -> Bool {
    var next: UInt32? = role
    while let index = next {
      let consumed = quotaConsumed(index)
      if !roles[Int(index)].quota.limit.covers(consumed) {
        let held = dimensions.amounts(of: placement.resources).charged
        let isShort = dimensions.names.indices.contains {
          held[$0] > 0 && consumed[$0] > roles[Int(index)].quota.limit[$0]
        }
        if isShort { return true }
      }
      next = roles[Int(index)].parent
    }
    return false
  }

  /// Sets aside what a hold can use of all agents: first whole bundles, then parts, the largest first.
  private mutating func extendEverywhere(_ hold: inout DemandHold, _ demand: DemandLedger) {
    for agent in 0..<agents.capacity { extend(&hold, demand, agent, claims: false) }
    if hold.placement.isComplete { return }
    let ceiling = ceiling(of: demand)
    var parts: [(size: Double, agent: Int)] = []
    for agent in 0..<agents.capacity where agents.key(at: agent) != nil {
      let part = claim(demand, hold.placement, on: agent, after: Resources(), ceiling)
      if let part { parts.append((part.size, agent)) }
    }
    parts.sort { $0.size == $1.size ? $0.agent < $1.agent : $0.size > $1.size }
    for (_, agent) in parts { extend(&hold, demand, agent) }
  }

  /// Sets aside what a hold can use of an agent: the bundles that fit and, if there are more, a part of one. A part that
  /// has grown to a bundle is one.
  private mutating func extend(
    _ hold: inout DemandHold, _ demand: DemandLedger, _ agent: Int, claims: Bool = true
  ) {
    guard !hold.placement.isComplete, let slot = agents.key(at: agent), !agents[agent].unallocated.isEmpty
    else { return }
    let old = agents[agent].isSetAside ? hold.placement.takeClaim(on: slot) : nil
    if let old { release(old, demand) }
    var ceiling = ceiling(of: demand)
    let before = hold.placement.pieces.count
    place(demand, &hold.placement, on: agent, &ceiling)
    var new = hold.placement.pieces[before...].reduce(into: Resources()) { $0 += $1.resources }
    if claims || old != nil,
      let claim = claim(demand, hold.placement, on: agent, after: new, ceiling)
    {
      hold.placement.add(claim)
      new += claim.resources
    }
    if !new.isEmpty {
      charge(demand.subscription, change(slot) { $0.setAside(new, for: demand.subscription, $1) })
    }
    if let old, !new.contains(old.resources) { freed(slot) }
    // Only a bundle that has found a place makes a part of another one superfluous.
    while hold.placement.pieces.count > before,
      let claim = hold.placement.takeSuperfluousClaim(limit: demand.spread?.limit)
    {
      marks.insert(.holdGaveClaimBack)
      release(claim, demand)
      freed(claim.agent)
    }
  }

  /// Books that a part of a bundle is not set aside any more.
  private mutating func release(_ claim: Placement.Claim, _ demand: DemandLedger) {
    let change = change(claim.agent) { $0.releasePending(claim.resources, demand.subscription, $1) }
    guard let change else { return }
    uncharge(demand.subscription, change.amounts)
    if change.isLast { subscriptions[Int(demand.subscription)].agents -= 1 }
  }

  /// What was set aside on an agent is there for the others.
  private mutating func freed(_ agent: AgentSlot) {
    loosenQuotas()
    lookAt(agent)
  }

  // MARK: Never

  /// Why the cluster, as it is, could not meet a demand were nothing in use; nil if it can, as far as that is told
  /// easily.
  private func impossibility(of demand: DemandLedger) -> String? {
    let amounts = demand.sums
    if !hasReservations, let role = limitingRole(subscriptions[Int(demand.subscription)].role.index, amounts)
    {
      return "it is more than the quota of role '\(role)' allows"
    }
    if !total.covers(amounts) { return "it is more than all agents have" }
    for index in demand.bundles.indices {
      var placement = Placement(
        demand.bundles.indices.map { index == $0 ? demand.bundles[$0].count : 0 })
      var ceiling = Ceiling.unbounded
      for agent in 0..<agents.capacity where agents.key(at: agent) != nil {
        place(demand, &placement, on: agent, &ceiling, isEmptied: true)
        if placement.isComplete { break }
      }
      if placement.isComplete { continue }
      let (count, need) = (demand.bundles[index].count, demand.bundles[index].need)
      let room = count - placement.missingCount
      return "were all agents free, there would be room for \(room) of \(count) x (\(need))"
        + (demand.spread.map { " with \($0)" } ?? "")
    }
    return spreadProblem(demand)
  }

  /// The first role from a role upward whose limit is lower than so much.
  private func limitingRole(_ role: UInt32, _ amounts: Quantities) -> String? {
    var next: UInt32? = role
    while let index = next {
      if !roles[Int(index)].quota.limit.covers(amounts) { return roles[Int(index)].name }
      next = roles[Int(index)].parent
    }
    return nil
  }

  private func spreadProblem(_ demand: DemandLedger) -> String? {
    guard let spread = demand.spread else { return nil }
    var domains = Set<SpreadDomain>()
    for agent in 0..<agents.capacity where agents.key(at: agent) != nil {
      if let domain = spreadDomain(agent, spread.domain) { domains.insert(domain) }
    }
    // As a product of two counts that are bounded it does not overflow.
    guard domains.count * min(spread.limit, demand.count) < demand.count else { return nil }
    return
      "\(demand.count) bundles are too many for the \(domains.count) there are to spread them over, with \(spread)"
  }
}
