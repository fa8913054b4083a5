internal import DequeModule
import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

typealias FrameworkKey = Slot<FrameworkEntry>

/// A framework that is subscribed, or disconnected and may come back.
struct FrameworkEntry: Codable, Sendable {
  var info: FrameworkInfo
  var id: FrameworkID
  /// Who has proven to be the framework, on its last session.
  var principal: Principal?
  /// Nanoseconds since the Unix epoch.
  var registeredTime: Int64
  /// When it last subscribed again.
  var reregisteredTime: Int64?
  /// Nil while the framework is disconnected.
  var session: SessionID?
  /// Its account in the allocator.
  var slot: FrameworkSlot
  var suppressedRoles: [String]
  var offerConstraints: OfferConstraints = [:]
  /// Look-up only; `taskOrder` is what is iterated.
  var tasks = TextTable<TaskID, TaskKey>()
  var taskOrder: [TaskKey] = []
  /// How many custom executors it has on an agent. Not in any order.
  var executorAgents: [AgentKey: Int] = [:]
  /// Tasks on agents that went unreachable, the oldest first.
  var unreachableTasks: BoundedHistory<TaskID, UnreachableTask>
  /// The oldest first.
  var completedTasks: Deque<CompletedTask> = []
  /// Tells the deadlines of this disconnection from those of earlier ones.
  var disconnections: UInt64 = 0
  /// Whether a deadline is set for the next heartbeat.
  var hasHeartbeat = false
  /// Whether the framework was sent nothing since the last time a heartbeat was due.
  var isQuiet = true

  var isPartitionAware: Bool { info.has(.partitionAware) }

  /// It came with its agents, and has not subscribed.
  var isRecovered: Bool { session == nil && disconnections == 0 }
}

/// A task on an agent that went unreachable: it may come back with it.
struct UnreachableTask: Codable, Sendable {
  var info: TaskInfo
  var state: TaskState
  var statuses: StatusHistory
  /// Nanoseconds since the Unix epoch.
  var since: Int64

  var agentID: AgentID { info.agentID }

  func describe(of framework: FrameworkID) -> TaskDescription {
    TaskDescription(
      TaskRecord(framework, info, state: state), statuses: statuses.statuses(of: info), isUnreachable: true)
  }
}

/// A task whose end the framework has heard.
struct CompletedTask: Codable, Sendable {
  var info: TaskInfo
  var state: TaskState
  var statusUpdateState: TaskState?
  var statuses: StatusHistory

  func describe(of framework: FrameworkID) -> TaskDescription {
    TaskDescription(
      TaskRecord(framework, info, state: state, statusUpdateState: statusUpdateState),
      statuses: statuses.statuses(of: info), isCompleted: true)
  }
}

/// A framework that is over.
struct CompletedFramework: Codable, Sendable {
  var info: FrameworkInfo
  /// Nanoseconds since the Unix epoch, as the next.
  var registeredTime: Int64
  var reregisteredTime: Int64?
  var unregisteredTime: Int64
  var offerConstraints: OfferConstraints
  var tasks: Deque<CompletedTask>
}
