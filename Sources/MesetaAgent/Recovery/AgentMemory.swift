// What an agent remembers of an earlier life: what its records make up.

public import MesetaModel
public import MesetaProtocol

/// The frameworks, executors and tasks of an earlier life of an agent, each in the order they came.
public struct AgentMemory: Hashable, Codable, Sendable {
  public struct Framework: Hashable, Codable, Sendable {
    public var id: FrameworkID
    public var info: FrameworkInfo
    /// It was shut down, and something of it is left.
    public var isEnding = false

    public init(_ id: FrameworkID, _ info: FrameworkInfo, isEnding: Bool = false) {
      self.id = id
      self.info = info
      self.isEnding = isEnding
    }
  }

  public struct Executor: Hashable, Codable, Sendable {
    public var key: FrameworkExecutor
    public var info: ExecutorInfo
    public var containerID: String
    public var isEnding = false
    /// Tasks of it whose ends are acknowledged, the newest.
    public var ended: [TaskID] = []

    public init(_ key: FrameworkExecutor, _ info: ExecutorInfo, containerID: String) {
      self.key = key
      self.info = info
      self.containerID = containerID
    }
  }

  public struct Task: Hashable, Codable, Sendable {
    public var start: RecordedTask
    public var isSent = false
    public var kill: RecordedKill?
    /// What was reported last.
    public var state = TaskState.staging
    /// When it was first said to run, in seconds since the Unix epoch.
    public var runningSince: Double?
    /// The updates that are not acknowledged.
    public var updates: [TaskStatus] = []
    /// The UUIDs of its updates, acknowledged or not: the newest.
    public var known: [UUID] = []

    public init(_ start: RecordedTask) { self.start = start }
  }

  /// How many ended tasks of an executor are remembered, and how many UUIDs of a task's updates.
  public static let endedCapacity = 1000
  public static let knownCapacity = 128

  public var frameworks: [Framework] = []
  public var executors: [Executor] = []
  public var tasks: [Task] = []

  public init() {}

  public var isEmpty: Bool { frameworks.isEmpty && executors.isEmpty && tasks.isEmpty }
}

extension AgentMemory {
  /// Takes a change in. O(n): what is written to disk is kept there in tables.
  public mutating func apply(_ record: consuming AgentRecord) {
    switch consume record {
    case .framework(let info):
      guard let id = info.id else { return }
      if let place = place(of: id) {
        (frameworks[place].info, frameworks[place].isEnding) = (info, false)
      } else {
        frameworks.append(Framework(id, info))
      }
    case .frameworkEnds(let id):
      if let place = place(of: id) { frameworks[place].isEnding = true }
      for place in tasks.indices where tasks[place].start.key.frameworkID == id { tasks[place].updates = [] }
    case .frameworkRemoved(let id): frameworks.removeAll { $0.id == id }
    case .executor(let info, let containerID):
      guard let framework = info.frameworkID else { return }
      executors.append(
        Executor(FrameworkExecutor(framework, info.id), info, containerID: containerID))
    case .executorEnds(let key):
      if let place = executors.firstIndex(where: { $0.key == key }) { executors[place].isEnding = true }
    case .executorRemoved(let key): executors.removeAll { $0.key == key }
    case .task(let task): tasks.append(Task(task))
    case .taskSent(let key): update(key) { $0.isSent = true }
    case .taskKilled(let key, let kill): update(key) { $0.kill = kill }
    case .taskRemoved(let key, let executor):
      for place in tasks.indices.reversed() where isTask(key, at: place) { tasks.remove(at: place) }
      if let executor { ended(key, under: executor) }
    case .update(let key, let status): update(key) { $0.take(status) }
    case .acknowledged(let key, let uuid): update(key) { $0.acknowledged(uuid) }
    }
  }

  private func place(of id: FrameworkID) -> Int? { frameworks.firstIndex { $0.id == id } }

  private mutating func update(_ key: FrameworkTask, _ change: (inout Task) -> Void) {
    if let place = tasks.indices.last(where: { isTask(key, at: $0) }) { change(&tasks[place]) }
  }

  /// Looks at a task where it stands: a search through the tasks themselves would copy each. What tells tasks apart comes
  /// first.
  private func isTask(_ key: FrameworkTask, at place: Int) -> Bool {
    tasks[place].start.key.taskID == key.taskID && tasks[place].start.key.frameworkID == key.frameworkID
  }

  private mutating func ended(_ task: FrameworkTask, under executor: ExecutorID) {
    let key = FrameworkExecutor(task.frameworkID, executor)
    guard let place = executors.firstIndex(where: { $0.key == key }) else { return }
    executors[place].ended.append(task.taskID)
    if executors[place].ended.count > Self.endedCapacity { executors[place].ended.removeFirst() }
  }
}

extension AgentMemory.Task {
  fileprivate mutating func acknowledged(_ uuid: UUID) {
    for place in updates.indices.reversed() where updates[place].uuid == uuid { updates.remove(at: place) }
  }

  fileprivate mutating func take(_ status: TaskStatus) {
    state = status.state
    if state == .running, runningSince == nil { runningSince = status.timestamp }
    updates.append(status)
    guard let uuid = status.uuid else { return }
    // Most tasks start, run and end.
    if known.isEmpty { known.reserveCapacity(3) }
    known.append(uuid)
    if known.count > AgentMemory.knownCapacity { known.removeFirst() }
  }
}
