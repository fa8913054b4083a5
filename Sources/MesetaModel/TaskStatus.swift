/// A report on a task.
public struct TaskStatus: Hashable, Sendable {
  /// Who made the report.
  public enum Source: Int32, Hashable, Sendable, CaseIterable {
    case master = 0
    case agent = 1
    case executor = 2

    /// Mesos's name, `SOURCE_MASTER`.
    public var name: String {
      switch self {
      case .master: "SOURCE_MASTER"
      case .agent: "SOURCE_AGENT"
      case .executor: "SOURCE_EXECUTOR"
      }
    }
  }

  public var taskID: TaskID
  public var state: TaskState
  public var source: Source?
  public var reason: Reason?
  public var message: String?
  public var agentID: AgentID?
  public var executorID: ExecutorID?
  /// Seconds since the Unix epoch.
  public var timestamp: Double?
  /// Set on reports that the framework has to acknowledge.
  public var uuid: UUID?
  public var isHealthy: Bool?
  public var data: [UInt8]?
  public var labels: Labels?
  /// When the agent was found unreachable, in nanoseconds since the Unix epoch.
  public var unreachableTime: Int64?
  /// The container that the task runs in, from `container_status.container_id`.
  public var containerID: ContainerID?
  /// `check_status`, `limitation` and what else is passed on unread.
  package var unknownFields = UnknownFields()

  public init(
    taskID: TaskID, state: TaskState, source: Source? = nil, reason: Reason? = nil,
    message: String? = nil, agentID: AgentID? = nil, executorID: ExecutorID? = nil,
    timestamp: Double? = nil, uuid: UUID? = nil, isHealthy: Bool? = nil, data: [UInt8]? = nil,
    labels: Labels? = nil, unreachableTime: Int64? = nil, containerID: ContainerID? = nil
  ) {
    self.taskID = taskID
    self.state = state
    self.source = source
    self.reason = reason
    self.message = message
    self.agentID = agentID
    self.executorID = executorID
    self.timestamp = timestamp
    self.uuid = uuid
    self.isHealthy = isHealthy
    self.data = data
    self.labels = labels
    self.unreachableTime = unreachableTime
    self.containerID = containerID
  }
}
