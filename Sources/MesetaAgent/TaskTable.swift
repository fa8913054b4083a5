// The tasks of the agent: those that run, and those whose end is not acknowledged.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// What the agent does for a plain command in the place of an executor.
struct CommandRun: Codable, Sendable {
  let container: ContainerID
  var hasStarted = false
  var kill: KillEscalation?
  var ranTooLong = false
  /// It was ended because others need the resources that it runs on.
  var isPreempted = false

  var containerID: String { container.value }
}

/// A task as an agent knows it.
struct AgentTask: Codable, Sendable {
  let key: FrameworkTask
  let framework: FrameworkTable.Key
  /// Nil for a task that the agent does not know and only reports on.
  let info: TaskInfo?
  /// The name of what runs the task.
  let executorID: ExecutorID?
  var state = TaskState.staging
  var updates = StatusUpdateStream()
  /// While the container of a plain command is there.
  var command: CommandRun?
  /// While the executor of a task that has one is there.
  var executor: ExecutorTable.Key?
  /// The executor has not been sent the task.
  var isQueued = false
  /// A kill that its executor could not be told of: the grace period asked for.
  var untoldKill: UntoldKill?
  /// Its resources are taken from what is available.
  var holdsResources: Bool
  /// The agent only reports on it.
  let isStranger: Bool
  fileprivate var previous: TaskTable.Key?
  fileprivate var next: TaskTable.Key?

  struct UntoldKill: Codable, Sendable { var gracePeriod: Int64? }

  /// A task that is accepted and holds its resources, or else one that the agent only reports on.
  init(
    _ key: FrameworkTask, framework: FrameworkTable.Key, info: TaskInfo?, isAccepted: Bool = false
  ) {
    self.key = key
    self.framework = framework
    self.info = info
    self.executorID = info?.executorID
    self.holdsResources = isAccepted
    self.isStranger = !isAccepted
  }

  /// The task as it is written down when it comes.
  var start: RecordedTask {
    RecordedTask(key, info, containerID: command?.containerID, isAccepted: !isStranger)
  }
}

/// Some tasks in the order they came: those of one executor.
struct TaskList: Codable, Sendable {
  fileprivate(set) var first: TaskTable.Key?
  fileprivate var last: TaskTable.Key?
}

/// The tasks by framework and id.
struct TaskTable: Codable, Sendable {
  typealias Key = Slot<AgentTask>

  /// A framework goes by its place in the agent's table here: that is quicker to hash than its id.
  private struct Name: Codable, TextKey {
    var framework: FrameworkTable.Key
    var taskID: TaskID
    var text: String { taskID.value }
    var number: UInt32 { framework.index }
  }

  private(set) var entries = SlotMap<AgentTask>()
  private var index = TextTable<Name, Key>()

  var count: Int { entries.count }
  /// One more than the highest place in use, to walk all tasks.
  var capacity: Int { entries.capacity }

  func find(_ taskID: TaskID, of framework: FrameworkTable.Key) -> Key? {
    index[Name(framework: framework, taskID: taskID)]
  }

  func key(at place: Int) -> Key? { entries.key(at: place) }

  subscript(key: Key) -> AgentTask? {
    _read { yield entries[key] }
  }

  /// Whether the update of a task is to be sent again at that time.
  func isDue(_ key: Key, at time: Instant) -> Bool {
    entries.contains(key) && entries[Int(key.index)].updates.resend == time
  }

  /// Looks at a task or changes it where it is. An entry is large: where many pass, this costs a tenth of reading
  /// through the subscript, which copies it.
  @discardableResult
  mutating func update<Result>(_ key: Key, _ change: (inout AgentTask) -> Result) -> Result? {
    entries.update(key, change)
  }

  /// Adds a task whose id is not in the table.
  mutating func insert(_ task: consuming AgentTask) -> Key {
    let name = Name(framework: task.framework, taskID: task.key.taskID)
    let key = entries.insert(task)
    index[name] = key
    return key
  }

  @discardableResult
  mutating func remove(_ key: Key) -> AgentTask? {
    guard let task = entries.remove(key) else { return nil }
    index.removeValue(forKey: Name(framework: task.framework, taskID: task.key.taskID))
    return task
  }

  // MARK: The tasks of one executor

  mutating func append(_ key: Key, to list: inout TaskList) {
    entries.update(key) {
      $0.previous = list.last
      $0.next = nil
    }
    if let last = list.last { entries.update(last) { $0.next = key } } else { list.first = key }
    list.last = key
  }

  mutating func remove(_ key: Key, from list: inout TaskList) {
    let links = entries.update(key) { task in
      defer { (task.previous, task.next) = (nil, nil) }
      return (previous: task.previous, next: task.next)
    }
    guard let links else { return }
    if let previous = links.previous {
      entries.update(previous) { $0.next = links.next }
    } else {
      list.first = links.next
    }
    if let next = links.next {
      entries.update(next) { $0.previous = links.previous }
    } else {
      list.last = links.previous
    }
  }

  func keys(of list: TaskList) -> [Key] {
    var keys: [Key] = []
    var next = list.first
    while let key = next {
      keys.append(key)
      next = entries[key]?.next
    }
    return keys
  }
}
