// Offer constraints: which agents are kept from whom.

public import MesetaRuntime

extension Allocator {
  /// Whether offer constraints keep an agent from a subscription.
  @inline(__always)
  func isExcluded(_ agent: Int, _ subscription: UInt32) -> Bool { constraints.excludes(agent, subscription) }

  /// Changes what offer constraints look at of an agent. With other attributes it is another agent to those who declined
  /// it: their filters go.
  public mutating func setTraits(_ agent: AgentSlot, _ traits: AgentTraits) {
    guard agents.contains(agent) else { return }
    unplaceDemand(on: agent)
    if constraints.attributes(of: Int(agent.index)) != traits.attributes {
      agents[Int(agent.index)].filters.removeAll(&filterKeys)
    }
    agents[Int(agent.index)].domain = traits.domain
    constraints.set(Int(agent.index), traits)
    lookAt(agent)
  }

  /// Finds out who is excluded where that is not known yet, with half of the budget at most: whoever waits for it gets no
  /// offers meanwhile, but all others do.
  mutating func evaluateConstraints(_ budget: inout Int) {
    guard !constraints.isEvaluated else { return }
    let share = max(2, budget / 2)  // who waits is looked up, and one constraint is looked at
    var left = share
    while let finished = constraints.evaluateNext(&left) {
      constraints.isNews = true
      switch finished {
      case .agent(let index):
        if let agent = agents.key(at: index) { lookAt(agent) }
      case .subscription(let index):
        if subscriptions.key(at: Int(index)) != nil { ask(index) }
      }
    }
    budget -= share - left
  }
}
