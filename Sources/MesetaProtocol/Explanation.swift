public import MesetaModel

/// Why each agent is, or is not, on offer to a framework.
public struct Explanation: Hashable, Sendable {
  public var frameworkID: FrameworkID
  public var frameworkName: String
  /// The roles that were looked at.
  public var roles: [String]
  /// When it was so, in nanoseconds since the Unix epoch, on the clock of the master.
  public var time: Int64
  /// One for each agent, in the order of ``OperatorResponse/agents(_:)``.
  public var agents: [Agent]

  /// An agent and the one reason for it.
  public struct Agent: Hashable, Sendable {
    public var id: AgentID
    public var hostname: String
    /// In which role the agent is nearest to an offer; nil where that makes no difference.
    public var role: String?
    public var reason: Reason

    public init(_ id: AgentID, hostname: String, role: String?, _ reason: Reason) {
      self.id = id
      self.hostname = hostname
      self.role = role
      self.reason = reason
    }
  }

  /// How much of a resource there is, and how much there may or should be.
  public struct Amount: Hashable, Sendable {
    public var name: String
    public var amount: Scalar
    public var bound: Scalar

    public init(_ name: String, _ amount: Scalar, of bound: Scalar) {
      self.name = name
      self.amount = amount
      self.bound = bound
    }
  }

  /// Why an agent is, or is not, on offer.
  public enum Reason: Hashable, Sendable {
    case frameworkInactive
    case noRole
    case suppressed
    /// The framework has not answered so many offers, and may have no more.
    case outstandingLimit(Int)
    case agentInactive
    case gpuOnly
    case remoteRegion
    case constraint
    case allocatedElsewhere
    case setAside
    case reserved(role: String)
    case incapable
    /// How much of the role's quota is used of what is used up.
    case quotaLimit(role: String, used: [Amount])
    case quotaHeadroom
    /// How much is free of what is short, and how much is wanted. More than one where each would be enough.
    case tooSmall([Amount])
    /// In nanoseconds since the Unix epoch.
    case filtered(until: Int64)
    /// The share of the framework that is served first is smaller by so much.
    case behind(FrameworkID, share: Double)
    case available
    case offered
    /// One that this version does not know.
    case unknown
  }

  public init(
    frameworkID: FrameworkID, frameworkName: String, roles: [String], time: Int64, agents: [Agent]
  ) {
    self.frameworkID = frameworkID
    self.frameworkName = frameworkName
    self.roles = roles
    self.time = time
    self.agents = agents
  }
}
