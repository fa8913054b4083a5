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
    let (consumed, made) = (dimensions.amounts(of: from), dimensions.amounts(of: to))
    guard consumed.all == made.all else { return false }
    convertTotal(agent, from: from, to: to) { ledger in
      ledger.holdings[place].offered -= from
      ledger.holdings[place].offered += to
      ledger.holdings[place].offeredAmounts -= consumed
      ledger.holdings[place].offeredAmounts += made
    }
    charge(subscription, AgentLedger.Change(amounts: made))
    credit(subscription, AgentLedger.Change(amounts: consumed))
    return true
  }

  /// A part of what nobody holds becomes another.
  ///
  /// Returns false, and does nothing, if so much is not there (or the agent has gone), or the amounts differ.
  public mutating func convertUnallocated(_ agent: AgentSlot, from: Resources, to: Resources) -> Bool {
    guard agents.contains(agent), agents[Int(agent.index)].unallocated.contains(from),
      dimensions.amounts(of: from).all == dimensions.amounts(of: to).all
    else { return false }
    convertTotal(agent, from: from, to: to) { _ in }
    loosenQuotas()
    lookAt(agent)
    return true
  }

  private mutating func convertTotal(
    _ agent: AgentSlot, from: Resources, to: Resources, _ body: (inout AgentLedger) -> Void
  ) {
    let old = agents[Int(agent.index)].total
    let new = old - from + to
    change(agent) { ledger, dimensions in
      body(&ledger)
      ledger.setTotal(new, dimensions)
    }
    bookReservations(new, isAdded: true)
    bookReservations(old, isAdded: false)
  }
}
