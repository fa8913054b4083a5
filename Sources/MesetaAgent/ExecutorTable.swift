// The custom executors of the agent: programs of a framework that connect to the agent and run tasks for it.

package import MesetaModel
import MesetaRuntime

/// An executor as an agent knows it, from the launch of its container to its end.
struct AgentExecutor: Codable, Sendable {
  enum State: Codable, Sendable {
    /// Its container was launched; it has not subscribed.
    case registering
    case running
    /// It was told to end, or is being killed.
    case terminating
  }

  /// What its end means for its tasks, if the agent brought it about.
  struct Verdict: Codable, Sendable {
    var state = TaskState.failed
    var reason: TaskStatus.Reason
    var message: String
  }

  let name: ExecutorName
  let framework: FrameworkTable.Key
  /// Names its framework.
  let info: ExecutorInfo
  let containerID: String
  var state = State.registering
  /// Where it is reached, while it is connected.
  var session: SessionID?
  var tasks = TaskList()
  /// Those that it has not been sent, and some that were killed before.
  var queued: [TaskTable.Key] = []
  /// It was sent a task.
  var hasBeenSentTask = false
  var ended = EndedTasks()
  var verdict: Verdict?
  /// Its resources are taken from what is available.
  var holdsResources = true
  /// It was launched in an earlier life of the agent, and has not come back to this one.
  var isRecovered = false

  /// How long it may take to end, if it says so.
  var shutdownGracePeriod: Span? { info.shutdownGracePeriod.map { Span(nanoseconds: max($0, 0)) } }

  init(_ name: ExecutorName, framework: FrameworkTable.Key, info: ExecutorInfo, containerID: String) {
    self.name = name
    self.framework = framework
    self.info = info
    self.containerID = containerID
  }
}

/// That an executor has ended, and how.
struct ExecutorEnd: Hashable, Codable, Sendable {
  var name: ExecutorName
  var status: Int32
}

/// Names an executor on one agent.
package struct ExecutorName: Hashable, Codable, Sendable, CustomStringConvertible {
  package var frameworkID: FrameworkID
  package var executorID: ExecutorID

  package init(_ frameworkID: FrameworkID, _ executorID: ExecutorID) {
    self.frameworkID = frameworkID
    self.executorID = executorID
  }

  package var description: String { "executor \(executorID) of framework \(frameworkID)" }
}

/// The executors by framework and id.
struct ExecutorTable: Codable, Sendable {
  typealias Key = Slot<AgentExecutor>

  private(set) var entries = SlotMap<AgentExecutor>()
  private var index: [ExecutorName: Key] = [:]

  var capacity: Int { entries.capacity }

  func find(_ name: ExecutorName) -> Key? { index.isEmpty ? nil : index[name] }
  func key(at place: Int) -> Key? { entries.key(at: place) }

  subscript(key: Key) -> AgentExecutor? {
    _read { yield entries[key] }
  }

  @discardableResult
  mutating func update<Result>(_ key: Key, _ change: (inout AgentExecutor) -> Result) -> Result? {
    entries.update(key, change)
  }

  mutating func insert(_ executor: AgentExecutor) -> Key {
    let key = entries.insert(executor)
    index[executor.name] = key
    return key
  }

  mutating func remove(_ key: Key) {
    guard let executor = entries.remove(key) else { return }
    index[executor.name] = nil
  }
}
