// Who holds what of an agent.

public import MesetaModel
public import MesetaRuntime

extension Allocator {
  /// Tells what is offered to and used by each framework in each role on an agent.
  public func visitHoldings(
    of agent: AgentSlot, _ body: (_ role: RoleSlot, _ offered: Resources, _ used: Resources) -> Void
  ) {
    for holding in agents[agent]?.holdings ?? [] {
      body(subscriptions[Int(holding.subscription)].role, holding.offered, holding.used)
    }
  }
}
