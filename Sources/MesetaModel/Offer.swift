/// Resources of one agent that a framework may use, until it answers or the offer is taken back.
public struct Offer: Hashable, Codable, Sendable {
  /// One box, because it passes through many hands unchanged.
  @usableFromInline var fields: CopyOnWrite<Fields>

  @usableFromInline
  struct Fields: Hashable, Codable, Sendable {
    @usableFromInline var id: OfferID
    @usableFromInline var frameworkID: FrameworkID
    @usableFromInline var agentID: AgentID
    var hostname: String
    @usableFromInline var resources: Resources
    var attributes: [Attribute]
    var executorIDs: [ExecutorID]
    @usableFromInline var allocationRole: String
    var domain: FaultDomain?
    var unavailability: Unavailability?
    var unknownFields = UnknownFields()
  }

  public var id: OfferID {
    @inlinable get { fields.value.id }
    set { fields.value.id = newValue }
  }
  public var frameworkID: FrameworkID {
    @inlinable get { fields.value.frameworkID }
    set { fields.value.frameworkID = newValue }
  }
  public var agentID: AgentID {
    @inlinable get { fields.value.agentID }
    set { fields.value.agentID = newValue }
  }
  public var hostname: String {
    get { fields.value.hostname }
    set { fields.value.hostname = newValue }
  }
  /// The resources, each marked with the role of the allocation.
  public var resources: Resources {
    @inlinable get { fields.value.resources }
    set { fields.value.resources = newValue }
  }
  public var attributes: [Attribute] {
    get { fields.value.attributes }
    set { fields.value.attributes = newValue }
  }
  /// The executors of the framework that run on the agent already.
  public var executorIDs: [ExecutorID] {
    get { fields.value.executorIDs }
    set { fields.value.executorIDs = newValue }
  }
  /// The role that the resources are offered to.
  public var allocationRole: String {
    @inlinable get { fields.value.allocationRole }
    set { fields.value.allocationRole = newValue }
  }
  public var domain: FaultDomain? {
    get { fields.value.domain }
    set { fields.value.domain = newValue }
  }
  /// When the agent is to go down for maintenance, if that is planned.
  public var unavailability: Unavailability? {
    get { fields.value.unavailability }
    set { fields.value.unavailability = newValue }
  }
  package var unknownFields: UnknownFields {
    get { fields.value.unknownFields }
    set { fields.value.unknownFields = newValue }
  }

  public init(
    id: OfferID, frameworkID: FrameworkID, agentID: AgentID, hostname: String, resources: Resources,
    attributes: [Attribute] = [], executorIDs: [ExecutorID] = [], allocationRole: String,
    domain: FaultDomain? = nil, unavailability: Unavailability? = nil
  ) {
    fields = CopyOnWrite(
      Fields(
        id: id, frameworkID: frameworkID, agentID: agentID, hostname: hostname, resources: resources,
        attributes: attributes, executorIDs: executorIDs, allocationRole: allocationRole, domain: domain,
        unavailability: unavailability))
  }
}

/// When a machine is planned to be down.
public struct Unavailability: Hashable, Codable, Sendable {
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
public struct Filters: Hashable, Codable, Sendable {
  /// Seconds; 5 unless given.
  public var refuseSeconds: Double

  public init(refuseSeconds: Double = 5) { self.refuseSeconds = refuseSeconds }
}
