// The updates of a task come in order: what an executor said later is not told before what it said earlier.

import MesetaModel

struct UpdateOrder {
  private struct Key: Hashable {
    var framework: NodeID
    var task: TaskID
    var agent: AgentID?
  }

  private struct Told {
    var rank: Int
    var uuid: UUID
    var state: TaskState
  }

  private var last: [Key: Told] = [:]
  /// What was told once may be told again.
  private var seen: [Key: Set<UUID>] = [:]

  /// Returns what is wrong, if something is.
  mutating func told(_ status: TaskStatus, framework: NodeID) -> String? {
    // What the master says by itself, in answer to a question or of an agent that is gone, has no place in the order.
    guard let uuid = status.uuid, status.source != .master else { return nil }
    let key = Key(framework: framework, task: status.taskID, agent: status.agentID)
    guard seen[key, default: []].insert(uuid).inserted else { return nil }
    let told = Told(rank: status.state.rank, uuid: uuid, state: status.state)
    defer { last[key] = told }
    guard let before = last[key] else { return nil }
    if told.rank < before.rank || before.state.isTerminal {
      return "task \(status.taskID) was told to be \(status.state.name) after \(before.state.name)"
    }
    return nil
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
