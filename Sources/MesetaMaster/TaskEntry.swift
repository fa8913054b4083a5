import MesetaAllocator
import MesetaModel
import MesetaRuntime

typealias TaskKey = Slot<TaskEntry>

/// A task that the framework has not heard the end of.
struct TaskEntry: Codable, Sendable {
  var info: TaskInfo
  var framework: FrameworkKey
  var agent: AgentKey
  /// Nil if the task never held resources here.
  var role: RoleSlot?
  /// The newest state, whether or not the framework has acknowledged it.
  var state: TaskState = .staging
  /// The update that was forwarded last and waits to be acknowledged.
  var statusUpdateState: TaskState?
  var statusUpdateUUID: UUID?
  /// What the framework was told, for operators.
  var statuses = StatusHistory()
  /// Where the task stands in its agent's and its framework's list.
  var positionOnAgent: Int32 = 0
  var positionInFramework: Int32 = 0
  /// False once the resources of an ended task went back.
  var holdsResources = true
  /// A kill that has to be sent again when the agent is back; the grace period in nanoseconds, -1 for the task's.
  var requestedKill: Int64?

  /// Whether the framework was told how the task ended. The agent may know more (`state`) than it has reported yet.
  var isEndTold: Bool { statusUpdateState?.isTerminal ?? false }

  init(_ info: TaskInfo, framework: FrameworkKey, agent: AgentKey, role: RoleSlot?) {
    self.info = info
    self.framework = framework
    self.agent = agent
    self.role = role
  }
}
