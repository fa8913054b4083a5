// The tasks of an agent fit its resources.

import MesetaModel

/// What the processes on each machine use, beside what the machine has.
struct ContainerUse {
  private var totals: [ResourceTally?] = []
  private var used: [ResourceTally] = []
  /// What each task was sent with, and where it is counted.
  private var tasks: [(needs: ResourceTally, agent: NodeID?)] = []

  mutating func registered(_ resources: Resources, on agent: NodeID) {
    totals[growing: agent.index, filledWith: nil] = ResourceTally(resources)
  }

  /// What an agent has, once it has said so.
  func total(_ agent: NodeID) -> ResourceTally? { totals[growing: agent.index, filledWith: nil] }

  mutating func sent(_ task: Int, _ resources: ResourceTally) {
    tasks[growing: task, filledWith: (ResourceTally(), nil)].needs = resources
  }

  /// Returns what is wrong, if something is.
  mutating func started(_ task: Int, on agent: NodeID) -> String? {
    let needed = tasks[growing: task, filledWith: (ResourceTally(), nil)].needs
    let before = used[growing: agent.index, filledWith: ResourceTally()]
    used[growing: agent.index, filledWith: ResourceTally()] += needed
    tasks[growing: task, filledWith: (ResourceTally(), nil)].agent = agent
    if let total = total(agent), !total.hasRoom(for: needed, beside: before) {
      return "uses \(needed) of an agent with \(total), of which others use \(before)"
    }
    return nil
  }

  /// A task has ended, or its framework is shut down: as in Mesos, others get its resources while it is on its way out, which it
  /// may be before its process runs.
  mutating func ended(_ task: Int) {
    guard task < tasks.count else { return }
    guard let agent = tasks[task].agent else {
      tasks[task].needs = ResourceTally()
      return
    }
    used[growing: agent.index, filledWith: ResourceTally()] -= tasks[task].needs
    tasks[task].agent = nil
  }
}
