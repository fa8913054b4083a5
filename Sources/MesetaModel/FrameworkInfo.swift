/// What a framework says of itself when it subscribes.
public struct FrameworkInfo: Hashable, Sendable {
  /// What a framework declares to understand.
  public enum Capability: Int32, Hashable, Sendable, CaseIterable {
    case revocableResources = 1
    case taskKillingState = 2
    case gpuResources = 3
    case sharedResources = 4
    case partitionAware = 5
    case multiRole = 6
    case reservationRefinement = 7
    case regionAware = 8
  }

  /// The user that tasks run as, unless their command names one.
  public var user: String
  public var name: String
  public var id: FrameworkID?
  /// For how many seconds after a disconnection the master keeps the framework and its tasks.
  public var failoverTimeout: Double
  public var checkpoint: Bool
  /// The single role of a framework without ``Capability/multiRole``.
  public var role: String?
  /// The roles of a framework with ``Capability/multiRole``.
  public var roles: [String]
  public var hostname: String?
  public var principal: String?
  public var webuiURL: String?
  public var capabilities: [Capability]
  public var labels: Labels?
  /// Per role: offers are only of use if they hold one of these sets of quantities (`min_allocatable_resources`).
  public var offerFilters: [OfferFilter]
  package var unknownFields = UnknownFields()

  public init(
    user: String = "", name: String, id: FrameworkID? = nil, failoverTimeout: Double = 0,
    checkpoint: Bool = false, role: String? = nil, roles: [String] = [], hostname: String? = nil,
    principal: String? = nil, webuiURL: String? = nil, capabilities: [Capability] = [],
    labels: Labels? = nil, offerFilters: [OfferFilter] = []
  ) {
    self.user = user
    self.name = name
    self.id = id
    self.failoverTimeout = failoverTimeout
    self.checkpoint = checkpoint
    self.role = role
    self.roles = roles
    self.hostname = hostname
    self.principal = principal
    self.webuiURL = webuiURL
    self.capabilities = capabilities
    self.labels = labels
    self.offerFilters = offerFilters
  }

  public func has(_ capability: Capability) -> Bool { capabilities.contains(capability) }

  /// The roles that the framework is offered resources for, whichever field it names them in.
  public var subscribedRoles: [String] {
    has(.multiRole) ? roles : [role ?? Role.anyone]
  }
}

/// The smallest offers that are of use to a framework in one role.
public struct OfferFilter: Hashable, Sendable {
  public var role: String
  /// Alternatives; an offer that holds all quantities of one of them is of use. Nil: the master's default.
  public var minimalQuantities: [[ResourceQuantity]]?

  public init(role: String, minimalQuantities: [[ResourceQuantity]]?) {
    self.role = role
    self.minimalQuantities = minimalQuantities
  }
}

/// So much of a resource, whatever its identity.
public struct ResourceQuantity: Hashable, Sendable {
  public var name: String
  public var scalar: Scalar

  public init(_ name: String, _ scalar: Scalar) {
    self.name = name
    self.scalar = scalar
  }
}
