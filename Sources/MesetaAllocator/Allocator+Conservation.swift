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

  /// How often shared resources of an agent are offered: each is in the sum once.
  package func sharedOffers(of agent: AgentSlot) -> Int {
    guard agents.contains(agent), agents[valid: agent].isIrregular else { return 0 }
    return agents[valid: agent].holdings.reduce(0) { $1.shared.reduce($0) { $0 + $1.offered } }
  }

  /// What does not add up in the account of an agent; nil if all does.
  ///
  /// - Parameter sums: What is offered and used of the agent.
  package func conservationViolation(of agent: AgentSlot, _ sums: inout AgentSums) -> String? {
    var law = LedgerLaw()
    if agents.contains(agent) { sums = check(agent, &law, plain: { _, _ in }, other: { _, _ in }) }
    return law.violation
  }

  package func conservationViolation(of agent: AgentSlot) -> String? {
    var sums = AgentSums()
    return conservationViolation(of: agent, &sums)
  }

  package func conservationViolation() -> String? {
    var sums: [AgentSums] = []
    return conservationViolation(&sums)
  }

  /// Which account does not add up; nil if all do. O(agents).
  ///
  /// - Parameter sums: What is offered and used of each agent, by the index of its slot.
  package func conservationViolation(_ sums: inout [AgentSums]) -> String? {
    var law = LedgerLaw()
    var subscribed = [Amounts](repeating: Amounts(), count: subscriptions.capacity)
    var plain = [SIMD4<Int64>](repeating: SIMD4(), count: subscriptions.capacity)
    var free = Quantities()
    sums = Array(repeating: AgentSums(), count: agents.capacity)
    // In place: a copy of each agent's account costs more than all that is done with it.
    for index in 0..<agents.capacity {
      guard let agent = agents.key(at: index) else { continue }
      sums[index] = check(
        agent, &law, plain: { plain[$0] &+= $1 }, other: { subscribed[$0] += $1 })
      if hasQuotas { free += agents[index].free }
    }
    law.expect(
      !hasQuotas || free == self.free, "the account of what is free differs from those of the agents")
    for index in 0..<subscriptions.capacity where subscriptions.key(at: index) != nil {
      subscribed[index].addPlain(plain[index])
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

  /// Looks at the account of an agent. Returns what is offered and used of it. What each subscription holds is told: thousandths
  /// of cpus, mem, disk and gpus to `plain`, and all that is not of that kind to `other`.
  @inline(__always)
  private func check(
    _ agent: AgentSlot, _ law: inout LedgerLaw, plain: (_ subscription: Int, SIMD4<Int64>) -> Void,
    other: (_ subscription: Int, Amounts) -> Void
  ) -> AgentSums {
    if agents[valid: agent].isIrregular {
      checkIrregular(agent, &law, other)
      return irregularSums(of: agent)
    }
    return agents[valid: agent].holdings.withUnsafeBufferPointer { holdings in
      var (sums, rest) = (AgentSums(), ResourceSum())
      // Of each first, so that the memory of all is on its way before the first is waited for.
      for index in holdings.indices {
        law.expect(!holdings[index].isEmpty, "agent \(agent.index): a holding is empty")
      }
      for index in holdings.indices {
        let subscription = Int(holdings[index].subscription)
        let amounts = check(holdings, index, agent, &sums, &rest, &law) { other(subscription, $0) }
        plain(subscription, amounts)
      }
      // Nothing is shared and nothing is missing: what is unallocated and what is held are all that there is.
      check(agent, held: sums, rest, &law)
      return sums
    }
  }

  /// Adds up what somebody holds of a regular agent; what is set aside for a demand goes to the rest. Returns what is plain of
  /// it, and tells the rest.
  @inline(__always)
  private func check(
    _ holdings: UnsafeBufferPointer<AgentLedger.Holding>, _ index: Int, _ agent: AgentSlot,
    _ sums: inout AgentSums, _ rest: inout ResourceSum, _ law: inout LedgerLaw, _ other: (Amounts) -> Void
  ) -> SIMD4<Int64> {
    var plain = add(holdings[index].used, to: &sums.used, other)
    // Most who hold something of an agent have no offer of it.
    if holdings[index].offered.isEmpty {
      law.expect(
        holdings[index].offeredAmounts.isZero, "agent \(agent.index): the sums differ from what is offered")
    } else {
      plain &+= add(holdings[index].offered, to: &sums.offered, other)
      law.expect(
        isSum(holdings[index].offeredAmounts, of: holdings[index].offered),
        "agent \(agent.index): the sums differ from what is offered")
    }
    if !holdings[index].pending.isEmpty { plain &+= add(holdings[index].pending, to: &rest, other) }
    return plain
  }

  /// Whether what an agent has is what is unallocated and held of it.
  private func check(
    _ agent: AgentSlot, held sums: AgentSums, _ rest: ResourceSum, _ law: inout LedgerLaw
  ) {
    var (sum, total) = (rest, ResourceSum())
    sum.add(agents[valid: agent].unallocated)
    total.add(agents[valid: agent].total)
    sum += sums.offered
    sum += sums.used
    law.expect(
      sum == total,
      "agent \(agent.index): total \(total) is not unallocated \(agents[valid: agent].unallocated) + held, which is \(sum)"
    )
    law.expect(
      isSum(agents[valid: agent].unallocatedAmounts, of: agents[valid: agent].unallocated)
        && isSum(agents[valid: agent].totalAmounts, of: agents[valid: agent].total),
      "agent \(agent.index): the sums differ from the resources")
  }

  /// Adds a bag to a sum. Returns its thousandths if it is plain; what it amounts to is told otherwise.
  @inline(__always)
  private func add(_ bag: Resources, to sum: inout ResourceSum, _ other: (Amounts) -> Void) -> SIMD4<Int64> {
    if let plain = ResourceSum.amounts(of: bag) {
      sum.add(plain)
      return plain
    }
    other(sums(bag))
    sum.add(bag)
    return SIMD4()
  }

  /// An agent of which something is shared, or more is held than there is.
  private func checkIrregular(
    _ agent: AgentSlot, _ law: inout LedgerLaw, _ book: (_ subscription: Int, Amounts) -> Void
  ) {
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
    law.expect(
      agents[valid: agent].unallocatedAmounts == sums(unallocated)
        && agents[valid: agent].totalAmounts == sums(total),
      "agent \(agent.index): the sums differ from the resources")
    for holding in agents[valid: agent].holdings {
      law.expect(!holding.isEmpty, "agent \(agent.index): a holding is empty")
      law.expect(
        holding.offeredAmounts == sums(holding.offered),
        "agent \(agent.index): the sums differ from what is offered")
      // What is shared counts once, whether it is offered, used or both.
      book(Int(holding.subscription), sums(holding.held))
    }
  }

  private func irregularSums(of agent: AgentSlot) -> AgentSums {
    var sums = AgentSums()
    for holding in agents[valid: agent].holdings {
      sums.offered.add(holding.offered)
      sums.used.add(holding.used)
    }
    return sums
  }

  private func sums(_ bag: Resources) -> Amounts { dimensions.amounts(of: bag) }

  @inline(__always)
  private func isSum(_ amounts: Amounts, of bag: Resources) -> Bool {
    ResourceSum.amounts(of: bag).map(amounts.isPlain) ?? (amounts == sums(bag))
  }
}

/// What is offered and what is used of an agent.
package struct AgentSums: Sendable {
  package var offered = ResourceSum()
  package var used = ResourceSum()

  package init() {}
}

/// Notes the first account that does not add up.
struct LedgerLaw {
  private(set) var violation: String?

  mutating func expect(_ holds: Bool, _ message: @autoclosure () -> String) {
    if violation == nil, !holds { violation = message() }
  }
}
