public import MesetaModel

/// What an agent tells the master.
public enum AgentMessage: Hashable, Sendable {
  indirect case register(AgentRegistration)
  indirect case reregister(AgentReregistration)
  case unregister(AgentID)
  case statusUpdate(StatusUpdate)
  case exitedExecutor(AgentID, FrameworkID, ExecutorID, status: Int32)
  case executorMessage(AgentID, FrameworkID, ExecutorID, data: [UInt8])
  case pong
  indirect case updateOperationStatus(OperationUpdate)
  /// An operation could not be done: the resources are not what the master has to think they are.
  indirect case updateResources(checkpointed: Resources, version: UUID)
  /// All that the agent gives away besides what it has, whether it is used or not. It may be taken back at any time.
  indirect case updateOversubscribed(Resources)
}

/// What the master tells an agent.
public enum MasterMessage: Hashable, Codable, Sendable {
  /// Answers a registration. The agent looks for a new master when it hears nothing for `pingTimeout` nanoseconds.
  case registered(AgentID, pingTimeout: Int64)
  /// Answers a re-registration.
  indirect case reregistered(AgentID, pingTimeout: Int64, reconcile: AgentReconciliation)
  /// `isConnected` is false if the master thinks that the agent has to register again.
  case ping(isConnected: Bool)
  /// With `launchesExecutor` the master has put resources aside for an executor, which is to be launched; without, the
  /// task goes to one that is there, and is dropped if that is gone. For a plain command it says nothing.
  case runTask(FrameworkInfo, TaskInfo, launchesExecutor: Bool = true)
  case killTask(FrameworkID, TaskID, gracePeriod: Int64?)
  case shutdownExecutor(FrameworkID, ExecutorID)
  case shutdownFramework(FrameworkID)
  case frameworkMessage(FrameworkID, ExecutorID, data: [UInt8])
  case acknowledge(FrameworkID, TaskID, UUID)
  case updateFramework(FrameworkInfo)
  /// The agent is to kill its tasks and take no more until they have ended.
  case drain(DrainConfig)
  /// The agent is to kill everything and end.
  case shutdown(String)
  indirect case applyOperation(ApplyOperation)
  /// The status of an operation has reached whoever wanted to know.
  case acknowledgeOperation(UUID, status: UUID)
}

/// A task of a framework.
public struct FrameworkTask: Hashable, Codable, Sendable {
  public var frameworkID: FrameworkID
  public var taskID: TaskID

  public init(_ frameworkID: FrameworkID, _ taskID: TaskID) {
    self.frameworkID = frameworkID
    self.taskID = taskID
  }
}

/// An executor of a framework.
public struct FrameworkExecutor: Hashable, Codable, Sendable {
  public var frameworkID: FrameworkID
  public var executorID: ExecutorID

  public init(_ frameworkID: FrameworkID, _ executorID: ExecutorID) {
    self.frameworkID = frameworkID
    self.executorID = executorID
  }
}

/// What the master believes to be on an agent that came back and did not name it. The agent knows better: of these it
/// reports the tasks and operations that it does not know as dropped, and such executors as ended.
public struct AgentReconciliation: Hashable, Codable, Sendable {
  public var tasks: [FrameworkTask]
  public var executors: [FrameworkExecutor]
  /// Those that own the tasks, for what an agent says depends on what they understand.
  public var frameworks: [FrameworkInfo]
  public var operations: [UUID]

  public init(
    tasks: [FrameworkTask] = [], executors: [FrameworkExecutor] = [], frameworks: [FrameworkInfo] = [],
    operations: [UUID] = []
  ) {
    self.tasks = tasks
    self.executors = executors
    self.frameworks = frameworks
    self.operations = operations
  }
}

/// A machine that joins the cluster.
public struct AgentRegistration: Hashable, Codable, Sendable {
  public var info: AgentInfo
  public var version: String
  public var capabilities: [AgentCapability]
  /// Where clients reach the agent's native protocol, `HOST:PORT`; nil where it listens to nobody.
  public var nativeAddress: String?
  /// What operations made of the resources of ``info``.
  public var checkpointedResources: Resources
  /// Names this state of the agent's resources; nil for an agent that knows no operations.
  public var resourceVersion: UUID?

  public init(
    _ info: AgentInfo, version: String, capabilities: [AgentCapability] = [], nativeAddress: String? = nil,
    checkpointedResources: Resources = Resources(), resourceVersion: UUID? = nil
  ) {
    self.info = info
    self.version = version
    self.capabilities = capabilities
    self.nativeAddress = nativeAddress
    self.checkpointedResources = checkpointedResources
    self.resourceVersion = resourceVersion
  }
}

/// A machine that comes back, with what runs on it.
public struct AgentReregistration: Hashable, Codable, Sendable {
  /// Holds the agent's id.
  public var registration: AgentRegistration
  public var tasks: [TaskRecord]
  public var executors: [ExecutorInfo]
  /// The frameworks that own them.
  public var frameworks: [FrameworkInfo]
  /// Those whose status is not acknowledged.
  public var operations: [OperationRecord]

  public init(
    _ registration: AgentRegistration, tasks: [TaskRecord], executors: [ExecutorInfo],
    frameworks: [FrameworkInfo], operations: [OperationRecord] = []
  ) {
    self.registration = registration
    self.tasks = tasks
    self.executors = executors
    self.frameworks = frameworks
    self.operations = operations
  }
}

/// A task and how it stands (`mesos.v1.Task`).
public struct TaskRecord: Hashable, Codable, Sendable {
  public var frameworkID: FrameworkID
  public var info: TaskInfo
  /// The newest state, whether or not the framework has acknowledged it.
  public var state: TaskState
  /// The state of the update that the framework has to acknowledge next, and its uuid.
  public var statusUpdateState: TaskState?
  public var statusUpdateUUID: UUID?

  public init(
    _ frameworkID: FrameworkID, _ info: TaskInfo, state: TaskState, statusUpdateState: TaskState? = nil,
    statusUpdateUUID: UUID? = nil
  ) {
    self.frameworkID = frameworkID
    self.info = info
    self.state = state
    self.statusUpdateState = statusUpdateState
    self.statusUpdateUUID = statusUpdateUUID
  }
}

/// A status on its way from the agent to the framework.
public struct StatusUpdate: Hashable, Codable, Sendable {
  public var frameworkID: FrameworkID
  public var status: TaskStatus
  /// The newest state of the task, which may be ahead of `status` while that waits to be acknowledged.
  public var latestState: TaskState

  public init(_ frameworkID: FrameworkID, _ status: TaskStatus, latestState: TaskState) {
    self.frameworkID = frameworkID
    self.status = status
    self.latestState = latestState
  }
}
