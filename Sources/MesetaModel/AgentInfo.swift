/// What an agent says of its machine when it registers.
public struct AgentInfo: Hashable, Codable, Sendable {
  public var hostname: String
  /// The port of the agent's HTTP API.
  public var port: Int32
  public var resources: Resources
  public var attributes: [Attribute]
  /// Nil until the master has admitted the agent.
  public var id: AgentID?
  public var domain: FaultDomain?
  package var unknownFields = UnknownFields()

  public init(
    hostname: String, port: Int32 = 5051, resources: Resources, attributes: [Attribute] = [],
    id: AgentID? = nil, domain: FaultDomain? = nil
  ) {
    self.hostname = hostname
    self.port = port
    self.resources = resources
    self.attributes = attributes
    self.id = id
    self.domain = domain
  }
}

/// What a version of the agent is able to do; the master refuses operations that the agent cannot do.
public enum AgentCapability: Int32, Hashable, Codable, Sendable, CaseIterable {
  case multiRole = 1
  case hierarchicalRole = 2
  case reservationRefinement = 3
  case resourceProvider = 4
  case resizeVolume = 5
  case agentOperationFeedback = 6
  case agentDraining = 7
  case taskResourceLimits = 8

  /// Mesos's name, `MULTI_ROLE`.
  public var name: String {
    switch self {
    case .multiRole: "MULTI_ROLE"
    case .hierarchicalRole: "HIERARCHICAL_ROLE"
    case .reservationRefinement: "RESERVATION_REFINEMENT"
    case .resourceProvider: "RESOURCE_PROVIDER"
    case .resizeVolume: "RESIZE_VOLUME"
    case .agentOperationFeedback: "AGENT_OPERATION_FEEDBACK"
    case .agentDraining: "AGENT_DRAINING"
    case .taskResourceLimits: "TASK_RESOURCE_LIMITS"
    }
  }
}

/// Where a master can be reached.
public struct MasterInfo: Hashable, Codable, Sendable {
  public var id: String
  public var hostname: String
  /// As text, `10.0.0.1`.
  public var ip: String
  public var port: Int32
  public var version: String
  /// Where it stands.
  public var domain: FaultDomain?

  public init(
    id: String, hostname: String, ip: String, port: Int32, version: String, domain: FaultDomain? = nil
  ) {
    self.id = id
    self.hostname = hostname
    self.ip = ip
    self.port = port
    self.version = version
    self.domain = domain
  }
}
