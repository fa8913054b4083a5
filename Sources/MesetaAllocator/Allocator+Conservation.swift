// The law of the ledger: nothing is lost, nothing is there twice.

import MesetaModel
public import MesetaRuntime

extension Allocator {
  /// Stops the program unless the accounts of all agents and of all who hold their resources add up. O(agents).
  public func checkConservation() {
    if let violation = conservationViolation() { preconditionFailure(violation) }
  }

  /// Stops the program unless the account of an agent adds up: total + deficit = unallocated + offered + used +
  /// pending.
  public func checkConservation(_ agent: AgentSlot) {
    if let violation = conservationViolation(of: agent) { preconditionFailure(violation) }
  }

  /// What does not add up in the account of an agent; nil if all does.
  package func conservationViolation(of agent: AgentSlot) -> String? {
    var law = LedgerLaw()
    if let ledger = agents[agent] { check(agent, ledger, &law) }
    return law.violation
  }

  /// Which account does not add up; nil if all do. O(agents).
  package func conservationViolation() -> String? {
    var law = LedgerLaw()
    var subscribed: [UInt32: Amounts] = [:]
    var free = Quantities()
    agents.visit { agent, ledger in
      check(agent, ledger, &law)
      free += ledger.free
      for index in ledger.holdings.indices {
        subscribed[ledger.holdings[index].subscription, default: Amounts()] += sums(
          ledger.holdings[index].held)
      }
    }
    law.expect(
      !hasQuotas || free == self.free, "the account of what is free differs from those of the agents")
    subscriptions.visit { slot, subscription in
      law.expect(
        subscription.allocated == subscribed[slot.index] ?? Amounts(),
        "the account of a framework differs from those of the agents")
    }
    checkRoles(&law)
    checkDemands(&law)
    return law.violation
  }

  /// The account of every role is that of its frameworks and the roles below it.
  private func checkRoles(_ law: inout LedgerLaw) {
    var own = [Quantities](repeating: Quantities(), count: roles.capacity)
    var allocated = [Amounts](repeating: Amounts(), count: roles.capacity)
    var reserved = [Quantities](repeating: Quantities(), count: roles.capacity)
    subscriptions.visit { _, subscription in
      own[Int(subscription.role.index)] += subscription.allocated.all
      forEachUpward(from: subscription.role.index) { allocated[$0] += subscription.allocated }
    }
    agents.visit { _, agent in
      for resource in agent.total {
        guard let role = resource.reservationRole.flatMap({ roleSlots[$0] }) else { continue }
        let quantities = dimensions.quantities(of: resource)
        forEachUpward(from: role.index) { reserved[$0] += quantities }
      }
    }
    var keptBelow = [Quantities](repeating: Quantities(), count: roles.capacity)
    roles.visit { slot, role in
      let index = Int(slot.index)
      law.expect(
        role.ownAllocated == own[index] && role.allocated == allocated[index],
        "the account of role \(role.name) differs from those of its frameworks")
      law.expect(
        role.quota.reserved == reserved[index],
        "what is reserved for role \(role.name) differs from the agents")
      guard let parent = role.parent else { return }
      keptBelow[Int(parent)] += role.quota.keptBelow
      keptBelow[Int(parent)] += role.quota.kept
      law.expect(role.isListed == !role.clients.isEmpty, "role \(role.name) is in the wrong list")
    }
    roles.visit { slot, role in
      law.expect(
        role.quota.keptBelow == keptBelow[Int(slot.index)],
        "what is kept below role \(role.name) differs from what is kept for those roles")
    }
  }

  private func forEachUpward(from role: UInt32, _ body: (Int) -> Void) {
    var next: UInt32? = role
    while let index = next {
      body(Int(index))
      next = roles[Int(index)].parent
    }
  }

  private func check(_ agent: AgentSlot, _ ledger: AgentLedger, _ law: inout LedgerLaw) {
    let held = ledger.held.exclusive
    let total = ledger.total
    if !ledger.isIrregular {
      // Nothing is shared and nothing is missing: one sum says both of what follows.
      law.expect(
        ledger.unallocated + held == total,
        "agent \(agent.index): total \(total) is not unallocated \(ledger.unallocated) + held \(held)")
      return checkSums(agent, ledger, &law)
    }
    law.expect(
      (total + ledger.deficit).exclusive == (ledger.unallocated + held).exclusive,
      "agent \(agent.index): total \(total) + deficit \(ledger.deficit) is not unallocated \(ledger.unallocated) + held \(held)"
    )
    law.expect(
      (total - held) == ledger.unallocated,
      "agent \(agent.index): unallocated \(ledger.unallocated) is not total \(total) - held \(held)")
    checkSums(agent, ledger, &law)
  }

  private func checkSums(_ agent: AgentSlot, _ ledger: AgentLedger, _ law: inout LedgerLaw) {
    law.expect(
      ledger.unallocatedAmounts == sums(ledger.unallocated) && ledger.totalAmounts == sums(ledger.total),
      "agent \(agent.index): the sums differ from the resources")
    for index in ledger.holdings.indices {
      law.expect(!ledger.holdings[index].isEmpty, "agent \(agent.index): a holding is empty")
      law.expect(
        ledger.holdings[index].offeredAmounts == sums(ledger.holdings[index].offered),
        "agent \(agent.index): the sums differ from what is offered")
    }
  }

  private func sums(_ bag: Resources) -> Amounts { dimensions.amounts(of: bag) }
}

/// Notes the first account that does not add up.
struct LedgerLaw {
  private(set) var violation: String?

  mutating func expect(_ holds: Bool, _ message: @autoclosure () -> String) {
    if violation == nil, !holds { violation = message() }
  }
}
