// What a framework was told of a task, in little memory: a master keeps it for every task.

import MesetaModel

/// The statuses of a task, the oldest first; of several with the same state the last.
///
/// Most say no more than a state and when; of these the rest follows from the task. Others are kept whole, but for their data.
struct StatusHistory: Codable, Sendable {
  private struct Entry: Codable, Sendable {
    var timestamp: Double
    var state: TaskState
    var source: TaskStatus.Source?
    var reason: TaskStatus.Reason?
    var whole: TaskStatus?
  }

  private var entries: [Entry] = []
  /// The container that the task runs in.
  private var container: UUID?

  mutating func keep(_ status: TaskStatus) {
    var entry = Entry(
      timestamp: status.timestamp ?? 0, state: status.state, source: status.source, reason: status.reason,
      whole: nil)
    if let id = status.containerID, container == nil, case .root(let name) = id {
      container = UUID(text: name)
    }
    if status.saysMore(than: container) {
      var status = status
      if status.data != nil { status.data = nil }
      entry.whole = status
    }
    if let last = entries.last, last.state == status.state { entries.removeLast() }
    if entries.isEmpty { entries.reserveCapacity(3) }
    entries.append(entry)
  }

  /// The statuses of this task.
  func statuses(of task: TaskInfo) -> [TaskStatus] {
    entries.map { entry in
      entry.whole
        ?? TaskStatus(
          taskID: task.id, state: entry.state, source: entry.source, reason: entry.reason,
          agentID: task.agentID, executorID: entry.source == .master ? nil : task.executorID,
          timestamp: entry.timestamp,
          containerID: entry.source == .master ? nil : container.map { .root($0.description) })
    }
  }
}

extension TaskStatus {
  /// Whether there is more to it than its state, its time, and that it is of a task in this container.
  fileprivate func saysMore(than container: UUID?) -> Bool {
    if message != nil || labels != nil || isHealthy != nil || unreachableTime != nil || !unknownFields.isEmpty
    {
      return true
    }
    guard let containerID else { return false }
    guard case .root(let name) = containerID, let container else { return true }
    return UUID(text: name) != container
  }
}
