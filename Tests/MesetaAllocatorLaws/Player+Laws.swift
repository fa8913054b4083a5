// The laws, each in a few lines from the definitions.

import MesetaAllocator
import MesetaModel
import MesetaRuntime

// MARK: Of an offer

extension Player {
  /// Looks at an offer before it is booked.
  func check(_ offer: Held, _ order: [Client], forGuarantees: Bool) throws(Violation) {
    let client = try client(offer)
    guard let agent = naive.agents[offer.agent] else { throw Violation("an agent that is gone is offered") }
    guard naive.wantsOffers(client) else { throw Violation("an offer is made to whom none is to be made") }
    guard agent.unallocated.contains(offer.resources) else { throw Violation("what is not free is offered") }
    guard naive.isWelcome(client, on: agent) else {
      throw Violation("an agent is offered that is inactive or whose kind the framework does not understand")
    }
    for resource in offer.resources where !naive.isOfferable(resource, to: client) {
      throw Violation("\(resource) is offered, which is for others")
    }
    guard !offer.resources.isEmpty, naive.isOfUse(offer.resources, to: client) else {
      throw Violation("less is offered than is of use")
    }
    guard naive.filterEnd(offer.resources, agent, client, now) == nil else {
      throw Violation("what was declined is offered before its time")
    }
    try checkQuotas(offer, client)
    if !forGuarantees, !isInterrupted { try checkGuarantees(offer, client, agent, order) }
  }

  /// No limit is exceeded, and what is missing to guarantees stays free.
  private func checkQuotas(_ offer: Held, _ client: Client) throws(Violation) {
    let charged = Amount.charged(offer.resources)
    var after = naive
    after.book(offer.agent, client, offer.resources)
    let (before, then) = (QuotaStanding(naive, naive.sums), QuotaStanding(after, after.sums))
    for role in RoleNames.path(to: client.role) {
      guard !any(then.consumed(role) .> before.limit(role) .& (charged .> .zero)) else {
        throw Violation("the limit of \(role) is exceeded")
      }
    }
    let shortBefore = before.requiredInAll.excess(over: before.free)
    let shortAfter = then.requiredInAll.excess(over: then.free)
    guard !any(shortAfter .> shortBefore) else {
      throw Violation("less stays free than is missing to the guarantees")
    }
  }

  /// Nobody gets by share what somebody could take whose guarantee it would help to meet.
  private func checkGuarantees(
    _ offer: Held, _ client: Client, _ agent: NaiveAllocator.Agent, _ order: [Client]
  ) throws(Violation) {
    let standing = QuotaStanding(naive, naive.sums)
    guard any(Amount.charged(offer.resources) .> .zero), any(standing.requiredInAll .> .zero),
      !naive.helps(offer.resources, client, standing)
    else { return }
    for other in order {
      let part = naive.part(
        of: agent.unallocated, offer.agent, other, standing, now, forGuarantees: true)
      if let part, naive.wantsOffers(other) {
        throw Violation("\(name(other)) could take \(part), which its guarantee needs")
      }
    }
  }

  private typealias QuotaStanding = NaiveAllocator.QuotaStanding
}

// MARK: Of a state

extension Player {
  /// The accounts add up, and are those of the naive allocator.
  func checkState() throws(Violation) {
    if let violation = allocator.conservationViolation() { throw Violation(violation) }
    for slot in agents {
      guard let agent = naive.agents[slot] else { continue }
      let offered = agent.holdings.values.reduce(into: Resources()) { $0 += $1.offeredSum }
      let used = agent.holdings.values.reduce(into: Resources()) { $0 += $1.usedSum }
      guard allocator.unallocated(slot) == agent.unallocated, allocator.offered(slot) == offered,
        allocator.used(slot) == used
      else { throw Violation("the account of \(name(slot)) is wrong: \(agent.unallocated) is free") }
    }
    for framework in frameworks {
      guard allocator.outstandingOffers(framework) == naive.outstandingOffers(framework) else {
        throw Violation("the offers of \(name(framework)) are counted wrongly")
      }
    }
    let roles = naive.knownRoles(naive.knownClients)
    guard allocator.roleNames == roles.sorted() else {
      throw Violation("the roles are \(allocator.roleNames), and not \(roles.sorted())")
    }
    try checkRoles(roles)
  }

  private func checkRoles(_ roles: Set<String>) throws(Violation) {
    let sums = naive.sums
    let standing = NaiveAllocator.QuotaStanding(naive, sums)
    for name in roles.sorted() {
      guard let role = allocator.role(name) else { continue }
      let share = naive.dominantShare(sums.held { RoleNames.isWithin($0.role, name) }, sums)
      guard allocator.dominantShare(role) == share else {
        throw Violation("the share of \(name) is \(share), not \(allocator.dominantShare(role))")
      }
      guard naive.quotas.isEmpty || allocator.quotaConsumed(name) == standing.consumed(name).quantities else {
        throw Violation("\(name) has used \(standing.consumed(name).quantities) of its quota")
      }
    }
  }

  /// After the runs nobody could be offered anything more, and the allocator can say why. Shared resources are there again
  /// after a look, and are offered anew in the next one.
  func checkNothingIsLeft() throws(Violation) {
    let sums = naive.sums
    let standing = NaiveAllocator.QuotaStanding(naive, sums)
    for client in naive.order(sums, allocator) {
      for agent in agents {
        if let part = naive.part(of: allocator.unallocated(agent), agent, client, standing, now),
          !part.contains(where: \.isShared)
        {
          throw Violation("left on offer: \(part) of \(name(agent)) for \(name(client))")
        }
      }
    }
    for framework in frameworks {
      let reasons = allocator.explain(framework, now: now)
      guard reasons.count == agents.count else { throw Violation("there is not one reason an agent") }
      for (agent, reason) in reasons {
        try check(reason, agent, framework)
      }
    }
  }

  private func check(
    _ reason: OfferReason, _ agent: AgentSlot, _ framework: FrameworkSlot
  ) throws(Violation) {
    let isOffered =
      naive.agents[agent]?.holdings.contains {
        $0.key.framework == framework && !$0.value.offered.isEmpty
      } ?? false
    let isLeft = reason == .available && !setting.has(.shared)
    guard !isLeft, (reason == .offered) == isOffered else {
      throw Violation("\(name(agent)) is said to be \(reason) for \(name(framework))")
    }
  }
}
