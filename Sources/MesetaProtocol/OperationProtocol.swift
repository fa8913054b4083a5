public import MesetaModel

/// An operation that an agent is to do.
public struct ApplyOperation: Hashable, Codable, Sendable {
  public var uuid: UUID
  /// Nil for an operation that an operator wants.
  public var frameworkID: FrameworkID?
  public var operation: Operation
  /// The state of the agent's resources that it was made for.
  public var resourceVersion: UUID

  public init(_ uuid: UUID, frameworkID: FrameworkID?, _ operation: Operation, resourceVersion: UUID) {
    self.uuid = uuid
    self.frameworkID = frameworkID
    self.operation = operation
    self.resourceVersion = resourceVersion
  }
}

/// The status of an operation on its way from the agent to whoever wants to know.
public struct OperationUpdate: Hashable, Codable, Sendable {
  public var operationUUID: UUID
  /// Nil for an operation that an operator wanted, or that the agent does not know.
  public var frameworkID: FrameworkID?
  /// With a UUID if it is sent until it is acknowledged.
  public var status: OperationStatus

  public init(_ operationUUID: UUID, frameworkID: FrameworkID?, _ status: OperationStatus) {
    self.operationUUID = operationUUID
    self.frameworkID = frameworkID
    self.status = status
  }
}

/// An operation and how it stands (`mesos.v1.Operation`).
public struct OperationRecord: Hashable, Codable, Sendable {
  public var uuid: UUID
  /// Nil for an operation that an operator wanted.
  public var frameworkID: FrameworkID?
  public var agentID: AgentID?
  public var operation: Operation
  public var status: OperationStatus

  public init(
    _ uuid: UUID, frameworkID: FrameworkID?, agentID: AgentID?, _ operation: Operation,
    status: OperationStatus
  ) {
    self.uuid = uuid
    self.frameworkID = frameworkID
    self.agentID = agentID
    self.operation = operation
    self.status = status
  }
}

/// What an operator may do to resources of an agent that nobody holds, or that are taken back for it.
public enum OperatorOperation: Hashable, Sendable {
  /// With `source`, the resources had those reservations before.
  case reserveResources(Resources, source: Resources)
  case unreserveResources(Resources)
  case createVolumes(Resources)
  case destroyVolumes(Resources)
  case growVolume(Resource, addition: Resource)
  case shrinkVolume(Resource, subtract: Scalar)

  public var operation: Operation {
    switch self {
    case .reserveResources(let resources, let source):
      Operation(.reserve(resources: resources, source: source))
    case .unreserveResources(let resources): Operation(.unreserve(resources))
    case .createVolumes(let volumes): Operation(.create(volumes: volumes))
    case .destroyVolumes(let volumes): Operation(.destroy(volumes: volumes))
    case .growVolume(let volume, let addition): Operation(.growVolume(volume: volume, addition: addition))
    case .shrinkVolume(let volume, let subtract): Operation(.shrinkVolume(volume: volume, subtract: subtract))
    }
  }

  /// Mesos's name of the call, `RESERVE_RESOURCES`.
  public var name: String {
    switch self {
    case .reserveResources: "RESERVE_RESOURCES"
    case .unreserveResources: "UNRESERVE_RESOURCES"
    case .createVolumes: "CREATE_VOLUMES"
    case .destroyVolumes: "DESTROY_VOLUMES"
    case .growVolume: "GROW_VOLUME"
    case .shrinkVolume: "SHRINK_VOLUME"
    }
  }
}
