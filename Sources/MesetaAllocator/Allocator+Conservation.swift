// The law of the ledger: nothing is lost, nothing is there twice.

package import MesetaModel
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

  /// What is offered and what is used of an agent, at rest.
  package func sums(of agent: AgentSlot) -> (offered: ResourceSum, used: ResourceSum) {
    var (offered, used) = (ResourceSum(), ResourceSum())
    guard agents.contains(agent) else { return (offered, used) }
    for index in agents[valid: agent].holdings.indices {
      offered.addAtRest(agents[valid: agent].holdings[index].offered)
      used.addAtRest(agents[valid: agent].holdings[index].used)
    }
    return (offered, used)
  }

  /// What does not add up in the account of an agent; nil if all does.
  package func conservationViolation(of agent: AgentSlot) -> String? {
    var law = LedgerLaw()
    if agents.contains(agent) { check(agent, &law) }
    return law.violation
  }

  /// Which account does not add up; nil if all do. O(agents).
  package func conservationViolation() -> String? {
    var law = LedgerLaw()
    var subscribed = [Amounts](repeating: Amounts(), count: subscriptions.capacity)
    var free = Quantities()
    // In place: a copy of each agent's account costs more than all that is done with it.
    for index in 0..<agents.capacity {
      guard let agent = agents.key(at: index) else { continue }
      check(agent, &law)
      if hasQuotas { free += agents[index].free }
      for holding in agents[index].holdings.indices {
        let subscription = Int(agents[index].holdings[holding].subscription)
        addSums(agent, holding, to: &subscribed[subscription])
      }
    }
    law.expect(
      !hasQuotas || free == self.free, "the account of what is free differs from those of the agents")
    for index in 0..<subscriptions.capacity where subscriptions.key(at: index) != nil {
      law.expect(
        subscriptions[index].allocated == subscribed[index],
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
    for index in 0..<agents.capacity where agents.key(at: index) != nil && !agents[index].total.isPlain {
      for resource in agents[index].total {
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

  private func check(_ agent: AgentSlot, _ law: inout LedgerLaw) {
    if agents[valid: agent].isIrregular {
      checkIrregular(agent, &law)
    } else {
      checkRegular(agent, &law)
    }
    checkSums(agent, &law)
  }

  private func checkRegular(_ agent: AgentSlot, _ law: inout LedgerLaw) {
    // Nothing is shared and nothing is missing: what is unallocated and what is held are all that there is.
    var (sum, total) = (ResourceSum(), ResourceSum())
    sum.add(agents[valid: agent].unallocated)
    total.add(agents[valid: agent].total)
    for index in agents[valid: agent].holdings.indices {
      sum.add(agents[valid: agent].holdings[index].used)
      sum.add(agents[valid: agent].holdings[index].offered)
      sum.add(agents[valid: agent].holdings[index].pending)
    }
    law.expect(
      sum == total,
      "agent \(agent.index): total \(total) is not unallocated \(agents[valid: agent].unallocated) + held, which is \(sum)"
    )
  }

  private func checkIrregular(_ agent: AgentSlot, _ law: inout LedgerLaw) {
    let held = agents[valid: agent].held.exclusive
    let total = agents[valid: agent].total
    let unallocated = agents[valid: agent].unallocated
    let deficit = agents[valid: agent].deficit
    law.expect(
      (total + deficit).exclusive == (unallocated + held).exclusive,
      "agent \(agent.index): total \(total) + deficit \(deficit) is not unallocated \(unallocated) + held \(held)"
    )
    law.expect(
      (total - held) == unallocated,
      "agent \(agent.index): unallocated \(unallocated) is not total \(total) - held \(held)")
  }

  private func checkSums(_ agent: AgentSlot, _ law: inout LedgerLaw) {
    law.expect(
      agents[valid: agent].unallocatedAmounts == sums(agents[valid: agent].unallocated)
        && agents[valid: agent].totalAmounts == sums(agents[valid: agent].total),
      "agent \(agent.index): the sums differ from the resources")
    for index in agents[valid: agent].holdings.indices {
      law.expect(
        !agents[valid: agent].holdings[index].isEmpty, "agent \(agent.index): a holding is empty")
      law.expect(
        hasRightSums(agent, index), "agent \(agent.index): the sums differ from what is offered")
    }
  }

  private func hasRightSums(_ agent: AgentSlot, _ holding: Int) -> Bool {
    // Most who hold something of an agent have no offer of it.
    if agents[valid: agent].holdings[holding].offered.isEmpty {
      return agents[valid: agent].holdings[holding].offeredAmounts.isZero
    }
    return agents[valid: agent].holdings[holding].offeredAmounts
      == sums(agents[valid: agent].holdings[holding].offered)
  }

  /// Adds the sums of all that somebody holds of an agent.
  private func addSums(_ agent: AgentSlot, _ holding: Int, to sums: inout Amounts) {
    if agents[valid: agent].isIrregular {
      // What is shared counts once, whether it is offered, used or both.
      return dimensions.add(agents[valid: agent].holdings[holding].held, to: &sums)
    }
    dimensions.add(agents[valid: agent].holdings[holding].used, to: &sums)
    dimensions.add(agents[valid: agent].holdings[holding].offered, to: &sums)
    dimensions.add(agents[valid: agent].holdings[holding].pending, to: &sums)
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
