// The frameworks that have something on the agent, or had recently.

internal import DequeModule
import MesetaModel
import MesetaRuntime

/// A framework as an agent knows it.
struct AgentFramework: Sendable {
  let id: FrameworkID
  /// Boxed, so that an entry is small to copy.
  private(set) var box: Shared<FrameworkInfo>
  /// Where its executors have their directories, once it has any.
  var executorsDirectory: String?
  private(set) var isPartitionAware = false
  private(set) var hasTaskKillingState = false
  /// It was shut down: its executors are on their way out and nobody wants to hear of its tasks.
  var isTerminating = false
  /// How many of the agent's tasks and executors are its own.
  fileprivate(set) var users = 0
  var completed = CompletedRuns()
  /// Which turn of idleness it is in; 0 while it is in use.
  fileprivate var idleTurn: UInt64 = 0

  init(id: FrameworkID, info: FrameworkInfo) {
    self.id = id
    self.box = Shared(info)
    readCapabilities()
  }

  var info: FrameworkInfo {
    get { box.value }
    set {
      box = Shared(newValue)
      readCapabilities()
    }
  }

  /// How a task is called that never reached its executor.
  var dropped: TaskState { isPartitionAware ? .dropped : .lost }

  private mutating func readCapabilities() {
    isPartitionAware = box.value.has(.partitionAware)
    hasTaskKillingState = box.value.has(.taskKillingState)
  }
}

/// The frameworks by id. Those without tasks and executors are kept for a while, for their sandboxes' sake.
struct FrameworkTable: Sendable {
  typealias Key = Slot<AgentFramework>

  /// How many frameworks without tasks and executors are remembered.
  static let maxCompletedFrameworks = 50

  private(set) var entries = SlotMap<AgentFramework>()
  private var index: [FrameworkID: Key] = [:]
  private var idle = Deque<(key: Key, turn: UInt64)>()
  private var idleCount = 0
  private var turn: UInt64 = 0

  func find(_ id: FrameworkID) -> Key? { index[id] }

  subscript(key: Key) -> AgentFramework? {
    _read { yield entries[key] }
  }

  @discardableResult
  mutating func update<Result>(_ key: Key, _ change: (inout AgentFramework) -> Result) -> Result? {
    entries.update(key, change)
  }

  /// The framework of that id, which is made or, if nothing of it is left, made anew.
  mutating func admit(_ id: FrameworkID, _ info: FrameworkInfo) -> Key {
    if let key = index[id] {
      entries.update(key) { if $0.users == 0 { $0.info = info } }
      return key
    }
    let key = entries.insert(AgentFramework(id: id, info: info))
    index[id] = key
    becomeIdle(key)
    return key
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
    let isIdle = entries.update(key) { framework in
      framework.users -= 1
      if framework.users == 0 { framework.isTerminating = false }
      return framework.users == 0
    }
    if isIdle == true { becomeIdle(key) }
  }

  private mutating func becomeIdle(_ key: Key) {
    turn += 1
    entries.update(key) { $0.idleTurn = turn }
    idle.append((key, turn))
    idleCount += 1
    while idleCount > Self.maxCompletedFrameworks, let first = idle.popFirst() {
      guard entries[first.key]?.idleTurn == first.turn, let framework = entries.remove(first.key) else {
        continue
      }
      index[framework.id] = nil
      idleCount -= 1
    }
    if idle.count > 4 * Self.maxCompletedFrameworks {
      let entries = entries
      idle.removeAll { entries[$0.key]?.idleTurn != $0.turn }
    }
  }
}
