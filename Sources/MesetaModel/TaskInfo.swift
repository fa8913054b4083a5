/// What a framework wants run: a name, resources, and a command or an executor.
///
/// A task is large and passes through many hands unchanged, so that it is one immutable box: a copy is a pointer.
public struct TaskInfo: Hashable, Codable, Sendable {
  /// The fields of a task, for making one.
  public struct Fields: Hashable, Codable, Sendable {
    public var name: String
    public var id: TaskID
    public var agentID: AgentID
    public var resources: Resources
    /// The program to run, for a task without an executor of its own.
    public var command: CommandInfo?
    private var sharedExecutor: Shared<ExecutorInfo>?
    public var data: [UInt8]?
    public var labels: Labels?
    /// How long the task may take to end after SIGTERM, in nanoseconds (`kill_policy.grace_period`).
    public var killGracePeriod: Int64?
    /// After how many nanoseconds a task that still runs is killed.
    public var maxCompletionTime: Int64?
    /// The most that the task may use of a resource, by name, where that is more than it requests.
    public var limits: [ResourceLimit]
    /// `mesos.v1.HealthCheck`.
    public var healthCheck: EncodedMessage?
    /// `mesos.v1.CheckInfo`.
    public var check: EncodedMessage?
    /// `mesos.v1.ContainerInfo`.
    public var container: EncodedMessage?
    /// `mesos.v1.DiscoveryInfo`.
    public var discovery: EncodedMessage?
    package var unknownFields = UnknownFields()

    var hasExecutor: Bool { sharedExecutor != nil }

    /// The executor that is to run the task, for a task without a command.
    public var executor: ExecutorInfo? {
      get { sharedExecutor?.value }
      set { sharedExecutor = newValue.map(Shared.init) }
    }

    public init(
      name: String, id: TaskID, agentID: AgentID, resources: Resources, command: CommandInfo? = nil,
      executor: ExecutorInfo? = nil
    ) {
      self.init(name: name, id: id, agentID: agentID, resources: resources)
      self.command = command
      self.executor = executor
    }

    /// Without what it is to run: an executor is much to hand over, also where there is none.
    package init(name: String, id: TaskID, agentID: AgentID, resources: Resources) {
      self.name = name
      self.id = id
      self.agentID = agentID
      self.resources = resources
      self.limits = []
    }
  }

  @usableFromInline let box: TaskBox

  public init(_ fields: consuming Fields) { self.box = TaskBox(fields) }

  public init(
    name: String, id: TaskID, agentID: AgentID, resources: Resources, command: CommandInfo? = nil,
    executor: ExecutorInfo? = nil
  ) {
    self.init(
      Fields(
        name: name, id: id, agentID: agentID, resources: resources, command: command, executor: executor))
  }

  /// All fields, to make a changed task from.
  public var fields: Fields { box.value }

  /// A copy of the task with `change` made to it.
  public func with(_ change: (inout Fields) -> Void) -> TaskInfo {
    var fields = box.value
    change(&fields)
    return TaskInfo(fields)
  }

  public var name: String { box.value.name }
  @inlinable public var id: TaskID { box.value.id }
  @inlinable public var agentID: AgentID { box.value.agentID }
  @inlinable public var resources: Resources { box.value.resources }
  public var command: CommandInfo? { box.value.command }
  public var executor: ExecutorInfo? { box.value.executor }
  public var data: [UInt8]? { box.value.data }
  public var labels: Labels? { box.value.labels }
  public var killGracePeriod: Int64? { box.value.killGracePeriod }
  public var maxCompletionTime: Int64? { box.value.maxCompletionTime }
  public var container: EncodedMessage? { box.value.container }
  public var discovery: EncodedMessage? { box.value.discovery }
  public var healthCheck: EncodedMessage? { box.value.healthCheck }
  public var limits: [ResourceLimit] { box.value.limits }

  // Questions that are asked of every task, and answered without a copy of what they are about.
  public var hasCommand: Bool { box.value.command != nil }
  public var hasExecutor: Bool { box.value.hasExecutor }
  public var hasLimits: Bool { !box.value.limits.isEmpty }
  // Inlined: nothing has to be retained to look at numbers, and a retain waits for memory where a look does not.
  @inlinable package var hasPlainResources: Bool { box.hasPlainResources }
  /// Adds what the task needs to a sum, as it is at rest.
  @inlinable
  package func addResources(to sum: inout ResourceSum) {
    if box.needs.isKnown { sum.add(box.needs.known) } else { sum += box.needs }
  }
  public var hasChecks: Bool { box.value.healthCheck != nil || box.value.check != nil }
  /// The user that the command is to run as, if it names one.
  public var user: String? { box.value.command?.user }

  /// The executor that the task runs under: its own, or for a command the one named after the task, as in Mesos.
  public var executorID: ExecutorID { box.value.executor?.id ?? ExecutorID(box.value.id.value) }
}

extension TaskInfo: CustomStringConvertible {
  /// The task, what it needs and where. What stands in memory is told by addresses, another in each process.
  public var description: String { "task \(id) with \(resources) on agent \(agentID)" }
}

/// An upper bound for a task's use of one resource.
public struct ResourceLimit: Hashable, Codable, Sendable {
  public enum Bound: Hashable, Codable, Sendable {
    case scalar(Scalar)
    case infinite
  }

  public var name: String
  public var bound: Bound

  public init(_ name: String, _ bound: Bound) {
    self.name = name
    self.bound = bound
  }
}
