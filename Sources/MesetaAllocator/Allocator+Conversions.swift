// Resources that become others: reserved, made a volume of, and the way back.
//
// The total of the agent changes with them. Amounts stay as they are, so that nobody's share changes.

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
      agents[Int(agent.index)].total.contains(from), hasSameAmounts(from, to),
      agents[Int(agent.index)].convertOffered(from, to, subscription, &dimensions)
    else { return false }
    return true
  }

  /// A part of what nobody holds becomes another.
  ///
  /// Returns false, and does nothing, if so much is not there (or the agent has gone), or the amounts differ.
  public mutating func convertUnallocated(_ agent: AgentSlot, from: Resources, to: Resources) -> Bool {
    guard agents.contains(agent), agents[Int(agent.index)].unallocated.contains(from),
      hasSameAmounts(from, to)
    else { return false }
    let total = agents[Int(agent.index)].total
    agents[Int(agent.index)].setTotal(total - from + to, &dimensions)
    lookAt(agent)
    return true
  }

  private mutating func hasSameAmounts(_ left: Resources, _ right: Resources) -> Bool {
    dimensions.quantities(of: left) == dimensions.quantities(of: right)
  }
}

extension AgentLedger {
  /// A part of what is offered to a subscription becomes another. False if so much is not offered.
  mutating func convertOffered(
    _ from: Resources, _ to: Resources, _ subscription: UInt32, _ dimensions: inout Dimensions
  ) -> Bool {
    guard let index = index(of: subscription), holdings[index].offered.contains(from) else { return false }
    holdings[index].offered -= from
    holdings[index].offered += to
    setTotal(total - from + to, &dimensions)
    return true
  }
}
