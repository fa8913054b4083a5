// Resources that become others: reserved, made a volume of, and the way back.
//
// The total of the agent changes with them. Amounts stay as they are; only what of them counts against quotas may change.

public import MesetaModel
public import MesetaRuntime

extension Allocator {
  /// A part of what is offered becomes another, and stays offered.
  ///
  /// Returns false, and does nothing, if so much is not offered (or the agent has gone), or the amounts differ.
  public mutating func convertOffered(
    _ agent: AgentSlot, _ framework: FrameworkSlot, _ role: RoleSlot, from: Resources, to: Resources
  ) -> Bool {
    guard agents.contains(agent), let subscription = find(framework, role),
      let place = agents[Int(agent.index)].index(of: subscription),
      agents[Int(agent.index)].holdings[place].offered.contains(from),
      agents[Int(agent.index)].total.contains(from)
    else { return false }
    guard hasSameAmounts(from, to) else { return false }
    let held = AgentLedger.Change(amounts: amounts(agent, place))
    convertTotal(agent, from: from, to: to) { ledger, dimensions in
      ledger.holdings[place].book(from, .fromOffered, dimensions)
      ledger.holdings[place].book(to, .toOffered, dimensions)
    }
    // The new first, so that the holder is not taken to have nothing left.
    charge(subscription, AgentLedger.Change(amounts: amounts(agent, place)))
    credit(subscription, held)
    return true
  }

  /// A part of what nobody holds becomes another.
  ///
  /// Returns false, and does nothing, if so much is not there (or the agent has gone), or the amounts differ.
  public mutating func convertUnallocated(_ agent: AgentSlot, from: Resources, to: Resources) -> Bool {
    guard agents.contains(agent), agents[Int(agent.index)].unallocated.contains(from),
      hasSameAmounts(from, to)
    else { return false }
    convertTotal(agent, from: from, to: to) { _, _ in }
    loosenQuotas()
    lookAt(agent)
    return true
  }

  private func hasSameAmounts(_ left: Resources, _ right: Resources) -> Bool {
    dimensions.amounts(of: left).all == dimensions.amounts(of: right).all
  }

  /// What a holder is charged for.
  private func amounts(_ agent: AgentSlot, _ place: Int) -> Amounts {
    dimensions.amounts(of: agents[Int(agent.index)].holdings[place].held)
  }

  private mutating func convertTotal(
    _ agent: AgentSlot, from: Resources, to: Resources, _ body: (inout AgentLedger, Dimensions) -> Void
  ) {
    let old = agents[Int(agent.index)].total
    let new = old - from + to
    change(agent) { ledger, dimensions in
      body(&ledger, dimensions)
      ledger.setTotal(new, dimensions)
    }
    bookReservations(new, isAdded: true)
    bookReservations(old, isAdded: false)
  }
}
