public import MesetaModel

/// What is on an agent, as operators are told of it.
public struct AgentContents: Sendable {
  /// Frameworks that have something there, or those that had.
  public struct Frameworks: Sendable {
    public var active: [FrameworkInfo] = []
    public var completed: [FrameworkInfo] = []
  }

  /// Tasks by how far they have got.
  public struct Tasks: Sendable {
    /// They wait for their executor.
    public var queued: [TaskDescription] = []
    public var launched: [TaskDescription] = []
    /// They have ended, and their frameworks have not acknowledged it.
    public var terminated: [TaskDescription] = []
    /// Their ends are acknowledged, or nobody wants to know of them. The newest are remembered.
    public var completed: [TaskDescription] = []

    public init() {}
  }

  /// One that an executor, or a plain command, runs in.
  public struct Container: Sendable {
    public var id: String
    public var frameworkID: FrameworkID
    public var executorID: ExecutorID
    /// The directory that it runs in.
    public var directory = ""
    /// The resources of the executor and its tasks.
    public var allocated: Resources
    /// What has been used of them; nil if that is not known.
    public var used: Statistics?
    /// What runs in it; nil if nothing is known of that any more.
    public var executor: ExecutorInfo?
    /// The tasks that have ended in it, as far as they are remembered; of a container that is there those that were acknowledged.
    public var completedTasks: [TaskDescription] = []

    public var executorName: String { executor?.name ?? "" }
    /// The older name of what a framework calls its executor.
    public var source: String { executor?.source ?? "" }

    public init(
      _ id: String, of frameworkID: FrameworkID, _ executorID: ExecutorID, allocated: Resources
    ) {
      self.id = id
      self.frameworkID = frameworkID
      self.executorID = executorID
      self.allocated = allocated
    }
  }

  /// What a container has used.
  public struct Statistics: Sendable {
    /// When that was measured, in seconds since the Unix epoch.
    public var timestamp: Double
    /// The time of processors since its start, in seconds.
    public var processorSeconds: Double
    /// The memory that is occupied.
    public var memoryBytes: UInt64

    public init(timestamp: Double, processorSeconds: Double, memoryBytes: UInt64) {
      self.timestamp = timestamp
      self.processorSeconds = processorSeconds
      self.memoryBytes = memoryBytes
    }
  }

  /// How many executors there are, by how far they have got.
  public struct ExecutorCounts: Sendable {
    public var registering = 0
    public var running = 0
    public var terminating = 0
  }

  public var info: AgentInfo
  /// Where the agent answers HTTP, `HOST:PORT`.
  public var endpoint = ""
  public var capabilities: [AgentCapability] = []
  /// The machine of the master that the agent has a session with, as far as it is known.
  public var masterHostname: String?
  /// Whether a master has the agent.
  public var isRegistered = false
  /// All that there is, with the reservations and volumes that operations made; and what is oversubscribed.
  public var total = Resources()
  public var executorCounts = ExecutorCounts()
  /// Set while the agent is drained.
  public var drainConfig: DrainConfig?
  public var frameworks = Frameworks()
  public var tasks = Tasks()
  public var containers: [Container] = []
  /// Those that are gone, as far as they are remembered.
  public var completedContainers: [Container] = []
  public var operations: [OperationRecord] = []

  /// Those of plain commands too.
  public var executors: [ExecutorInfo] { containers.compactMap(\.executor) }
  /// Those that have ended.
  public var completedExecutors: [ExecutorInfo] { completedContainers.compactMap(\.executor) }

  public init(_ info: AgentInfo) { self.info = info }
}
