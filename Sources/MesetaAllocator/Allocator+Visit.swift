// A look at one agent: who is to be offered what is free on it. The sorters stay as they are meanwhile.

import MesetaModel
import MesetaRuntime

extension Allocator {
  /// Offers what is free on an agent. Returns how much work it was.
  mutating func visit(_ agent: Int, _ now: Instant, _ emit: (Allocation) -> Void) -> Int {
    guard agents[agent].isActive, !agents[agent].unallocated.isEmpty else { return 0 }
    if !agents[agent].filters.isEmpty { agents[agent].filters.prune(now, &filterKeys) }
    let work = agents[agent].filters.filters.count
    let candidates = agents[agent].isForAskers ? sortedAskers() : nil
    if !hasQuotas, agents[agent].unallocated.isForEveryone {
      return work + offerWhole(agent, candidates, emit)
    }
    return work + offerParts(agent, candidates, now, emit)
  }

  private mutating func sortedAskers() -> [UInt32] {
    run.askers.removeAll { subscriptions.key(at: Int($0)) == nil || !subscriptions[Int($0)].isListed }
    guard run.askers.count > 1 else { return run.askers }
    return run.askers.sorted(by: comesBefore)
  }

  // MARK: The order

  /// Calls `body` with everyone who wants offers in a role or below it, in order, until it returns false. Returns
  /// whether it never did.
  ///
  /// - Parameter isExhaustedSkipped: leaves out the roles that have used up their quota.
  @discardableResult
  mutating func eachCandidate(
    below role: UInt32 = root, isExhaustedSkipped: Bool = false,
    _ body: (inout Allocator, UInt32) -> Bool
  ) -> Bool {
    for chunk in roles[Int(role)].clients.chunks {
      for rank in chunk {
        if rank.client != role {
          if isExhaustedSkipped, rank.share == .infinity { return true }
          guard eachCandidate(below: rank.client, isExhaustedSkipped: isExhaustedSkipped, body) else {
            return false
          }
        } else {
          for chunk in roles[Int(role)].frameworks.chunks {
            for rank in chunk where !body(&self, rank.client) { return false }
          }
        }
      }
    }
    return true
  }

  /// The same with those alone for whose roles something is kept.
  @discardableResult
  private mutating func eachNeedyCandidate(
    below role: UInt32 = root, _ body: (inout Allocator, UInt32) -> Bool
  ) -> Bool {
    if !roles[Int(role)].quota.kept.isZero { return eachCandidate(below: role, body) }
    for chunk in roles[Int(role)].quota.needy.chunks {
      for rank in chunk where !eachNeedyCandidate(below: rank.client, body) { return false }
    }
    return true
  }

  // MARK: Agents on which all is for everyone

  private mutating func offerWhole(
    _ agent: Int, _ candidates: [UInt32]?, _ emit: (Allocation) -> Void
  ) -> Int {
    var work = 0
    guard let index = firstTaker(agent, candidates, &work) else { return work }
    let slot = agents[agent].slot
    var change = AgentLedger.Change()
    let all = self.change(slot) { $0.offerAll(to: index, $1, &change) }
    book(all, of: slot, change, to: index, emit)
    return work + AllocationRun.costOfOffer
  }

  /// A look at an agent on which all is for everyone.
  private struct Look {
    let agent: Int
    let required: Capabilities
    /// Whether it is enough for those who do not say how much that is.
    let isEnough: Bool
  }

  /// The first in order who takes all that is free on an agent, where it is the same for everyone.
  private mutating func firstTaker(_ agent: Int, _ candidates: [UInt32]?, _ work: inout Int) -> UInt32? {
    markFiltered(agent)
    let look = Look(
      agent: agent, required: requiredCapabilities(agent),
      isEnough: defaultMinimum.allow(agents[agent].unallocated, agents[agent].unallocatedAmounts.all))
    if let candidates {
      work += candidates.count
      return candidates.first { takesWhole(look, $0) }
    }
    return firstTaker(look, below: Self.root, &work)
  }

  /// The same of those who want offers in a role or below it. Goes through them as ``eachCandidate(below:isExhaustedSkipped:_:)``
  /// does, by indices: for most looks that is all there is to do, and holding on to the lists would be half of it.
  private mutating func firstTaker(_ look: Look, below role: UInt32, _ work: inout Int) -> UInt32? {
    let place = Int(role)
    for chunk in roles[place].clients.chunks.indices {
      for position in roles[place].clients.chunks[chunk].indices {
        let client = roles[place].clients.chunks[chunk][position].client
        let isWhole = client == role || roles[Int(client)].children == 0
        let taker =
          isWhole ? firstTaker(look, of: Int(client), &work) : firstTaker(look, below: client, &work)
        if let taker { return taker }
      }
    }
    return nil
  }

  /// The same of a role's own frameworks.
  private mutating func firstTaker(_ look: Look, of role: Int, _ work: inout Int) -> UInt32? {
    for chunk in roles[role].frameworks.chunks.indices {
      for position in roles[role].frameworks.chunks[chunk].indices {
        let index = roles[role].frameworks.chunks[chunk][position].client
        work += 1
        if takesWhole(look, index) { return index }
      }
    }
    return nil
  }

  private mutating func takesWhole(_ look: Look, _ index: UInt32) -> Bool {
    if run.filtered[Int(index)] == run.look { return false }
    if isExcluded(look.agent, index) { return false }
    guard subscriptions[Int(index)].capabilities.isSuperset(of: look.required) else { return false }
    guard subscriptions[Int(index)].minimum != nil else { return look.isEnough }
    return hasMinimum(look.agent, index)
  }

  /// Whether what is free on an agent is as much as a candidate takes at least, if it has said so.
  private func hasMinimum(_ agent: Int, _ index: UInt32) -> Bool {
    subscriptions[Int(index)].minimum?
      .allow(agents[agent].unallocated, agents[agent].unallocatedAmounts.all) ?? true
  }

  /// Marks for whom a filter keeps all that is free on an agent.
  private mutating func markFiltered(_ agent: Int) {
    if run.look == .max {
      run.filtered = []
      run.look = 0
    }
    run.look += 1
    while run.filtered.count < subscriptions.capacity { run.filtered.append(0) }
    if agents[agent].filters.isEmpty { return }
    let look = run.look
    agents[agent].filters.forEachMatching(agents[agent].unallocated) {
      if let index = filterKeys[$0.key].subscription { run.filtered[Int(index)] = look }
    }
  }

  // MARK: Agents on which each may have a part

  private mutating func offerParts(
    _ agent: Int, _ candidates: [UInt32]?, _ now: Instant, _ emit: (Allocation) -> Void
  ) -> Int {
    var parts = OfferableParts(agents[agent].unallocated)
    var work = 0
    func look(_ allocator: inout Allocator, _ index: UInt32) {
      work += 1
      if allocator.offerPart(agent, &parts, to: index, now, emit) { work += AllocationRun.costOfOffer }
    }
    if let candidates {
      for index in candidates where !parts.rest.isEmpty { look(&self, index) }
    } else if run.stage == .guarantees {
      eachNeedyCandidate { allocator, index in
        look(&allocator, index)
        return !parts.rest.isEmpty
      }
    } else {
      eachCandidate(isExhaustedSkipped: !parts.hasRevocable) { allocator, index in
        look(&allocator, index)
        return parts.hasUnreserved
      }
      // What is reserved goes to nobody else; those whose quota is used up may have it too.
      let names = parts.reservedRoles
      for role in parts.hasUnreserved && !names.isEmpty ? [Self.root] : inOrder(names) {
        eachCandidate(below: role) { allocator, index in
          look(&allocator, index)
          return !parts.rest.isEmpty
        }
      }
    }
    if parts.isHeldBack || exhaustedRoles > 0, !parts.rest.isEmpty, !agents[agent].isHeldBack {
      marks.insert(.agentHeldBack)
      agents[agent].isHeldBack = true
      run.heldBack.append(UInt32(agent))
    }
    return work
  }

  /// Offers to a candidate what it may have of an agent on which not all is for everyone.
  private mutating func offerPart(
    _ agent: Int, _ parts: inout OfferableParts, to index: UInt32, _ now: Instant,
    _ emit: (Allocation) -> Void
  ) -> Bool {
    guard !frameworks[Int(subscriptions[Int(index)].framework.index)].isAtLimit, !isExcluded(agent, index),
      let part = offerablePart(agent, &parts, to: index)
    else { return false }
    if run.stage == .guarantees, !part.amounts.charged.sharesAny(with: part.kept) { return false }
    let minimum = subscriptions[Int(index)].minimum ?? defaultMinimum
    guard minimum.allow(part.resources, part.amounts.all),
      agents[agent].filters.end(subscriptions[Int(index)].filterKey, part.resources, now) == nil
    else { return false }
    if part.isChopped { marks.insert(.partChopped) }
    if run.stage == .guarantees { marks.insert(.guaranteeServed) }
    offer(agent, part.resources, part.amounts, to: index, emit)
    parts.take(part.resources)
    return true
  }

  /// What a candidate may have of an agent; nil if nothing.
  func offerablePart(
    _ agent: Int, _ parts: inout OfferableParts, to index: UInt32
  ) -> OfferableParts.Part? {
    let capabilities = subscriptions[Int(index)].capabilities
    guard capabilities.isSuperset(of: requiredCapabilities(agent)) else { return nil }
    let role = subscriptions[Int(index)].role
    return parts.part(role, capabilities) { rest in
      var part = rest
      if !rest.isForEveryone {
        let name = roles[Int(role.index)].name
        part = Resources(rest.filter { OfferableParts.isOfferable($0, name, capabilities) })
      }
      return part.isEmpty ? nil : chopped(part, for: role.index)
    }
  }

  /// What quotas leave of a part for a role.
  private func chopped(_ resources: Resources, for role: UInt32) -> OfferableParts.Part {
    var part = OfferableParts.Part(resources: resources, amounts: dimensions.amounts(of: resources))
    guard hasQuotas else { return part }
    part.kept = kept(for: role)
    var ceiling = limit(for: role)
    ceiling.lower(to: headroom(for: part.kept), count: dimensions.names.count)
    guard !ceiling.covers(part.amounts.charged) else { return part }
    part.isChopped = true
    part.resources = resources.chopped(to: ceiling, dimensions)
    part.amounts = dimensions.amounts(of: part.resources)
    return part
  }

  /// Without which capabilities a framework is offered nothing of an agent.
  func requiredCapabilities(_ agent: Int) -> Capabilities {
    var required: Capabilities = []
    if options.filterGPUResources, agents[agent].hasGPUs { required.insert(.gpuResources) }
    if let here = options.domain, let there = agents[agent].domain, here.region != there.region {
      required.insert(.regionAware)
    }
    return required
  }

  private mutating func offer(
    _ agent: Int, _ part: Resources, _ amounts: Amounts, to index: UInt32, _ emit: (Allocation) -> Void
  ) {
    let slot = agents[agent].slot
    let change = change(slot) { $0.offer(part, amounts, to: index, $1) }
    book(part, of: slot, change, to: index, emit)
  }

  /// Books an offer on the accounts beyond the agent's, and tells of it.
  private mutating func book(
    _ part: Resources, of agent: AgentSlot, _ change: AgentLedger.Change, to index: UInt32,
    _ emit: (Allocation) -> Void
  ) {
    countOutstanding(index)
    charge(index, change, offers: 1)
    let (framework, role) = (subscriptions[Int(index)].framework, subscriptions[Int(index)].role)
    emit(Allocation(agent: agent, framework: framework, role: role, resources: part))
  }
}
