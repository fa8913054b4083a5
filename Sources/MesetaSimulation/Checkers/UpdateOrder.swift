// The updates of a task come in order: what an executor said later is not told before what it said earlier.

import MesetaModel

struct UpdateOrder {
  private struct Told {
    var uuid: UUID?
    var agent: AgentID?
    var state = TaskState.staging
  }

  /// What the framework of each task was told last.
  private var last: [Told] = []
  private var isFinished: [Bool] = []

  /// Returns what is wrong, if something is.
  mutating func told(_ status: TaskStatus, of task: Int) -> String? {
    // What the master says by itself, in answer to a question or of an agent that is gone, has no place in the order.
    guard let uuid = status.uuid, status.source != .master else { return nil }
    let before = last[growing: task, filledWith: Told()]
    // What was told once may be told again.
    if before.uuid == uuid { return nil }
    last[growing: task, filledWith: Told()] = Told(uuid: uuid, agent: status.agentID, state: status.state)
    guard before.uuid != nil, before.agent == status.agentID else { return nil }
    if status.state.rank < before.state.rank || before.state.isTerminal {
      return "was told to be \(status.state.name) after \(before.state.name)"
    }
    return nil
  }

  /// Notes that a task has finished. Returns whether that is news.
  mutating func finished(_ task: Int) -> Bool {
    defer { isFinished[growing: task, filledWith: false] = true }
    return !isFinished[growing: task, filledWith: false]
  }
}

extension TaskState {
  /// How far a task has got.
  fileprivate var rank: Int {
    switch self {
    case .staging: 0
    case .starting: 1
    case .running: 2
    case .killing: 3
    default: 4
    }
  }
}
