// The law of the ledger: nothing is lost, nothing is there twice.

import MesetaModel
public import MesetaRuntime

extension Allocator {
  /// Stops the program unless the accounts of all agents and of all who hold their resources add up. O(agents).
  public func checkConservation() {
    var subscribed: [UInt32: Quantities] = [:]
    agents.visit { agent, ledger in
      checkConservation(agent)
      for holding in ledger.holdings {
        subscribed[holding.subscription, default: Quantities()] += sums(holding.offered)
        subscribed[holding.subscription, default: Quantities()] += sums(holding.used)
      }
    }
    var byRole: [UInt32: Quantities] = [:]
    subscriptions.visit { slot, subscription in
      precondition(
        subscription.allocated == subscribed[slot.index] ?? Quantities(),
        "the account of a framework differs from those of the agents")
      byRole[subscription.role.index, default: Quantities()] += subscription.allocated
    }
    roles.visit { slot, role in
      precondition(
        role.allocated == byRole[slot.index] ?? Quantities(),
        "the account of role \(role.name) differs from those of its frameworks")
    }
  }

  /// Stops the program unless the account of an agent adds up: total + deficit = unallocated + offered + used.
  public func checkConservation(_ agent: AgentSlot) {
    guard let ledger = agents[agent] else { return }
    let held = ledger.held.exclusive
    let total = ledger.total
    precondition(
      (total + ledger.deficit).exclusive == (ledger.unallocated + held).exclusive,
      "agent \(agent.index): total \(total) + deficit \(ledger.deficit) is not unallocated \(ledger.unallocated) + held \(held)"
    )
    precondition(
      (total - held) == ledger.unallocated,
      "agent \(agent.index): unallocated \(ledger.unallocated) is not total \(total) - held \(held)")
    precondition(
      ledger.unallocatedQuantities == sums(ledger.unallocated) && ledger.totalQuantities == sums(total),
      "agent \(agent.index): the sums differ from the resources")
    for holding in ledger.holdings {
      precondition(!holding.isEmpty, "agent \(agent.index): a holding is empty")
      precondition(
        holding.offeredQuantities == sums(holding.offered),
        "agent \(agent.index): the sums differ from what is offered")
    }
  }

  private func sums(_ bag: Resources) -> Quantities {
    var dimensions = dimensions
    return dimensions.quantities(of: bag)
  }
}
