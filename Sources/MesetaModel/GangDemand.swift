/// Names a demand within its framework, which chooses the name.
public struct DemandID: TextIdentifier {
  public let value: String
  public init(_ value: String) { self.value = value }
}

/// Resources that a framework wants all at once or not at all: so many bundles, each of them on one agent.
///
/// Mesos has no such thing: there a framework has to hoard offers until they are enough, and two that do so may wait
/// for each other for ever.
public struct GangDemand: Hashable, Codable, Sendable {
  /// So many times the same resources.
  public struct Bundle: Hashable, Codable, Sendable {
    /// What has to be on one agent, found by name, kind and amount whatever its reservation; ranges and sets exactly
    /// those named.
    public var resources: Resources
    /// How many of them.
    public var count: Int

    public init(_ resources: Resources, count: Int = 1) {
      self.resources = resources
      self.count = count
    }
  }

  /// How far apart the bundles are to be.
  public struct Spread: Hashable, Codable, Sendable {
    /// What agents may have in common.
    public enum Domain: Hashable, Codable, Sendable {
      case agent
      /// A zone of a region. Agents without a fault domain are not used.
      case zone
      case region
      /// The value of the first attribute of that name. Agents without one are not used.
      case attribute(String)
    }

    public var domain: Domain
    /// No more bundles than this on agents of the same domain.
    public var limit: Int

    public init(_ domain: Domain, limit: Int = 1) {
      self.domain = domain
      self.limit = limit
    }
  }

  public var id: DemandID
  /// One of the framework's roles.
  public var role: String
  public var bundles: [Bundle]
  public var spread: Spread?
  /// After so many nanoseconds the demand has failed; nil: the master's default.
  public var timeout: Int64?

  public init(
    _ id: DemandID, role: String = Role.anyone, _ bundles: [Bundle], spread: Spread? = nil,
    timeout: Int64? = nil
  ) {
    self.id = id
    self.role = role
    self.bundles = bundles
    self.spread = spread
    self.timeout = timeout
  }
}

/// Why a demand was not met.
public struct DemandFailure: Hashable, Codable, Sendable {
  /// What kind of reason it is; the raw values are those of the wire.
  public enum Reason: Int32, Hashable, Codable, Sendable, CaseIterable {
    /// Its time is over.
    case expired = 1
    /// The cluster as it is will never meet it.
    case impossible = 2
    /// The framework has left the role.
    case roleLeft = 3
  }

  public var id: DemandID
  public var reason: Reason
  /// What was missing, for people.
  public var message: String
  /// How many bundles could be placed at last, and on how many agents.
  public var placed: Int
  public var agents: Int
  /// How many bundles were demanded.
  public var wanted: Int

  public init(
    _ id: DemandID, _ reason: Reason, _ message: String, placed: Int = 0, agents: Int = 0, wanted: Int
  ) {
    self.id = id
    self.reason = reason
    self.message = message
    self.placed = placed
    self.agents = agents
    self.wanted = wanted
  }
}

extension GangDemand: CustomStringConvertible {
  /// `train for web: 4 x (cpus:2; mem:1024), at most 1 a zone`.
  public var description: String {
    let parts = bundles.map { "\($0.count) x (\($0.resources))" }
    return "\(id) for \(role): \(parts.joined(separator: ", "))" + (spread.map { ", \($0)" } ?? "")
  }
}

extension GangDemand.Spread: CustomStringConvertible {
  public var description: String { "at most \(limit) for each \(domain)" }
}

extension GangDemand.Spread.Domain: CustomStringConvertible {
  public var description: String {
    switch self {
    case .agent: "agent"
    case .zone: "zone"
    case .region: "region"
    case .attribute(let name): "value of attribute '\(name)'"
    }
  }
}
