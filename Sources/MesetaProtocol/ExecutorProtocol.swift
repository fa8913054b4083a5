public import MesetaModel

/// What an executor asks of its agent (`mesos.v1.executor.Call`).
public struct ExecutorCall: Hashable, Sendable {
  public var frameworkID: FrameworkID
  public var executorID: ExecutorID
  public var kind: Kind

  public init(frameworkID: FrameworkID, executorID: ExecutorID, _ kind: Kind) {
    self.frameworkID = frameworkID
    self.executorID = executorID
    self.kind = kind
  }

  public enum Kind: Hashable, Sendable {
    /// After a reconnection with the tasks and updates that the agent has not acknowledged.
    case subscribe(unacknowledgedTasks: [TaskInfo], unacknowledgedUpdates: [TaskStatus])
    case update(TaskStatus)
    case message([UInt8])
    case heartbeat
    case unknown(type: Int32)
  }
}

/// What an agent tells an executor (`mesos.v1.executor.Event`).
public enum ExecutorEvent: Hashable, Sendable {
  /// Rare and by far the largest: indirect, so that all other messages are smaller to move.
  indirect case subscribed(ExecutorInfo, FrameworkInfo, AgentInfo, containerID: ContainerID?)
  case launch(TaskInfo)
  case launchGroup([TaskInfo])
  /// `gracePeriod` in nanoseconds overrides the task's own.
  case kill(TaskID, gracePeriod: Int64?)
  case acknowledged(TaskID, UUID)
  case message([UInt8])
  case shutdown
  case error(String)
  case heartbeat
  case unknown(type: Int32)
}
