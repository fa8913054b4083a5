// Why agents are, or are not, on offer to a framework.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  /// EXPLAIN. O(agents) for each role of the framework.
  func explain(
    _ id: FrameworkID, agentID: AgentID?, role: String?, _ peer: Peer, at time: Time
  ) throws(CallError) -> Explanation {
    guard let key = frameworksByID[id], let framework = frameworks[key] else {
      throw CallError(
        .notFound,
        isRemoved(id)
          ? "the framework \"\(id)\" is over: nothing is offered to it any more"
          : "no framework has the id \"\(id)\"; GET_FRAMEWORKS lists those there are")
    }
    if let agentID, agentsByID[agentID] == nil {
      throw CallError(.notFound, "no agent has the id \"\(agentID)\"; GET_AGENTS lists those there are")
    }
    let roles = framework.info.subscribedRoles
    if let role, !roles.contains(role) {
      throw CallError(
        .notFound, "the framework \"\(id)\" is not subscribed to the role \"\(role)\" but to \(roles.braced)")
    }
    let looked = role.map { [$0] } ?? roles
    for role in looked where !authorizer.isAllowed(peer.principal, .viewRole, on: .role(role)) {
      throw CallError(.forbidden, "not authorized to see the role \"\(role)\"")
    }
    var explanation = Explanation(
      frameworkID: id, frameworkName: framework.info.name, roles: looked, time: time.wall, agents: [])
    for (slot, role, reason) in nearest(framework, looked, at: time) {
      guard let agentKey = agentsByAccount[Int(slot.index)], let agent = agents[agentKey],
        agentID == nil || agent.id == agentID
      else { continue }
      explanation.agents.append(
        Explanation.Agent(
          agent.id, hostname: agent.info.hostname, role: role,
          tell(reason, of: framework, in: role, on: slot, at: time)))
    }
    return explanation
  }

  /// The reason for each agent, in the role in which it is nearest to an offer.
  private func nearest(
    _ framework: FrameworkEntry, _ roles: [String], at time: Time
  ) -> [(agent: AgentSlot, role: String?, reason: OfferReason)] {
    var nearest: [(agent: AgentSlot, role: String?, reason: OfferReason)] = []
    for role in roles {
      guard let slot = allocator.role(role) else { continue }
      let reasons = allocator.explain(framework.slot, role: slot, now: time.monotonic)
      if nearest.isEmpty {
        nearest = reasons.map { ($0.agent, role, $0.reason) }
        continue
      }
      for (index, found) in reasons.enumerated() where found.reason.rank > nearest[index].reason.rank {
        nearest[index] = (found.agent, role, found.reason)
      }
    }
    if nearest.isEmpty {
      return allocator.explain(framework.slot, now: time.monotonic).map { ($0.agent, nil, $0.reason) }
    }
    return nearest
  }

  /// The reason with what an operator wants to know of it.
  private func tell(
    _ reason: OfferReason, of framework: FrameworkEntry, in role: String?, on agent: AgentSlot, at time: Time
  ) -> Explanation.Reason {
    switch reason {
    case .frameworkInactive: .frameworkInactive
    case .noRole: .noRole
    case .suppressed: .suppressed
    case .outstandingLimit: .outstandingLimit(configuration.allocator.maxOutstandingOffers)
    case .agentInactive: .agentInactive
    case .gpuOnly: .gpuOnly
    case .remoteRegion: .remoteRegion
    case .constraint: .constraint
    case .allocatedElsewhere: .allocatedElsewhere
    case .setAside: .setAside
    case .reserved(let role): .reserved(role: role)
    case .incapable: .incapable
    case .quotaLimit(let role): .quotaLimit(role: role, used: exhausted(of: role))
    case .quotaHeadroom: .quotaHeadroom
    case .tooSmall(let resource): .tooSmall(shortage(of: resource, for: framework, in: role, on: agent))
    case .filtered(let until):
      .filtered(until: time.wall.addingSaturated((until - time.monotonic).nanoseconds))
    // What it is offered in another role is taken, in this one.
    case .behind(let first, let share): first == framework.slot ? .allocatedElsewhere : behind(first, share)
    case .available: .available
    case .offered: .offered
    }
  }

  private func behind(_ first: FrameworkSlot, _ share: Double) -> Explanation.Reason {
    guard let key = frameworksByAccount[Int(first.index)], frameworks.contains(key) else { return .unknown }
    return .behind(frameworks[valid: key].id, share: share)
  }

  /// What is used up of a quota; if nothing is to the last, then all that is limited.
  private func exhausted(of role: String) -> [Explanation.Amount] {
    let used = ResourceSums(allocator.quotaConsumed(role))
    let limits = (allocator.quota(role)?.limits ?? []).map {
      Explanation.Amount($0.name, used.amount($0.name), of: $0.scalar)
    }
    let exhausted = limits.filter { $0.amount >= $0.bound }
    return exhausted.isEmpty ? limits : exhausted
  }

  /// How much is free of what is short, and how much the framework wants at least.
  private func shortage(
    of resource: String, for framework: FrameworkEntry, in role: String?, on agent: AgentSlot
  ) -> [Explanation.Amount] {
    let free = ResourceSums(
      Resources(
        allocator.unallocated(agent).filter { resource in
          resource.reservationRole.map { Role.isSameOrBelow(role ?? Role.anyone, $0) } ?? true
        }))
    let minimum =
      framework.info.offerFilters.last { $0.role == role }?.minimalQuantities
      ?? configuration.allocator.minimalAllocatable
    let wanted = minimum.flatMap { $0 }
      .filter { free.amount($0.name) < $0.scalar && (resource.isEmpty || $0.name == resource) }
      .map { Explanation.Amount($0.name, free.amount($0.name), of: $0.scalar) }
    var seen = Set<String>()
    return wanted.filter { seen.insert($0.name).inserted }
  }
}

extension Int64 {
  func addingSaturated(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }
}
