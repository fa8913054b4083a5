public import MesetaModel

/// What an operator, or a command line tool, asks of a master or an agent. The calls are those of Mesos's operator
/// API, as far as they are there.
public enum OperatorCall: Hashable, Sendable {
  // Answered by the master.
  case getAgents
  case getFrameworks
  case getTasks
  case getMaster
  case teardown(FrameworkID)
  /// RESERVE_RESOURCES and the like.
  indirect case operate(AgentID, OperatorOperation)
  case getOperations
  case getQuota
  /// Each role once. With `isForced` also limits below what is consumed, and guarantees above what the cluster has.
  case updateQuota([QuotaConfig], isForced: Bool)
  /// Deprecated in Mesos, as is ``removeQuota(role:)``.
  indirect case setQuota(QuotaRequest)
  case removeQuota(role: String)
  case getWeights
  case updateWeights([RoleWeight])
  case getRoles
  /// Why each agent, or one, is or is not on offer to a framework, in one of its roles or in all. Mesos has no such call.
  indirect case explain(FrameworkID, agentID: AgentID?, role: String?)

  case getMaintenanceSchedule
  case getMaintenanceStatus
  /// Replaces the whole schedule.
  case updateMaintenanceSchedule(MaintenanceSchedule)
  case startMaintenance([MachineID])
  case stopMaintenance([MachineID])
  /// Ends the offers of an agent; its tasks go on.
  case deactivateAgent(AgentID)
  /// Deactivates an agent and kills its tasks.
  case drainAgent(AgentID, DrainConfig)
  /// Takes an agent that was deactivated or has been drained back into use.
  case reactivateAgent(AgentID)
  /// Gives an agent up for good, with its tasks.
  case markAgentGone(AgentID)

  // Answered by an agent.
  case listFiles(path: String)
  /// At most `length` bytes from `offset` on; a missing length reads to the end, within a bound.
  case readFile(path: String, offset: UInt64, length: UInt64?)

  /// Mesos's name of the call, `GET_AGENTS`.
  public var name: String {
    switch self {
    case .getAgents: "GET_AGENTS"
    case .getFrameworks: "GET_FRAMEWORKS"
    case .getTasks: "GET_TASKS"
    case .getMaster: "GET_MASTER"
    case .teardown: "TEARDOWN"
    case .operate(_, let operation): operation.name
    case .getOperations: "GET_OPERATIONS"
    case .getQuota: "GET_QUOTA"
    case .updateQuota: "UPDATE_QUOTA"
    case .setQuota: "SET_QUOTA"
    case .removeQuota: "REMOVE_QUOTA"
    case .getWeights: "GET_WEIGHTS"
    case .updateWeights: "UPDATE_WEIGHTS"
    case .getRoles: "GET_ROLES"
    case .explain: "EXPLAIN"
    case .getMaintenanceSchedule: "GET_MAINTENANCE_SCHEDULE"
    case .getMaintenanceStatus: "GET_MAINTENANCE_STATUS"
    case .updateMaintenanceSchedule: "UPDATE_MAINTENANCE_SCHEDULE"
    case .startMaintenance: "START_MAINTENANCE"
    case .stopMaintenance: "STOP_MAINTENANCE"
    case .deactivateAgent: "DEACTIVATE_AGENT"
    case .drainAgent: "DRAIN_AGENT"
    case .reactivateAgent: "REACTIVATE_AGENT"
    case .markAgentGone: "MARK_AGENT_GONE"
    case .listFiles: "LIST_FILES"
    case .readFile: "READ_FILE"
    }
  }
}

extension OperatorCall {
  /// Whether it changes nothing and is answered at once.
  public var isQuestion: Bool {
    switch self {
    case .getAgents, .getFrameworks, .getTasks, .getMaster, .getOperations, .getQuota, .getWeights, .getRoles,
      .explain,
      .getMaintenanceSchedule, .getMaintenanceStatus, .listFiles, .readFile:
      true
    case .teardown, .operate, .updateQuota, .setQuota, .removeQuota, .updateWeights,
      .updateMaintenanceSchedule,
      .startMaintenance, .stopMaintenance, .deactivateAgent, .drainAgent, .reactivateAgent, .markAgentGone:
      false
    }
  }
}

/// The answer to an ``OperatorCall``.
public enum OperatorResponse: Hashable, Sendable {
  /// `recovered`: those of earlier masters that are not back.
  case agents([AgentDescription], recovered: [AgentInfo])
  case frameworks([FrameworkDescription])
  case tasks([TaskDescription])
  indirect case master(MasterInfo)
  /// Those that are under way, or whose end is not acknowledged.
  case operations([OperationRecord])
  case quota([RoleQuota])
  case weights([RoleWeight])
  case roles([RoleDescription])
  indirect case explanation(Explanation)
  case maintenanceSchedule(MaintenanceSchedule)
  case maintenanceStatus(MaintenanceStatus)
  case files([FileInfo])
  /// `size` is that of the whole file.
  case file(size: UInt64, data: [UInt8])
  /// Done; there is nothing to tell.
  case done
}

/// An agent as the master knows it (`mesos.v1.master.Response.GetAgents.Agent`).
public struct AgentDescription: Hashable, Sendable {
  public var info: AgentInfo
  public var isActive: Bool
  public var version: String
  public var nativeAddress: String?
  /// Nanoseconds since the Unix epoch.
  public var registeredTime: Int64
  /// When it came back to this master, if it did; nanoseconds since the Unix epoch.
  public var reregisteredTime: Int64?
  public var capabilities: [AgentCapability] = []
  public var allocated: Resources
  public var offered: Resources
  /// All that the agent has, with the reservations and volumes that operations made.
  public var total: Resources
  /// Set on an agent that an operator took out of use.
  public var standing: AgentStanding?
  /// When its drain began, as far as this master knows; nanoseconds since the Unix epoch.
  public var drainStartTime: Int64?

  public init(
    _ info: AgentInfo, isActive: Bool, version: String, nativeAddress: String?, registeredTime: Int64,
    allocated: Resources, offered: Resources, total: Resources, standing: AgentStanding? = nil,
    drainStartTime: Int64? = nil
  ) {
    self.info = info
    self.isActive = isActive
    self.version = version
    self.nativeAddress = nativeAddress
    self.registeredTime = registeredTime
    self.allocated = allocated
    self.offered = offered
    self.total = total
    self.standing = standing
    self.drainStartTime = drainStartTime
  }
}

/// A framework as the master knows it (`mesos.v1.master.Response.GetFrameworks.Framework`).
public struct FrameworkDescription: Hashable, Sendable {
  public var info: FrameworkInfo
  public var isConnected: Bool
  public var isCompleted: Bool
  /// It came with its agents, and has not subscribed to this master.
  public var isRecovered = false
  public var registeredTime: Int64
  /// When it last subscribed again; nanoseconds since the Unix epoch, as the next.
  public var reregisteredTime: Int64?
  /// When it ended.
  public var unregisteredTime: Int64?
  public var allocated: Resources
  public var offered: Resources
  public var offerConstraints: OfferConstraints

  public init(
    _ info: FrameworkInfo, isConnected: Bool, isCompleted: Bool, registeredTime: Int64, allocated: Resources,
    offered: Resources, offerConstraints: OfferConstraints = [:]
  ) {
    self.offerConstraints = offerConstraints
    self.info = info
    self.isConnected = isConnected
    self.isCompleted = isCompleted
    self.registeredTime = registeredTime
    self.allocated = allocated
    self.offered = offered
  }
}

/// A task as the master knows it.
public struct TaskDescription: Hashable, Sendable {
  public var record: TaskRecord
  /// What the framework was told, the oldest first; of several statuses with the same state the last.
  public var statuses: [TaskStatus]
  public var isCompleted: Bool
  /// Its agent went unreachable; it may come back with it.
  public var isUnreachable: Bool

  public init(
    _ record: TaskRecord, statuses: [TaskStatus] = [], isCompleted: Bool = false, isUnreachable: Bool = false
  ) {
    self.record = record
    self.statuses = statuses
    self.isCompleted = isCompleted
    self.isUnreachable = isUnreachable
  }
}

/// A custom executor as the master knows it (`mesos.v1.master.Response.GetExecutors.Executor`).
public struct ExecutorDescription: Hashable, Sendable {
  public var info: ExecutorInfo
  public var agentID: AgentID

  public init(_ info: ExecutorInfo, on agentID: AgentID) {
    self.info = info
    self.agentID = agentID
  }
}

/// What a flag of a master or an agent is set to (`mesos.v1.Flag`).
public struct FlagValue: Hashable, Sendable {
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// A measured value (`mesos.v1.Metric`).
public struct MetricValue: Hashable, Sendable {
  public var name: String
  public var value: Double

  public init(_ name: String, _ value: Double) {
    self.name = name
    self.value = value
  }
}

/// A file of a sandbox (`mesos.v1.FileInfo`).
public struct FileInfo: Hashable, Sendable {
  public var path: String
  public var linkCount: Int32
  public var size: UInt64
  /// Nanoseconds since the Unix epoch.
  public var modificationTime: Int64
  public var mode: UInt32
  public var user: String
  public var group: String

  public init(
    path: String, linkCount: Int32, size: UInt64, modificationTime: Int64, mode: UInt32, user: String,
    group: String
  ) {
    self.path = path
    self.linkCount = linkCount
    self.size = size
    self.modificationTime = modificationTime
    self.mode = mode
    self.user = user
    self.group = group
  }
}
