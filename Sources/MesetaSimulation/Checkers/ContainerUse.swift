// The tasks of an agent fit its resources.

import MesetaModel

/// What the processes on each machine use, beside what the machine has.
struct ContainerUse {
  private var totals: [ResourceTally?] = []
  private var used: [ResourceTally] = []
  /// What each task was sent with.
  private var tasks: [ResourceTally] = []

  mutating func registered(_ resources: Resources, on agent: NodeID) {
    totals[growing: agent.index, filledWith: nil] = ResourceTally(resources)
  }

  /// What an agent has, once it has said so.
  func total(_ agent: NodeID) -> ResourceTally? { totals[growing: agent.index, filledWith: nil] }

  mutating func sent(_ task: Int, _ resources: ResourceTally) {
    tasks[growing: task, filledWith: ResourceTally()] = resources
  }

  /// Returns what is wrong, if something is.
  mutating func started(_ task: Int, on agent: NodeID) -> String? {
    let needed = tasks[growing: task, filledWith: ResourceTally()]
    let before = used[growing: agent.index, filledWith: ResourceTally()]
    used[growing: agent.index, filledWith: ResourceTally()] += needed
    if let total = total(agent), !total.hasRoom(for: needed, beside: before) {
      return "uses \(needed) of an agent with \(total), of which others use \(before)"
    }
    return nil
  }

  mutating func ended(_ task: Int, on agent: NodeID) {
    used[growing: agent.index, filledWith: ResourceTally()] -=
      tasks[growing: task, filledWith: ResourceTally()]
  }
}
