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
    /// It is the next of those that are kept whole.
    var isWhole = false
  }

  private var entries: [Entry] = []
  private var whole: [TaskStatus] = []
  /// The container that the task runs in.
  private var container: UUID?

  mutating func keep(_ status: TaskStatus) {
    var entry = Entry(
      timestamp: status.timestamp ?? 0, state: status.state, source: status.source, reason: status.reason)
    var isElsewhere = false
    if let id = status.containerID {
      let root: UUID? = if case .root(let name) = id { UUID(text: name) } else { nil }
      if container == nil { container = root }
      isElsewhere = root == nil || root != container
    }
    if let last = entries.last, last.state == status.state {
      entries.removeLast()
      if last.isWhole { whole.removeLast() }
    }
    if isElsewhere || status.saysMore {
      entry.isWhole = true
      whole.append(status)
      if status.data != nil { whole[whole.count - 1].data = nil }
    }
    if entries.isEmpty { entries.reserveCapacity(3) }
    entries.append(entry)
  }

  /// The statuses of this task.
  func statuses(of task: TaskInfo) -> [TaskStatus] {
    var rest = whole[...]
    return entries.map { entry in
      if entry.isWhole, let status = rest.popFirst() { return status }
      let isMasters = entry.source == .master
      return TaskStatus(
        taskID: task.id, state: entry.state, source: entry.source, reason: entry.reason,
        agentID: task.agentID, executorID: isMasters ? nil : task.executorID, timestamp: entry.timestamp,
        containerID: isMasters ? nil : container.map { .root($0.description) })
    }
  }
}

extension TaskStatus {
  /// Whether there is more to it than its state, its time and its container.
  fileprivate var saysMore: Bool {
    message != nil || labels != nil || isHealthy != nil || unreachableTime != nil || !unknownFields.isEmpty
  }
}
