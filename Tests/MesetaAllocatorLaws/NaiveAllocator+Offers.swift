// What a client is to be offered of an agent, from the definitions.

import MesetaAllocator
import MesetaModel
import MesetaRuntime

extension NaiveAllocator {
  /// Whether a client may be offered anything of an agent.
  func isWelcome(_ client: Client, on agent: Agent) -> Bool {
    guard let framework = frameworks[client.framework], agent.isActive else { return false }
    if options.filterGPUResources, agent.total.scalar("gpus") > .zero,
      !framework.capabilities.contains(.gpuResources)
    {
      return false
    }
    guard let here = options.domain, let there = agent.domain, here.region != there.region else {
      return true
    }
    return framework.capabilities.contains(.regionAware)
  }

  /// Whether a client may be offered a resource.
  func isOfferable(_ resource: Resource, to client: Client) -> Bool {
    guard let capabilities = frameworks[client.framework]?.capabilities else { return false }
    if let owner = resource.reservationRole, !RoleNames.isWithin(client.role, owner) { return false }
    if resource.isRevocable, !capabilities.contains(.revocableResources) { return false }
    if resource.isShared, !capabilities.contains(.sharedResources) { return false }
    return resource.traits.reservations.count < 2 || capabilities.contains(.reservationRefinement)
  }

  /// Whether a part is enough to be of use to a client.
  func isOfUse(_ part: Resources, to client: Client) -> Bool {
    let minimum = frameworks[client.framework]?.minimums[client.role] ?? options.minimalAllocatable
    return minimum.isEmpty
      || minimum.contains { alternative in
        alternative.allSatisfy { quantity in
          let amount = part.filter { $0.name == quantity.name }.reduce(0) { $0 + $1.value.quantity.milli }
          return amount >= quantity.scalar.milli
        }
      }
  }

  /// When a filter of a client on an agent ends that keeps a part from it; nil: none does.
  func filterEnd(_ part: Resources, _ agent: Agent, _ client: Client, _ now: Instant) -> Instant? {
    (agent.filters[client] ?? []).filter { $0.until > now && $0.resources.contains(part) }.map(\.until).max()
  }

  /// What quotas leave of a bag: what counts against them cut to what is left, piece by piece.
  private func cut(_ bag: Resources, to ceiling: Amount) -> Resources {
    var left = ceiling
    var result = Resources()
    for var resource in bag {
      if resource.reservationRole == nil, !resource.isRevocable, case .scalar(let scalar) = resource.value,
        let index = Amount.names.firstIndex(of: resource.name)
      {
        if scalar.milli > left[index] {
          guard left[index] > 0, resource.isDivisible(with: resource) else { continue }
          resource.value = .scalar(Scalar(milli: left[index]))
        }
        if left[index] != .max { left[index] -= min(left[index], scalar.milli) }
      }
      result.add(resource)
    }
    return result
  }

  /// What a client is to be offered of what is free on an agent; nil if nothing.
  ///
  /// - Parameter forGuarantees: only if it helps to meet the guarantee of a role.
  func part(
    of free: Resources, _ agent: AgentSlot, _ client: Client, _ standing: QuotaStanding, _ now: Instant,
    forGuarantees: Bool = false
  ) -> Resources? {
    guard let agent = agents[agent], isWelcome(client, on: agent) else { return nil }
    let whole = Resources(free.filter { isOfferable($0, to: client) })
    let part = cut(whole, to: standing.ceiling(for: client.role))
    if forGuarantees, !helps(part, client, standing) { return nil }
    guard !part.isEmpty, isOfUse(part, to: client), filterEnd(part, agent, client, now) == nil else {
      return nil
    }
    return part
  }

  /// Whether a part helps to meet a guarantee.
  func helps(_ part: Resources, _ client: Client, _ standing: QuotaStanding) -> Bool {
    any(pointwiseMin(standing.kept(for: client.role), Amount.charged(part)) .> .zero)
  }

  /// What a look at an agent has to give to clients in that order.
  func offers(
    _ agent: AgentSlot, _ free: Resources, _ order: [Client], _ now: Instant, forGuarantees: Bool
  ) -> [(client: Client, part: Resources)] {
    var after = self
    var free = free
    var standing = QuotaStanding(self, sums)
    var result: [(client: Client, part: Resources)] = []
    for client in order where after.wantsOffers(client) {
      guard
        let part = after.part(of: free, agent, client, standing, now, forGuarantees: forGuarantees)
      else { continue }
      after.book(agent, client, part)
      free -= part
      standing = QuotaStanding(after, after.sums)
      result.append((client, part))
    }
    return result
  }
}
