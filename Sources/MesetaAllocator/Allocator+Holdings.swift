// Who holds what of an agent.

public import MesetaModel
public import MesetaRuntime

extension Allocator {
  /// Whether quotas can count all these resources; there is a bound to how many names are in use.
  public func canCount(_ names: [String]) -> Bool {
    let new = Set(names.filter { dimensions.dimension(of: $0) == nil })
    return dimensions.names.count + new.count <= Dimensions.limit
  }

  /// Tells what is offered to and used by each framework in each role on an agent.
  public func visitHoldings(
    of agent: AgentSlot, _ body: (_ role: RoleSlot, _ offered: Resources, _ used: Resources) -> Void
  ) {
    for holding in agents[agent]?.holdings ?? [] {
      body(subscriptions[Int(holding.subscription)].role, holding.offered, holding.used)
    }
  }
}
