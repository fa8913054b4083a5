// When what must hold is checked.

import MesetaProtocol

extension Simulation {
  /// A node has handled a batch, and what it asked for is done.
  mutating func checkBatch(of node: NodeID) {
    if checks.masters.hasSuspicions {
      checks.fail(checks.masters.settle(checks.numbers) { nodes[node.index].machine.hasFramework($0) })
    }
    // What an agent's offers and tasks hold is compared with the allocator's account while it is being changed.
    if statistics.batches % Self.accountInterval == 0, nodes[node.index].role == .master,
      let agent = checks.masters.touched
    {
      checks.fail(nodes[node.index].machine.brokenAccount(of: agent))
    }
    if checkInterval > 0, statistics.batches % checkInterval == 0 { checks.fail(brokenInvariant()) }
  }

  /// After how many batches the account of an agent is looked at that was touched: a look costs as much as some messages.
  private static var accountInterval: Int { 16 }

  /// Checks the whole cluster, as is done by itself after every ``checkInterval`` batches.
  public mutating func checkWhole() throws(SimulationFailure) {
    checks.fail(brokenInvariant())
    try checkProblem()
  }

  /// What does not hold of the whole cluster; nil if all does.
  private mutating func brokenInvariant() -> String? {
    for place in nodes.indices where nodes[place].isUp {
      if let problem = nodes[place].machine.brokenInvariant() { return problem }
      if nodes[place].role != .master { continue }
      // A master that has not been told yet that something is written down goes by what was before, and so does one that was
      // deposed.
      guard nodes[place].inbox.isEmpty, !nodes[place].pendingWrites.contains(where: \.isDurable),
        mayWrite(nodes[place].id)
      else { continue }
      if let problem = nodes[place].machine.contradiction(to: checks.settings) { return problem }
    }
    return nil
  }
}
