// The tasks that a driver knows of.

import MesetaModel
import MesetaProtocol

/// Every task from its launch, or from the first update of one that was launched by an earlier incarnation, to the
/// acknowledgement of its end. What has ended is remembered for a while, so that a late or repeated report of it is
/// told from news.
struct TaskLedger: Sendable {
  struct Entry: Sendable {
    /// Nil if an earlier incarnation launched it.
    var task: TaskInfo?
    var agentID: AgentID?
    var state: TaskState
    /// The latest update that was told, and whether it has been acknowledged.
    var uuid: UUID?
    var isAcknowledged = false
    /// The kill that was asked for; sent again after a reconnection.
    var kill: SchedulerCall.Kill?
    /// The order of the entries, which a dictionary does not keep.
    var sequence: UInt64
  }

  /// What to make of an update.
  enum Verdict: Hashable, Sendable {
    case news(TaskInfo?)
    /// It was told before; `acknowledge` if the acknowledgement seems to have been lost.
    case repeated(acknowledge: Bool)
  }

  /// How many ended tasks are remembered, at least.
  static let memory = 20_000

  private var entries: [TaskID: Entry] = [:]
  private var sequence: UInt64 = 0
  // Two generations of ended tasks: when the younger is full, it becomes the older.
  private var ended: [TaskID: TaskState] = [:]
  private var endedBefore: [TaskID: TaskState] = [:]

  /// How many tasks are known and have not ended.
  var count: Int { entries.count }

  subscript(id: TaskID) -> Entry? { entries[id] }

  mutating func launch(_ task: TaskInfo) {
    ended[task.id] = nil
    endedBefore[task.id] = nil
    sequence += 1
    entries[task.id] = Entry(task: task, agentID: task.agentID, state: .staging, sequence: sequence)
  }

  mutating func update(_ status: TaskStatus) -> Verdict {
    guard var entry = entries[status.taskID] else { return unknown(status) }
    if let uuid = status.uuid, uuid == entry.uuid { return .repeated(acknowledge: entry.isAcknowledged) }
    entry.state = status.state
    if let uuid = status.uuid {
      entry.uuid = uuid
      entry.isAcknowledged = false
    }
    if let agentID = status.agentID { entry.agentID = agentID }
    entries[status.taskID] = entry
    return .news(entry.task)
  }

  /// An update of a task without an entry: it has ended, or an earlier incarnation launched it.
  private mutating func unknown(_ status: TaskStatus) -> Verdict {
    if let end = ended[status.taskID] ?? endedBefore[status.taskID] {
      // What finished, failed or was killed stays so, whatever a late reconciliation says. What was lost may turn up.
      let isFinal = end == .finished || end == .failed || end == .killed || end == .error
      if end == status.state || (isFinal && status.state.isTerminal) { return .repeated(acknowledge: true) }
    }
    if status.state != .unknown {
      sequence += 1
      entries[status.taskID] = Entry(
        task: nil, agentID: status.agentID, state: status.state, uuid: status.uuid, sequence: sequence)
    }
    return .news(nil)
  }

  /// Notes that an update is dealt with; forgets the task if that was its end.
  mutating func acknowledged(_ status: TaskStatus) {
    guard let entry = entries[status.taskID] else { return }
    if let uuid = status.uuid, entry.uuid == uuid { entries[status.taskID]?.isAcknowledged = true }
    guard status.state.isTerminal, entry.uuid == nil || status.uuid == nil || entry.uuid == status.uuid else {
      return
    }
    entries[status.taskID] = nil
    if ended.count >= Self.memory {
      endedBefore = ended
      ended.removeAll(keepingCapacity: true)
    }
    ended[status.taskID] = status.state
  }

  /// Unlearns an update, so that it is news when it comes again.
  mutating func refuse(_ status: TaskStatus) {
    guard let uuid = status.uuid, entries[status.taskID]?.uuid == uuid else { return }
    entries[status.taskID]?.uuid = nil
  }

  /// Remembers the kill of a task that is known; false if it is not.
  mutating func kill(_ kill: SchedulerCall.Kill) -> Bool {
    guard entries[kill.taskID] != nil else { return false }
    entries[kill.taskID]?.kill = kill
    return true
  }

  private var ordered: [Entry] { entries.values.sorted { $0.sequence < $1.sequence } }

  /// All tasks that have not ended, in the order they were launched. O(n log n).
  func reconcilable() -> [SchedulerCall.ReconciledTask] {
    var tasks: [(UInt64, SchedulerCall.ReconciledTask)] = []
    for (id, entry) in entries where !entry.state.isTerminal {
      tasks.append((entry.sequence, SchedulerCall.ReconciledTask(id, agentID: entry.agentID)))
    }
    return tasks.sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// The kills that have not been answered by an end, in the order of the launches. O(n log n).
  func unansweredKills() -> [SchedulerCall.Kill] {
    ordered.filter { !$0.state.isTerminal }.compactMap(\.kill)
  }
}
