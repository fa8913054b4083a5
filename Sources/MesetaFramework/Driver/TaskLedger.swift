// The tasks that a driver knows of.

import DequeModule
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Every task from its launch, or from the first update of one that was launched by an earlier incarnation, to the
/// acknowledgement of its end. What has ended is remembered for a while, so that a late or repeated report of it is
/// told from news.
///
/// A task has a place, so that what follows its update finds it without hashing its id again.
struct TaskLedger: Sendable {
  struct Entry: Sendable {
    let id: TaskID
    /// Nil if an earlier incarnation launched it, or it has ended.
    var task: TaskInfo?
    var agentID: AgentID?
    var state: TaskState
    /// The latest update that was told, and whether it has been acknowledged.
    var uuid: UUID?
    var isAcknowledged = false
    /// The scheduler did not take the latest update: it is asked for, even if nobody tells it again.
    var isRefused = false
    /// Its end has been acknowledged: ``state`` is remembered.
    var hasEnded = false
    /// Tells the lives of a slot apart, and gives the order, which a dictionary does not keep.
    var sequence: UInt64
  }

  /// Where a task stands in the ledger, as long as it is the same life of it.
  struct Place: Hashable, Sendable {
    var slot: Int
    var sequence: UInt64
  }

  /// What to make of an update.
  enum Verdict: Hashable, Sendable {
    /// The place is that of the task, if it is one to remember.
    case news(TaskInfo?, Place?)
    /// It was told before; `acknowledge` if the acknowledgement seems to have been lost.
    case repeated(acknowledge: Bool)
  }

  /// How many ended tasks are remembered.
  static let memory = 4096

  /// The slot of each task; for look-up only.
  private var slots = TextTable<TaskID, Int>()
  private var entries: [Entry] = []
  private var free: [Int] = []
  private var sequence: UInt64 = 0
  /// The tasks that have ended, in that order; with another sequence now, a slot is in use again.
  private var ended: Deque<Place> = []
  /// The kills that were asked for, which are sent again after a reconnection. For look-up only.
  private var kills: [TaskID: SchedulerCall.Kill] = [:]

  /// How many tasks are known and have not ended.
  private(set) var count = 0

  /// A task that is known and has not ended.
  subscript(id: TaskID) -> Entry? { slot(of: id).map { entries[$0] } }

  private func slot(of id: TaskID) -> Int? {
    guard let slot = slots[id], !entries[slot].hasEnded else { return nil }
    return slot
  }

  mutating func launch(_ task: TaskInfo) {
    sequence += 1
    enter(Entry(id: task.id, task: task, agentID: task.agentID, state: .staging, sequence: sequence))
  }

  /// Adds an entry, in place of one of the same task if there is one.
  @discardableResult
  private mutating func enter(_ entry: consuming Entry) -> Place {
    let fresh = free.last ?? entries.count
    let place = Place(slot: slots.value(for: entry.id, orEntering: fresh), sequence: entry.sequence)
    if place.slot != fresh {
      if entries[place.slot].hasEnded { count += 1 }
      entries[place.slot] = entry
    } else {
      count += 1
      if free.popLast() == nil { entries.append(entry) } else { entries[place.slot] = entry }
    }
    return place
  }

  mutating func update(_ status: TaskStatus) -> Verdict {
    guard let slot = slots[status.taskID] else { return enter(status) }
    if entries[slot].hasEnded { return late(status, entries[slot].state) }
    if let uuid = status.uuid {
      if uuid == entries[slot].uuid { return .repeated(acknowledge: entries[slot].isAcknowledged) }
      entries[slot].uuid = uuid
      entries[slot].isAcknowledged = false
    }
    entries[slot].state = status.state
    entries[slot].isRefused = false
    if let agentID = status.agentID { entries[slot].agentID = agentID }
    return .news(entries[slot].task, Place(slot: slot, sequence: entries[slot].sequence))
  }

  /// An update of a task that an earlier incarnation launched, or that is not remembered any more.
  private mutating func enter(_ status: TaskStatus) -> Verdict {
    if status.state == .unknown { return .news(nil, nil) }
    sequence += 1
    let entry = Entry(
      id: status.taskID, agentID: status.agentID, state: status.state, uuid: status.uuid, sequence: sequence)
    return .news(nil, enter(entry))
  }

  /// An update of a task that has ended. What finished, failed or was killed stays so, whatever a late reconciliation says.
  /// What was lost may turn up.
  private mutating func late(_ status: TaskStatus, _ end: TaskState) -> Verdict {
    let isFinal = end == .finished || end == .failed || end == .killed || end == .error
    if end == status.state || (isFinal && status.state.isTerminal) { return .repeated(acknowledge: true) }
    return enter(status)
  }

  /// Notes that an update is dealt with; forgets the task if that was its end.
  mutating func acknowledged(_ status: TaskStatus) {
    guard let slot = slot(of: status.taskID) else { return }
    acknowledged(status, at: Place(slot: slot, sequence: entries[slot].sequence))
  }

  /// The same for a task whose place is known. Nothing happens if another life of the task has begun there.
  mutating func acknowledged(_ status: TaskStatus, at place: Place) {
    let slot = place.slot
    guard entries[slot].sequence == place.sequence, !entries[slot].hasEnded else { return }
    let uuid = entries[slot].uuid
    if status.uuid != nil, uuid == status.uuid { entries[slot].isAcknowledged = true }
    guard status.state.isTerminal, uuid == nil || status.uuid == nil || uuid == status.uuid else { return }
    entries[slot].hasEnded = true
    entries[slot].state = status.state
    entries[slot].task = nil
    count -= 1
    if !kills.isEmpty { kills[status.taskID] = nil }
    ended.append(place)
    if ended.count > Self.memory { forgetOldest() }
  }

  private mutating func forgetOldest() {
    guard let place = ended.popFirst(), entries[place.slot].sequence == place.sequence else { return }
    slots[entries[place.slot].id] = nil
    entries[place.slot].sequence = 0
    free.append(place.slot)
  }

  /// Unlearns an update, so that it is news when it comes again.
  mutating func refuse(_ status: TaskStatus) {
    guard let uuid = status.uuid, let slot = slot(of: status.taskID), entries[slot].uuid == uuid else {
      return
    }
    entries[slot].uuid = nil
    entries[slot].isRefused = true
  }

  /// Remembers the kill of a task that is known; false if it is not.
  mutating func kill(_ kill: SchedulerCall.Kill) -> Bool {
    guard slot(of: kill.taskID) != nil else { return false }
    kills[kill.taskID] = kill
    return true
  }

  /// The entries of tasks that still run as far as is known, in the order they were launched. O(n log n).
  private var ordered: [Entry] {
    entries.filter { $0.sequence > 0 && !$0.hasEnded && (!$0.state.isTerminal || $0.isRefused) }
      .sorted { $0.sequence < $1.sequence }
  }

  /// All tasks that have not ended, in the order they were launched. O(n log n).
  func reconcilable() -> [SchedulerCall.ReconciledTask] {
    ordered.map { SchedulerCall.ReconciledTask($0.id, agentID: $0.agentID) }
  }

  /// The kills that have not been answered by an end, in the order of the launches. O(n log n).
  func unansweredKills() -> [SchedulerCall.Kill] {
    kills.isEmpty ? [] : ordered.compactMap { kills[$0.id] }
  }
}
