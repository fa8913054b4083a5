// When what must hold is checked.

import MesetaProtocol

extension Simulation {
  /// A node has handled a batch, and what it asked for is done.
  mutating func checkBatch(of node: NodeID) {
    if checkInterval > 0, statistics.batches % checkInterval == 0 { checkWhole() }
  }

  /// Checks the whole cluster. What is wrong fails the run, like anything else that the checkers find.
  public mutating func checkWhole() {
    for node in nodes where node.isUp { checks.fail(node.machine.brokenInvariant()) }
  }
}
