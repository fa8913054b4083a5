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
    case .getQuota: "GET_QUOTA"
    case .updateQuota: "UPDATE_QUOTA"
    case .setQuota: "SET_QUOTA"
    case .removeQuota: "REMOVE_QUOTA"
    case .getWeights: "GET_WEIGHTS"
    case .updateWeights: "UPDATE_WEIGHTS"
    case .getRoles: "GET_ROLES"
    case .explain: "EXPLAIN"
    case .listFiles: "LIST_FILES"
    case .readFile: "READ_FILE"
    }
  }
}

/// The answer to an ``OperatorCall``.
public enum OperatorResponse: Hashable, Sendable {
  case agents([AgentDescription])
  case frameworks([FrameworkDescription])
  case tasks([TaskDescription])
  indirect case master(MasterInfo)
  case quota([RoleQuota])
  case weights([RoleWeight])
  case roles([RoleDescription])
  indirect case explanation(Explanation)
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
  public var allocated: Resources
  public var offered: Resources
  /// All that the agent has, with the reservations and volumes that operations made.
  public var total: Resources

  public init(
    _ info: AgentInfo, isActive: Bool, version: String, nativeAddress: String?, registeredTime: Int64,
    allocated: Resources, offered: Resources, total: Resources
  ) {
    self.info = info
    self.isActive = isActive
    self.version = version
    self.nativeAddress = nativeAddress
    self.registeredTime = registeredTime
    self.allocated = allocated
    self.offered = offered
    self.total = total
  }
}

/// A framework as the master knows it (`mesos.v1.master.Response.GetFrameworks.Framework`).
public struct FrameworkDescription: Hashable, Sendable {
  public var info: FrameworkInfo
  public var isConnected: Bool
  public var isCompleted: Bool
  public var registeredTime: Int64
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
  /// The newest status that the framework was told; nil while the task is staging.
  public var status: TaskStatus?
  public var isCompleted: Bool

  public init(_ record: TaskRecord, status: TaskStatus?, isCompleted: Bool) {
    self.record = record
    self.status = status
    self.isCompleted = isCompleted
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
