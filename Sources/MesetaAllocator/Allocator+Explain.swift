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

  var rank: Int {
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
    let subscription = subscriptions[Int(index)]
    let framework = frameworks[Int(subscription.framework.index)]
    if let holding = agents[agent].index(of: index), !agents[agent].holdings[holding].offered.isEmpty {
      return .offered
    }
    if !framework.isActive { return .frameworkInactive }
    if !subscription.isSubscribed { return .noRole }
    if subscription.isSuppressed { return .suppressed }
    if framework.isAtLimit { return .outstandingLimit }
    if !agents[agent].isActive { return .agentInactive }
    let missing = requiredCapabilities(agent).subtracting(subscription.capabilities)
    if missing.contains(.gpuResources) { return .gpuOnly }
    if missing.contains(.regionAware) { return .remoteRegion }
    if agents[agent].unallocated.isEmpty { return .allocatedElsewhere }
    var parts = OfferableParts(agents[agent].unallocated)
    guard let part = offerablePart(agent, &parts, to: index) else { return .reserved(role: Role.anyone) }
    var dimensions = dimensions
    guard (subscription.minimum ?? defaultMinimum).allow(part, dimensions.quantities(of: part)) else {
      return .tooSmall(resource: "")
    }
    if let end = agents[agent].filters.end(subscription.filterKey, part, now) { return .filtered(until: end) }
    return .available
  }
}
