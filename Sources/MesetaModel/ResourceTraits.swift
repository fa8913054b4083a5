/// What tells resources of one name apart, beside the role they are allocated to.
public struct ResourceTraits: Hashable, Codable, Sendable {
  /// The stack of reservations, outermost first: `eng`, then `eng/backend`. Empty: unreserved.
  public var reservations: [Reservation]
  public var disk: DiskInfo?
  /// May be taken back at any time: oversubscribed resources.
  public var isRevocable: Bool
  /// May be used by several tasks at once: shared volumes.
  public var isShared: Bool
  public var providerID: ResourceProviderID?

  public init(
    reservations: [Reservation] = [], disk: DiskInfo? = nil, isRevocable: Bool = false,
    isShared: Bool = false, providerID: ResourceProviderID? = nil
  ) {
    self.reservations = reservations
    self.disk = disk
    self.isRevocable = isRevocable
    self.isShared = isShared
    self.providerID = providerID
  }

  /// Whether nothing is set.
  public var isPlain: Bool {
    reservations.isEmpty && disk == nil && !isRevocable && !isShared && providerID == nil
  }
}

/// That a resource is set aside for a role.
public struct Reservation: Hashable, Codable, Sendable {
  public enum Kind: Hashable, Codable, Sendable {
    /// By the agent's configuration.
    case fixed
    /// By an operation at run time.
    case dynamic
  }

  public var kind: Kind
  public var role: String
  public var principal: String?
  public var labels: Labels?

  public init(_ kind: Kind, role: String, principal: String? = nil, labels: Labels? = nil) {
    self.kind = kind
    self.role = role
    self.principal = principal
    self.labels = labels
  }
}

/// Where disk space comes from, and the volume that is made of it.
public struct DiskInfo: Hashable, Codable, Sendable {
  /// A volume that outlives its tasks.
  public struct Persistence: Hashable, Codable, Sendable {
    public var id: String
    public var principal: String?

    public init(id: String, principal: String? = nil) {
      self.id = id
      self.principal = principal
    }
  }

  /// A disk other than the one that holds the agent's work directory.
  public struct Source: Hashable, Codable, Sendable {
    public enum Kind: Int32, Hashable, Codable, Sendable {
      case path = 1
      case mount = 2
      case block = 3
      case raw = 4
    }

    public var kind: Kind
    /// The directory of a `path` or `mount` source.
    public var root: String?
    public var id: String?
    public var metadata: Labels?
    public var profile: String?
    public var vendor: String?

    public init(
      _ kind: Kind, root: String? = nil, id: String? = nil, metadata: Labels? = nil,
      profile: String? = nil, vendor: String? = nil
    ) {
      self.kind = kind
      self.root = root
      self.id = id
      self.metadata = metadata
      self.profile = profile
      self.vendor = vendor
    }
  }

  /// How a volume appears in a container (`mesos.v1.Volume`).
  public struct Volume: Hashable, Codable, Sendable {
    public enum Mode: Int32, Hashable, Codable, Sendable {
      case readWrite = 1
      case readOnly = 2
    }

    /// Relative to the sandbox.
    public var containerPath: String
    public var hostPath: String?
    public var mode: Mode
    package var unknownFields = UnknownFields()

    public init(_ containerPath: String, hostPath: String? = nil, mode: Mode = .readWrite) {
      self.containerPath = containerPath
      self.hostPath = hostPath
      self.mode = mode
    }
  }

  public var persistence: Persistence?
  /// How the volume appears in a container.
  public var volume: Volume?
  public var source: Source?

  public init(persistence: Persistence? = nil, volume: Volume? = nil, source: Source? = nil) {
    self.persistence = persistence
    self.volume = volume
    self.source = source
  }
}
