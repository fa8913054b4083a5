import MesetaModel

/// What an agent counts, named as Mesos names it in `/metrics/snapshot`.
public struct AgentMetrics: Hashable, Codable, Sendable {
  /// Executors and commands that were ended because others needed the resources that they ran on.
  public var executorsPreempted: UInt64 = 0
  /// Custom executors that ended, however.
  public var executorsTerminated: UInt64 = 0
  public var tasksFinished: UInt64 = 0
  /// Those that ended with an error too.
  public var tasksFailed: UInt64 = 0
  public var tasksKilled: UInt64 = 0
  /// Those that were dropped too.
  public var tasksLost: UInt64 = 0
  public var tasksGone: UInt64 = 0
  /// Those that the agent made itself too.
  public var validStatusUpdates: UInt64 = 0
  /// Those of executors that the agent did not take.
  public var invalidStatusUpdates: UInt64 = 0
  /// Messages between frameworks and executors that were passed on.
  public var validFrameworkMessages: UInt64 = 0
  /// Those that were dropped.
  public var invalidFrameworkMessages: UInt64 = 0
  public var containerLaunchErrors: UInt64 = 0
  /// Sandboxes of ended runs.
  public var pathRemovalsSucceeded: UInt64 = 0
  /// Those that are still there.
  public var pathRemovalsFailed: UInt64 = 0

  public init() {}

  /// A task has ended.
  mutating func count(_ end: TaskState) {
    switch end {
    case .finished: tasksFinished += 1
    case .failed, .error: tasksFailed += 1
    case .killed: tasksKilled += 1
    case .lost, .dropped: tasksLost += 1
    case .gone: tasksGone += 1
    default: break
    }
  }
}
