public import MesetaModel
public import MesetaProtocol
public import MesetaRuntime

/// What only a master is told by its host.
public enum MasterLocalInput: Hashable, Codable, Sendable {
  /// A write to the registry is durable.
  case stored(StorageToken)
}

public typealias MasterInput = NodeInput<MasterLocalInput>

/// What a master may ask its host to do.
public protocol MasterEffects: Effects {
  /// Writes to the registry. Answered by ``MasterLocalInput/stored(_:)``, in order.
  mutating func store(_ token: StorageToken, _ operation: RegistryOperation)
  /// Whether anybody watches the cluster. What the master does must not depend on it.
  var isWatched: Bool { get }
  /// Tells those who watch the cluster.
  mutating func announce(_ event: ClusterEvent)
  /// The allocator begins to run, for what has come in since a time. Only who measures wants to know.
  mutating func allocationBegins(dueSince: Instant)
  /// It has run.
  mutating func allocationEnds()
}

extension MasterEffects {
  public var isWatched: Bool { false }
  public mutating func announce(_ event: ClusterEvent) {}
  public mutating func allocationBegins(dueSince: Instant) {}
  public mutating func allocationEnds() {}
}

/// A change to what the master must not forget.
public enum RegistryOperation: Hashable, Codable, Sendable {
  case admitAgent(AgentInfo)
  case updateAgent(AgentInfo)
  /// `since` in nanoseconds since the Unix epoch.
  case markAgentUnreachable(AgentID, since: Int64)
  case markAgentReachable(AgentInfo)
  case removeAgent(AgentID)
  case updateQuotas([RoleQuota])
  case updateWeights([RoleWeight])
  case maintenance(MaintenanceOperation)
  /// Forgets agents that have been unreachable or gone for long.
  case prune(unreachable: [AgentID], gone: [AgentID])
}
