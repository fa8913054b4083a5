/// Where a task is in its life. The raw values are those of the wire.
public enum TaskState: Int32, Hashable, Codable, Sendable, CaseIterable {
  case staging = 6
  case starting = 0
  case running = 1
  case killing = 8
  case finished = 2
  case failed = 3
  case killed = 4
  case error = 7
  case lost = 5
  case dropped = 9
  case unreachable = 10
  case gone = 11
  case goneByOperator = 12
  case unknown = 13

  /// Whether the task has ended for good. UNREACHABLE and UNKNOWN tasks may come back.
  public var isTerminal: Bool {
    switch self {
    case .finished, .failed, .killed, .error, .lost, .dropped, .gone, .goneByOperator: true
    case .staging, .starting, .running, .killing, .unreachable, .unknown: false
    }
  }

  /// Mesos's name, `TASK_RUNNING`.
  public var name: String {
    switch self {
    case .staging: "TASK_STAGING"
    case .starting: "TASK_STARTING"
    case .running: "TASK_RUNNING"
    case .killing: "TASK_KILLING"
    case .finished: "TASK_FINISHED"
    case .failed: "TASK_FAILED"
    case .killed: "TASK_KILLED"
    case .error: "TASK_ERROR"
    case .lost: "TASK_LOST"
    case .dropped: "TASK_DROPPED"
    case .unreachable: "TASK_UNREACHABLE"
    case .gone: "TASK_GONE"
    case .goneByOperator: "TASK_GONE_BY_OPERATOR"
    case .unknown: "TASK_UNKNOWN"
    }
  }
}
