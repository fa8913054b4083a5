// What an executor has to tell its agent again after a reconnection.

import MesetaModel

/// The tasks and updates that the agent has not acknowledged, in the order they came.
struct Unacknowledged: Hashable, Sendable {
  /// Tasks of which no update has been acknowledged: the agent may not have written them down.
  private(set) var tasks: [TaskInfo] = []
  private(set) var updates: [TaskStatus] = []
  /// Every task that was launched and has not ended, so that a launch that comes again is told from a new one.
  /// For look-up only.
  private var live: Set<TaskID> = []

  /// Whether the task is new.
  mutating func launch(_ task: TaskInfo) -> Bool {
    guard live.insert(task.id).inserted else { return false }
    tasks.append(task)
    return true
  }

  mutating func add(_ update: TaskStatus) {
    updates.append(update)
    if update.state.isTerminal { live.remove(update.taskID) }
  }

  mutating func acknowledged(_ id: TaskID, _ uuid: UUID) {
    tasks.removeAll { $0.id == id }
    updates.removeAll { $0.taskID == id && $0.uuid == uuid }
  }
}
