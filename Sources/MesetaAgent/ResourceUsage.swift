// What is allocated on an agent and what is used of it: what estimates and corrections are made from.

public import MesetaModel
public import MesetaRuntime

/// How many processes of a machine were running or waited to run, averaged over 1, 5 and 15 minutes.
public struct LoadAverages: Hashable, Codable, Sendable {
  public var oneMinute: Scalar
  public var fiveMinutes: Scalar
  public var fifteenMinutes: Scalar

  public init(oneMinute: Scalar, fiveMinutes: Scalar, fifteenMinutes: Scalar) {
    self.oneMinute = oneMinute
    self.fiveMinutes = fiveMinutes
    self.fifteenMinutes = fifteenMinutes
  }
}

/// What an agent's host measures when the agent asks for it.
public struct MachineUsage: Hashable, Codable, Sendable {
  /// One container.
  public struct Container: Hashable, Codable, Sendable {
    public var containerID: String
    /// The processor time of all its processes since its start.
    public var processorTime: Span
    /// The memory that its processes occupy.
    public var memoryBytes: UInt64

    public init(containerID: String, processorTime: Span, memoryBytes: UInt64) {
      self.containerID = containerID
      self.processorTime = processorTime
      self.memoryBytes = memoryBytes
    }
  }

  /// Nil where it cannot be found out.
  public var load: LoadAverages?
  /// Those of the containers asked for that could be measured.
  public var containers: [Container]

  public init(load: LoadAverages? = nil, containers: [Container] = []) {
    self.load = load
    self.containers = containers
  }
}

/// What an agent has, to whom it is allocated, and what is used of it.
public struct ResourceUsage: Hashable, Codable, Sendable {
  /// An executor, or a plain command, with the container that it runs in.
  public struct Executor: Hashable, Codable, Sendable {
    public var frameworkID: FrameworkID
    public var executorID: ExecutorID
    public var containerID: String
    /// The resources of the executor and its tasks, at rest.
    public var allocated: Resources
    /// The `cpus` and `mem` that are used; nil before there are two measurements to compare.
    public var used: Resources?

    public init(
      frameworkID: FrameworkID, executorID: ExecutorID, containerID: String, allocated: Resources,
      used: Resources? = nil
    ) {
      self.frameworkID = frameworkID
      self.executorID = executorID
      self.containerID = containerID
      self.allocated = allocated
      self.used = used
    }

    /// Whether any of its resources may be taken back at any time, and therefore all of it be ended.
    public var isRevocable: Bool { allocated.contains { $0.isRevocable } }
  }

  /// What the agent has without what it oversubscribes.
  public var total: Resources
  public var executors: [Executor]
  public var load: LoadAverages?

  public init(total: Resources, executors: [Executor] = [], load: LoadAverages? = nil) {
    self.total = total
    self.executors = executors
    self.load = load
  }

  /// What is allocated and may be taken back at any time.
  public var allocatedRevocable: Resources {
    executors.reduce(into: Resources()) { sum, executor in
      for resource in executor.allocated where resource.isRevocable { sum.add(resource) }
    }
  }
}
