// What an agent writes down of what it has, so that its next life goes on with it.

public import MesetaModel
public import MesetaProtocol

/// One change of what an agent has to remember of frameworks, executors, tasks and their updates. In the order they are written
/// they make up an ``AgentMemory``.
public enum AgentRecord: Hashable, Codable, Sendable {
  /// A framework has something here, or says something else of itself.
  case framework(FrameworkInfo)
  /// A framework was shut down: what it has is killed, and nobody is told.
  case frameworkEnds(FrameworkID)
  case frameworkRemoved(FrameworkID)
  /// An executor's container is about to be launched. The information names the executor's framework.
  case executor(ExecutorInfo, containerID: String)
  /// An executor was told to end, or is being killed.
  case executorEnds(FrameworkExecutor)
  case executorRemoved(FrameworkExecutor)
  /// A task is here: accepted, or only to be reported on.
  case task(RecordedTask)
  /// A task is about to be sent to its executor.
  case taskSent(FrameworkTask)
  case taskKilled(FrameworkTask, RecordedKill)
  /// `executorID` where an executor has to be told from that its reports on the task are late.
  case taskRemoved(FrameworkTask, executorID: ExecutorID?)
  /// An update was taken into the stream of a task.
  case update(FrameworkTask, TaskStatus)
  /// A framework has acknowledged the update of that UUID.
  case acknowledged(FrameworkTask, UUID)
}

/// A task as it is when it comes.
public struct RecordedTask: Hashable, Codable, Sendable {
  public var key: FrameworkTask
  /// Nil for a task that the agent does not know and only reports on.
  public var info: TaskInfo?
  /// Where a plain command runs.
  public var containerID: String?
  /// Whether it holds resources until it ends.
  public var isAccepted: Bool

  public init(_ key: FrameworkTask, _ info: TaskInfo?, containerID: String?, isAccepted: Bool) {
    self.key = key
    self.info = info
    self.containerID = containerID
    self.isAccepted = isAccepted
  }
}

/// That a task is to end, and why: its end is told accordingly.
public struct RecordedKill: Hashable, Codable, Sendable {
  /// Who wants it.
  public enum Reason: Int, Hashable, Codable, Sendable {
    /// The framework or the operator.
    case wanted = 0
    /// It has run for longer than it may.
    case ranTooLong = 1
    /// Others need its resources.
    case preempted = 2
  }

  public var reason: Reason
  /// In nanoseconds; nil: as the executor thinks fit.
  public var gracePeriod: Int64?

  public init(_ reason: Reason, gracePeriod: Int64?) {
    self.reason = reason
    self.gracePeriod = gracePeriod
  }
}
