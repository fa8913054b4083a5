/// What a framework says of itself when it subscribes.
public struct FrameworkInfo: Hashable, Codable, Sendable {
  /// What a framework declares to understand.
  public enum Capability: Int32, Hashable, Codable, Sendable, CaseIterable {
    case revocableResources = 1
    case taskKillingState = 2
    case gpuResources = 3
    case sharedResources = 4
    case partitionAware = 5
    case multiRole = 6
    case reservationRefinement = 7
    case regionAware = 8

    /// Mesos's name, `MULTI_ROLE`.
    public var name: String {
      switch self {
      case .revocableResources: "REVOCABLE_RESOURCES"
      case .taskKillingState: "TASK_KILLING_STATE"
      case .gpuResources: "GPU_RESOURCES"
      case .sharedResources: "SHARED_RESOURCES"
      case .partitionAware: "PARTITION_AWARE"
      case .multiRole: "MULTI_ROLE"
      case .reservationRefinement: "RESERVATION_REFINEMENT"
      case .regionAware: "REGION_AWARE"
      }
    }
  }

  /// One box, because it passes through many hands unchanged.
  @usableFromInline var fields: CopyOnWrite<Fields>

  @usableFromInline
  struct Fields: Hashable, Codable, Sendable {
    @usableFromInline var user: String
    var name: String
    @usableFromInline var id: FrameworkID?
    var failoverTimeout: Double
    var checkpoint: Bool
    var role: String?
    var roles: [String]
    var hostname: String?
    var principal: String?
    var webuiURL: String?
    var capabilities: [Capability]
    var labels: Labels?
    var offerFilters: [OfferFilter]
    var unknownFields = UnknownFields()
  }

  /// The user that tasks run as, unless their command names one.
  public var user: String {
    @inlinable get { fields.value.user }
    set { fields.value.user = newValue }
  }
  public var name: String {
    get { fields.value.name }
    set { fields.value.name = newValue }
  }
  public var id: FrameworkID? {
    @inlinable get { fields.value.id }
    set { fields.value.id = newValue }
  }
  /// For how many seconds after a disconnection the master keeps the framework and its tasks.
  public var failoverTimeout: Double {
    get { fields.value.failoverTimeout }
    set { fields.value.failoverTimeout = newValue }
  }
  public var checkpoint: Bool {
    get { fields.value.checkpoint }
    set { fields.value.checkpoint = newValue }
  }
  /// The single role of a framework without ``Capability/multiRole``.
  public var role: String? {
    get { fields.value.role }
    set { fields.value.role = newValue }
  }
  /// The roles of a framework with ``Capability/multiRole``.
  public var roles: [String] {
    get { fields.value.roles }
    set { fields.value.roles = newValue }
  }
  public var hostname: String? {
    get { fields.value.hostname }
    set { fields.value.hostname = newValue }
  }
  public var principal: String? {
    get { fields.value.principal }
    set { fields.value.principal = newValue }
  }
  public var webuiURL: String? {
    get { fields.value.webuiURL }
    set { fields.value.webuiURL = newValue }
  }
  public var capabilities: [Capability] {
    get { fields.value.capabilities }
    set { fields.value.capabilities = newValue }
  }
  public var labels: Labels? {
    get { fields.value.labels }
    set { fields.value.labels = newValue }
  }
  /// Per role: offers are only of use if they hold one of these sets of quantities (`min_allocatable_resources`).
  public var offerFilters: [OfferFilter] {
    get { fields.value.offerFilters }
    set { fields.value.offerFilters = newValue }
  }
  package var unknownFields: UnknownFields {
    get { fields.value.unknownFields }
    set { fields.value.unknownFields = newValue }
  }

  public init(
    user: String = "", name: String, id: FrameworkID? = nil, failoverTimeout: Double = 0,
    checkpoint: Bool = false, role: String? = nil, roles: [String] = [], hostname: String? = nil,
    principal: String? = nil, webuiURL: String? = nil, capabilities: [Capability] = [],
    labels: Labels? = nil, offerFilters: [OfferFilter] = []
  ) {
    fields = CopyOnWrite(
      Fields(
        user: user, name: name, id: id, failoverTimeout: failoverTimeout, checkpoint: checkpoint, role: role,
        roles: roles, hostname: hostname, principal: principal, webuiURL: webuiURL,
        capabilities: capabilities, labels: labels, offerFilters: offerFilters))
  }

  public func has(_ capability: Capability) -> Bool { capabilities.contains(capability) }

  /// The roles that the framework is offered resources for, whichever field it names them in.
  public var subscribedRoles: [String] {
    has(.multiRole) ? roles : [role ?? Role.anyone]
  }
}

/// The smallest offers that are of use to a framework in one role.
public struct OfferFilter: Hashable, Codable, Sendable {
  public var role: String
  /// Alternatives; an offer that holds all quantities of one of them is of use. Nil: the master's default.
  public var minimalQuantities: [[ResourceQuantity]]?

  public init(role: String, minimalQuantities: [[ResourceQuantity]]?) {
    self.role = role
    self.minimalQuantities = minimalQuantities
  }
}

/// So much of a resource, whatever its identity.
public struct ResourceQuantity: Hashable, Codable, Sendable {
  public var name: String
  public var scalar: Scalar

  public init(_ name: String, _ scalar: Scalar) {
    self.name = name
    self.scalar = scalar
  }
}
