/// Something that a framework does with offered resources when it accepts them.
public struct Operation: Hashable, Codable, Sendable {
  public enum Kind: Hashable, Codable, Sendable {
    case launch([TaskInfo])
    case launchGroup(executor: ExecutorInfo, tasks: [TaskInfo])
    case reserve(resources: Resources, source: Resources)
    case unreserve(Resources)
    case create(volumes: Resources)
    case destroy(volumes: Resources)
    case growVolume(volume: Resource, addition: Resource)
    case shrinkVolume(volume: Resource, subtract: Scalar)
    /// An operation that this version does not know (`mesos.v1.Offer.Operation`).
    case unknown(EncodedMessage)
  }

  public var kind: Kind
  /// Given by a framework that wants to hear how the operation went.
  public var id: OperationID?

  public init(_ kind: Kind, id: OperationID? = nil) {
    self.kind = kind
    self.id = id
  }
}

/// Where an operation is in its life. The raw values are those of the wire.
public enum OperationState: Int32, Hashable, Codable, Sendable, CaseIterable {
  case unsupported = 0
  case pending = 1
  case finished = 2
  case failed = 3
  case error = 4
  case dropped = 5
  case unreachable = 6
  case goneByOperator = 7
  case recovering = 8
  case unknown = 9

  public var isTerminal: Bool {
    switch self {
    case .finished, .failed, .error, .dropped, .goneByOperator: true
    case .unsupported, .pending, .unreachable, .recovering, .unknown: false
    }
  }

  /// Mesos's name, `OPERATION_FINISHED`.
  public var name: String {
    switch self {
    case .unsupported: "OPERATION_UNSUPPORTED"
    case .pending: "OPERATION_PENDING"
    case .finished: "OPERATION_FINISHED"
    case .failed: "OPERATION_FAILED"
    case .error: "OPERATION_ERROR"
    case .dropped: "OPERATION_DROPPED"
    case .unreachable: "OPERATION_UNREACHABLE"
    case .goneByOperator: "OPERATION_GONE_BY_OPERATOR"
    case .recovering: "OPERATION_RECOVERING"
    case .unknown: "OPERATION_UNKNOWN"
    }
  }
}

/// A report on an operation.
public struct OperationStatus: Hashable, Codable, Sendable {
  public var operationID: OperationID?
  public var state: OperationState
  public var message: String?
  public var convertedResources: Resources
  /// Set on reports that the framework has to acknowledge.
  public var uuid: UUID?
  public var agentID: AgentID?
  public var resourceProviderID: ResourceProviderID?

  public init(
    operationID: OperationID?, state: OperationState, message: String? = nil,
    convertedResources: Resources = Resources(), uuid: UUID? = nil, agentID: AgentID? = nil,
    resourceProviderID: ResourceProviderID? = nil
  ) {
    self.operationID = operationID
    self.state = state
    self.message = message
    self.convertedResources = convertedResources
    self.uuid = uuid
    self.agentID = agentID
    self.resourceProviderID = resourceProviderID
  }
}
