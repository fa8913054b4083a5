// Why a framework is, or is not, offered what there is.

import MesetaModel
public import MesetaRuntime

/// Why an agent is, or is not, on offer to a framework. A case further down is nearer to an offer.
public enum OfferReason: Hashable, Sendable {
  /// The framework is disconnected or deactivated.
  case frameworkInactive
  /// It subscribes to no role.
  case noRole
  /// It wants no offers.
  case suppressed
  /// It has not answered as many offers as are allowed.
  case outstandingLimit
  /// The agent is disconnected, deactivated or draining.
  case agentInactive
  /// The agent has GPUs, which the framework does not declare to understand.
  case gpuOnly
  /// The agent is in another region, which the framework does not declare to understand.
  case remoteRegion
  /// The framework's offer constraints exclude the agent.
  case constraint
  /// Everything on the agent is offered or used.
  case allocatedElsewhere
  /// What is free is set aside for demands of whole sets of resources.
  case setAside
  /// What is free is reserved for another role.
  case reserved(role: String)
  /// What is free is of a kind that the framework does not declare to understand: revocable, shared, refined.
  case incapable
  /// The quota of the role, or of one above it, is used up.
  case quotaLimit(role: String)
  /// What is free is kept for roles whose guarantees are not met.
  case quotaHeadroom
  /// What is free is less than is of use to the framework; the name of what is short.
  case tooSmall(resource: String)
  /// The framework declined what is free.
  case filtered(until: Instant)
  /// Somebody whose share is smaller by so much is served first and would take it.
  case behind(framework: FrameworkSlot, share: Double)
  /// It is free for the framework: it gets it in the next run.
  case available
  /// It is offered to the framework.
  case offered

  /// How near to an offer.
  package var rank: Int {
    switch self {
    case .frameworkInactive: 0
    case .noRole: 1
    case .suppressed: 2
    case .outstandingLimit: 3
    case .agentInactive: 4
    case .gpuOnly: 5
    case .remoteRegion: 6
    case .constraint: 7
    case .allocatedElsewhere: 8
    case .setAside: 9
    case .reserved: 10
    case .incapable: 11
    case .quotaLimit: 12
    case .quotaHeadroom: 13
    case .tooSmall: 14
    case .filtered: 15
    case .behind: 16
    case .available: 17
    case .offered: 18
    }
  }
}

extension Allocator {
  /// Why each agent is, or is not, on offer to a framework: one reason an agent, of its roles the one that is
  /// nearest to an offer; agents by ascending slot. O(agents), and changes nothing.
  ///
  /// - Parameter role: only this one of the framework's roles; nil: all.
  public func explain(
    _ framework: FrameworkSlot, role: RoleSlot? = nil, now: Instant
  ) -> [(agent: AgentSlot, reason: OfferReason)] {
    guard let ledger = frameworks[framework] else { return [] }
    let candidates = ledger.subscriptions.filter { role == nil || subscriptions[Int($0)].role == role }
    var result: [(agent: AgentSlot, reason: OfferReason)] = []
    agents.visit { agent, _ in
      var best = ledger.isActive ? OfferReason.noRole : .frameworkInactive
      for index in candidates {
        let reason = reason(Int(agent.index), index, now)
        if reason.rank > best.rank { best = reason }
      }
      result.append((agent, best))
    }
    return result
  }

  private func reason(_ agent: Int, _ index: UInt32, _ now: Instant) -> OfferReason {
    if let holding = agents[agent].index(of: index), !agents[agent].holdings[holding].offered.isEmpty {
      return .offered
    }
    return reasonOfFramework(index) ?? reasonOfAgent(agent, index) ?? reasonOfResources(agent, index, now)
  }

  /// Why a subscription gets no offers at all.
  private func reasonOfFramework(_ index: UInt32) -> OfferReason? {
    let framework = Int(subscriptions[Int(index)].framework.index)
    if !frameworks[framework].isActive { return .frameworkInactive }
    if !subscriptions[Int(index)].isSubscribed { return .noRole }
    if subscriptions[Int(index)].isSuppressed { return .suppressed }
    return frameworks[framework].isAtLimit ? .outstandingLimit : nil
  }

  /// Why a subscription gets no offers of an agent, whatever is free on it.
  private func reasonOfAgent(_ agent: Int, _ index: UInt32) -> OfferReason? {
    if !agents[agent].isActive { return .agentInactive }
    let missing = requiredCapabilities(agent).subtracting(subscriptions[Int(index)].capabilities)
    if missing.contains(.gpuResources) { return .gpuOnly }
    if missing.contains(.regionAware) { return .remoteRegion }
    return constraints.evaluated(agent, index) ? .constraint : nil
  }

  private func reasonOfResources(_ agent: Int, _ index: UInt32, _ now: Instant) -> OfferReason {
    let subscription = subscriptions[Int(index)]
    let minimum = subscription.minimum ?? defaultMinimum
    if agents[agent].unallocated.isEmpty { return nothingLeft(agent, for: index, or: .allocatedElsewhere) }
    let role = roles[Int(subscription.role.index)].name
    let free = agents[agent].unallocated
    let allowed = Resources(free.filter { OfferableParts.isOfferable($0, role, subscription.capabilities) })
    if allowed.isEmpty {
      let owner = free.lazy.compactMap(\.reservationRole).first { !Role.isSameOrBelow(role, $0) }
      return owner.map { .reserved(role: $0) } ?? .incapable
    }
    if let missing = minimum.missing(in: allowed, dimensions.amounts(of: allowed).all) {
      return nothingLeft(agent, for: index, or: .tooSmall(resource: missing))
    }
    var parts = OfferableParts(free)
    guard let part = offerablePart(agent, &parts, to: index), minimum.allow(part.resources, part.amounts.all)
    else { return reasonOfQuota(allowed, minimum, subscription.role.index) }
    if let end = agents[agent].filters.end(subscription.filterKey, part.resources, now) {
      return .filtered(until: end)
    }
    return .available
  }

  /// Who has what would be enough of an agent.
  private func nothingLeft(_ agent: Int, for index: UInt32, or reason: OfferReason) -> OfferReason {
    holder(agent, before: index) ?? (agents[agent].isSetAside ? .setAside : reason)
  }

  /// Which quota keeps what would be enough of an agent from a role.
  private func reasonOfQuota(_ free: Resources, _ minimum: MinimalQuantities, _ role: UInt32) -> OfferReason {
    var next: UInt32? = role
    while let index = next {
      var ceiling = Ceiling.unbounded
      ceiling.lower(
        to: roles[Int(index)].quota.limit, less: quotaConsumed(index), count: dimensions.names.count)
      let part = free.chopped(to: ceiling, dimensions)
      if !minimum.allow(part, dimensions.amounts(of: part).all) {
        return .quotaLimit(role: roles[Int(index)].name)
      }
      next = roles[Int(index)].parent
    }
    return .quotaHeadroom
  }

  /// To whom most of an agent is offered, and how much smaller their share was before that.
  private func holder(_ agent: Int, before index: UInt32) -> OfferReason? {
    var best: (holding: AgentLedger.Holding, share: Double)?
    for holding in agents[agent].holdings where !holding.offered.isEmpty {
      let share = dimensions.dominantShare(of: holding.offeredAmounts.all, in: total)
      if best.map({ $0.share < share }) ?? true { best = (holding, share) }
    }
    guard let (holding, _) = best else { return nil }
    return .behind(
      framework: subscriptions[Int(holding.subscription)].framework,
      share: lead(of: holding.subscription, without: holding.offeredAmounts.all, over: index))
  }

  /// By how much the share of one subscription without an offer is smaller than that of another: where their roles
  /// part in the tree, over the weights.
  private func lead(of holder: UInt32, without offer: Quantities, over index: UInt32) -> Double {
    func share(_ allocated: Quantities, _ weight: Double) -> Double {
      dimensions.dominantShare(of: allocated, in: total) / weight
    }
    let (theirs, ours) = (subscriptions[Int(holder)], subscriptions[Int(index)])
    if theirs.role == ours.role {
      var rest = theirs.allocated.all
      rest -= offer
      return max(0, share(ours.allocated.all, 1) - share(rest, 1))
    }
    let (their, our) = partingClients(theirs.role.index, ours.role.index)
    var rest = their.isOwn ? roles[Int(their.role)].ownAllocated : roles[Int(their.role)].allocated.all
    rest -= offer
    let mine = our.isOwn ? roles[Int(our.role)].ownAllocated : roles[Int(our.role)].allocated.all
    return max(
      0,
      share(mine, our.isOwn ? 1 : roles[Int(our.role)].weight)
        - share(rest, their.isOwn ? 1 : roles[Int(their.role)].weight))
  }
}
