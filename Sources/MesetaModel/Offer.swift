/// Resources of one agent that a framework may use, until it answers or the offer is taken back.
public struct Offer: Hashable, Sendable {
  public var id: OfferID
  public var frameworkID: FrameworkID
  public var agentID: AgentID
  public var hostname: String
  /// The resources, each marked with the role of the allocation.
  public var resources: Resources
  public var attributes: [Attribute]
  /// The executors of the framework that run on the agent already.
  public var executorIDs: [ExecutorID]
  /// The role that the resources are offered to.
  public var allocationRole: String
  public var domain: FaultDomain?
  /// When the agent is to go down for maintenance, if that is planned.
  public var unavailability: Unavailability?
  package var unknownFields = UnknownFields()

  public init(
    id: OfferID, frameworkID: FrameworkID, agentID: AgentID, hostname: String, resources: Resources,
    attributes: [Attribute] = [], executorIDs: [ExecutorID] = [], allocationRole: String,
    domain: FaultDomain? = nil, unavailability: Unavailability? = nil
  ) {
    self.id = id
    self.frameworkID = frameworkID
    self.agentID = agentID
    self.hostname = hostname
    self.resources = resources
    self.attributes = attributes
    self.executorIDs = executorIDs
    self.allocationRole = allocationRole
    self.domain = domain
    self.unavailability = unavailability
  }
}

/// When a machine is planned to be down.
public struct Unavailability: Hashable, Sendable {
  /// Nanoseconds since the Unix epoch.
  public var start: Int64
  /// Nanoseconds; nil: for good.
  public var duration: Int64?

  public init(start: Int64, duration: Int64? = nil) {
    self.start = start
    self.duration = duration
  }
}

/// For how long resources are not to be offered again to a framework that did not use them.
public struct Filters: Hashable, Sendable {
  /// Seconds; 5 unless given.
  public var refuseSeconds: Double

  public init(refuseSeconds: Double = 5) { self.refuseSeconds = refuseSeconds }
}
