extension TaskStatus {
  /// Why a task is in its state. The raw values are those of the wire.
  public enum Reason: Int32, Hashable, Codable, Sendable, CaseIterable {
    case commandExecutorFailed = 0
    case executorTerminated = 1
    case executorUnregistered = 2
    case frameworkRemoved = 3
    case gcError = 4
    case invalidFrameworkID = 5
    case invalidOffers = 6
    case masterDisconnected = 7
    case containerLimitationMemory = 8
    case reconciliation = 9
    case agentDisconnected = 10
    case agentRemoved = 11
    case agentRestarted = 12
    case agentUnknown = 13
    case taskInvalid = 14
    case taskUnauthorized = 15
    case taskUnknown = 16
    case containerPreempted = 17
    case resourcesUnknown = 18
    case containerLimitation = 19
    case containerLimitationDisk = 20
    case containerLaunchFailed = 21
    case containerUpdateFailed = 22
    case executorRegistrationTimeout = 23
    case executorReregistrationTimeout = 24
    case taskGroupInvalid = 25
    case taskGroupUnauthorized = 26
    case ioSwitchboardExited = 27
    case taskCheckStatusUpdated = 28
    case taskHealthCheckStatusUpdated = 29
    case taskKilledDuringLaunch = 30
    case agentRemovedByOperator = 31
    case agentReregistered = 32
    case maxCompletionTimeReached = 33
    case agentDraining = 34

    /// Mesos's name, `REASON_RECONCILIATION`.
    public var name: String {
      switch self {
      case .commandExecutorFailed: "REASON_COMMAND_EXECUTOR_FAILED"
      case .executorTerminated: "REASON_EXECUTOR_TERMINATED"
      case .executorUnregistered: "REASON_EXECUTOR_UNREGISTERED"
      case .frameworkRemoved: "REASON_FRAMEWORK_REMOVED"
      case .gcError: "REASON_GC_ERROR"
      case .invalidFrameworkID: "REASON_INVALID_FRAMEWORKID"
      case .invalidOffers: "REASON_INVALID_OFFERS"
      case .masterDisconnected: "REASON_MASTER_DISCONNECTED"
      case .containerLimitationMemory: "REASON_CONTAINER_LIMITATION_MEMORY"
      case .reconciliation: "REASON_RECONCILIATION"
      case .agentDisconnected: "REASON_AGENT_DISCONNECTED"
      case .agentRemoved: "REASON_AGENT_REMOVED"
      case .agentRestarted: "REASON_AGENT_RESTARTED"
      case .agentUnknown: "REASON_AGENT_UNKNOWN"
      case .taskInvalid: "REASON_TASK_INVALID"
      case .taskUnauthorized: "REASON_TASK_UNAUTHORIZED"
      case .taskUnknown: "REASON_TASK_UNKNOWN"
      case .containerPreempted: "REASON_CONTAINER_PREEMPTED"
      case .resourcesUnknown: "REASON_RESOURCES_UNKNOWN"
      case .containerLimitation: "REASON_CONTAINER_LIMITATION"
      case .containerLimitationDisk: "REASON_CONTAINER_LIMITATION_DISK"
      case .containerLaunchFailed: "REASON_CONTAINER_LAUNCH_FAILED"
      case .containerUpdateFailed: "REASON_CONTAINER_UPDATE_FAILED"
      case .executorRegistrationTimeout: "REASON_EXECUTOR_REGISTRATION_TIMEOUT"
      case .executorReregistrationTimeout: "REASON_EXECUTOR_REREGISTRATION_TIMEOUT"
      case .taskGroupInvalid: "REASON_TASK_GROUP_INVALID"
      case .taskGroupUnauthorized: "REASON_TASK_GROUP_UNAUTHORIZED"
      case .ioSwitchboardExited: "REASON_IO_SWITCHBOARD_EXITED"
      case .taskCheckStatusUpdated: "REASON_TASK_CHECK_STATUS_UPDATED"
      case .taskHealthCheckStatusUpdated: "REASON_TASK_HEALTH_CHECK_STATUS_UPDATED"
      case .taskKilledDuringLaunch: "REASON_TASK_KILLED_DURING_LAUNCH"
      case .agentRemovedByOperator: "REASON_AGENT_REMOVED_BY_OPERATOR"
      case .agentReregistered: "REASON_AGENT_REREGISTERED"
      case .maxCompletionTimeReached: "REASON_MAX_COMPLETION_TIME_REACHED"
      case .agentDraining: "REASON_AGENT_DRAINING"
      }
    }
  }
}
