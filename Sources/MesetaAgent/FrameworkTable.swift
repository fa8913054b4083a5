// The frameworks that have something on the agent, or had recently.

internal import DequeModule
import MesetaModel
import MesetaRuntime

/// A framework as an agent knows it.
struct AgentFramework: Codable, Sendable {
  let id: FrameworkID
  /// For the environment of each of its containers.
  let idText: String
  /// Nil for a framework that the agent knows by name only.
  private(set) var info: FrameworkInfo?
  /// Where its executors have their directories, once it has any.
  var executorsDirectory: String?
  private(set) var isPartitionAware = false
  private(set) var hasTaskKillingState = false
  /// It was shut down: its executors are on their way out and nobody wants to hear of its tasks.
  var isTerminating = false
  /// What is written down of it.
  fileprivate var recorded: FrameworkInfo?
  /// It is written down as one that is ending, and nothing of it is left.
  fileprivate var isRecordedAsEnded = false
  /// How many of the agent's tasks and executors are its own.
  fileprivate(set) var users = 0
  var completed = CompletedRuns()
  /// Which turn of idleness it is in; 0 while it is in use.
  fileprivate var idleTurn: UInt64 = 0

  init(id: FrameworkID) {
    self.id = id
    self.idText = id.value
  }

  mutating func learn(_ info: FrameworkInfo) {
    self.info = info
    isPartitionAware = info.has(.partitionAware)
    hasTaskKillingState = info.has(.taskKillingState)
  }

  /// What it says of itself, if that is not what is written down: to be written down now.
  mutating func takeUnrecorded() -> FrameworkInfo? {
    if info == recorded, !isRecordedAsEnded { return nil }
    (recorded, isRecordedAsEnded) = (info, false)
    return info
  }

  /// How a task is called that never reached its executor.
  var dropped: TaskState { isPartitionAware ? .dropped : .lost }
}

/// The frameworks by id. Those without tasks and executors are kept for a while, for their sandboxes' sake.
struct FrameworkTable: Codable, Sendable {
  typealias Key = Slot<AgentFramework>

  /// How many frameworks without tasks and executors are remembered.
  static let maxCompletedFrameworks = 50

  private(set) var entries = SlotMap<AgentFramework>()
  private var index = RecentTable<FrameworkID, Key>()
  private struct Idle: Codable, Sendable {
    var key: Key
    var turn: UInt64
  }

  private var idle = Deque<Idle>()
  private var idleCount = 0
  private var turn: UInt64 = 0
  /// Those that are written down and are to be forgotten.
  private var removed: [FrameworkID] = []

  mutating func find(_ id: FrameworkID) -> Key? { index.find(id) }

  subscript(key: Key) -> AgentFramework? {
    _read { yield entries[key] }
  }

  @discardableResult
  mutating func update<Result>(_ key: Key, _ change: (inout AgentFramework) -> Result) -> Result? {
    entries.update(key, change)
  }

  /// The framework of that id, which is made or, if nothing of it is left, made anew.
  mutating func admit(_ id: FrameworkID, _ info: FrameworkInfo) -> Key {
    let known = find(id)
    let key = known ?? insert(id)
    if entries.update(key, { $0.users == 0 || $0.info == nil }) == true {
      entries.update(key) { $0.learn(info) }
    }
    if known == nil { becomeIdle(key) }
    return key
  }

  /// The framework of that id, or a place for one that only its name is known of, which has to be retained.
  mutating func admit(_ id: FrameworkID) -> Key { find(id) ?? insert(id) }

  private mutating func insert(_ id: FrameworkID) -> Key {
    let key = entries.insert(AgentFramework(id: id))
    index[id] = key
    return key
  }

  private mutating func remove(_ key: Key) {
    guard let framework = entries.remove(key) else { return }
    index[framework.id] = nil
    if framework.recorded != nil { removed.append(framework.id) }
  }

  /// Whether some that are written down have gone since the last time.
  var hasRemoved: Bool { !removed.isEmpty }

  /// Those that have gone since the last time, unless they are back.
  mutating func takeRemoved() -> [FrameworkID] {
    defer { removed = [] }
    return removed.filter { id in find(id).flatMap { entries[$0]?.recorded } == nil }
  }

  // MARK: Of an earlier life

  /// A framework of an earlier life, until ``settleRecalled(ending:)``.
  mutating func recall(_ id: FrameworkID, _ info: FrameworkInfo) {
    let key = admit(id)
    entries.update(key) {
      $0.learn(info)
      $0.recorded = info
    }
  }

  /// The tasks and executors of an earlier life are there. Those frameworks were shut down.
  mutating func settleRecalled(ending: [FrameworkID]) {
    for id in ending {
      guard let key = find(id) else { continue }
      entries.update(key) { if $0.users > 0 { $0.isTerminating = true } else { $0.isRecordedAsEnded = true } }
    }
    for place in 0..<entries.capacity {
      if let key = entries.key(at: place), entries[key]?.users == 0 { becomeIdle(key) }
    }
  }

  /// One more task or executor.
  mutating func retain(_ key: Key) {
    let wasIdle = entries.update(key) { framework in
      framework.users += 1
      let wasIdle = framework.idleTurn != 0
      framework.idleTurn = 0
      return wasIdle
    }
    if wasIdle == true { idleCount -= 1 }
  }

  /// One task or executor less.
  mutating func release(_ key: Key) {
    let (isIdle, isKnown) =
      entries.update(key) { framework in
        framework.users -= 1
        if framework.users == 0, framework.isTerminating {
          framework.isTerminating = false
          framework.isRecordedAsEnded = framework.recorded != nil
        }
        return (framework.users == 0, framework.info != nil)
      } ?? (false, false)
    guard isIdle else { return }
    if isKnown { becomeIdle(key) } else { remove(key) }
  }

  private mutating func becomeIdle(_ key: Key) {
    turn += 1
    entries.update(key) { $0.idleTurn = turn }
    idle.append(Idle(key: key, turn: turn))
    idleCount += 1
    while idleCount > Self.maxCompletedFrameworks, let first = idle.popFirst() {
      guard entries[first.key]?.idleTurn == first.turn else { continue }
      remove(first.key)
      idleCount -= 1
    }
    if idle.count > 4 * Self.maxCompletedFrameworks {
      let entries = entries
      idle.removeAll { entries[$0.key]?.idleTurn != $0.turn }
    }
  }
}
