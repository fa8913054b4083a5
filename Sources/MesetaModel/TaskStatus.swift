/// A report on a task.
public struct TaskStatus: Hashable, Codable, Sendable {
  /// Who made the report.
  public enum Source: Int32, Hashable, Codable, Sendable, CaseIterable {
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

  /// One box, because it passes through many hands unchanged.
  @usableFromInline var fields: CopyOnWrite<Fields>

  @usableFromInline
  struct Fields: Hashable, Codable, Sendable {
    @usableFromInline var taskID: TaskID
    @usableFromInline var state: TaskState
    @usableFromInline var source: Source?
    @usableFromInline var reason: Reason?
    @usableFromInline var message: String?
    @usableFromInline var agentID: AgentID?
    @usableFromInline var executorID: ExecutorID?
    @usableFromInline var timestamp: Double?
    @usableFromInline var uuid: UUID?
    @usableFromInline var containerID: ContainerID?
    fileprivate var boxedRarities: CopyOnWrite<Rarities>?

    /// Nothing where there is none of them.
    fileprivate var rarities: Rarities {
      get { boxedRarities?.value ?? Rarities() }
      set { boxedRarities = newValue == Rarities() ? nil : CopyOnWrite(newValue) }
    }
  }

  /// What most reports do not have.
  fileprivate struct Rarities: Hashable, Codable, Sendable {
    var isHealthy: Bool?
    var data: [UInt8]?
    var labels: Labels?
    var unreachableTime: Int64?
    var unknownFields = UnknownFields()
  }

  public var taskID: TaskID {
    @inlinable get { fields.value.taskID }
    set { fields.value.taskID = newValue }
  }
  public var state: TaskState {
    @inlinable get { fields.value.state }
    set { fields.value.state = newValue }
  }
  public var source: Source? {
    @inlinable get { fields.value.source }
    set { fields.value.source = newValue }
  }
  public var reason: Reason? {
    @inlinable get { fields.value.reason }
    set { fields.value.reason = newValue }
  }
  public var message: String? {
    @inlinable get { fields.value.message }
    set { fields.value.message = newValue }
  }
  public var agentID: AgentID? {
    @inlinable get { fields.value.agentID }
    set { fields.value.agentID = newValue }
  }
  public var executorID: ExecutorID? {
    @inlinable get { fields.value.executorID }
    set { fields.value.executorID = newValue }
  }
  /// Seconds since the Unix epoch.
  public var timestamp: Double? {
    @inlinable get { fields.value.timestamp }
    set { fields.value.timestamp = newValue }
  }
  /// Set on reports that the framework has to acknowledge.
  public var uuid: UUID? {
    @inlinable get { fields.value.uuid }
    set { fields.value.uuid = newValue }
  }
  public var isHealthy: Bool? {
    get { fields.value.rarities.isHealthy }
    set { fields.value.rarities.isHealthy = newValue }
  }
  public var data: [UInt8]? {
    get { fields.value.rarities.data }
    set { fields.value.rarities.data = newValue }
  }
  public var labels: Labels? {
    get { fields.value.rarities.labels }
    set { fields.value.rarities.labels = newValue }
  }
  /// When the agent was found unreachable, in nanoseconds since the Unix epoch.
  public var unreachableTime: Int64? {
    get { fields.value.rarities.unreachableTime }
    set { fields.value.rarities.unreachableTime = newValue }
  }
  /// The container that the task runs in, from `container_status.container_id`.
  public var containerID: ContainerID? {
    @inlinable get { fields.value.containerID }
    set { fields.value.containerID = newValue }
  }
  /// `check_status`, `limitation` and what else is passed on unread.
  package var unknownFields: UnknownFields {
    get { fields.value.rarities.unknownFields }
    set { fields.value.rarities.unknownFields = newValue }
  }

  public init(
    taskID: TaskID, state: TaskState, source: Source? = nil, reason: Reason? = nil,
    message: String? = nil, agentID: AgentID? = nil, executorID: ExecutorID? = nil,
    timestamp: Double? = nil, uuid: UUID? = nil, isHealthy: Bool? = nil, data: [UInt8]? = nil,
    labels: Labels? = nil, unreachableTime: Int64? = nil, containerID: ContainerID? = nil
  ) {
    let hasRarities = isHealthy != nil || data != nil || labels != nil || unreachableTime != nil
    fields = CopyOnWrite(
      Fields(
        taskID: taskID, state: state, source: source, reason: reason, message: message, agentID: agentID,
        executorID: executorID, timestamp: timestamp, uuid: uuid, containerID: containerID,
        boxedRarities: hasRarities
          ? CopyOnWrite(
            Rarities(isHealthy: isHealthy, data: data, labels: labels, unreachableTime: unreachableTime))
          : nil))
  }
}

extension TaskStatus: CustomStringConvertible {
  /// The task, its state and what there is to say of it. What stands in memory is told by addresses, another in each process.
  public var description: String {
    "\(taskID) is \(state.name)" + (message.map { ": \($0)" } ?? "")
  }
}
