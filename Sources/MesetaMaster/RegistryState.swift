public import MesetaModel

/// What the registry holds: the sum of all that masters had it write down, which the next one begins with.
public struct RegistryState: Equatable, Codable, Sendable {
  /// Whether all agents of earlier masters are in it. Not so where a store forgets with its process.
  public var isComplete: Bool
  /// The agents that were admitted and are not unreachable.
  public var agents = AdmittedAgents()
  /// The agents that went unreachable, with the time in nanoseconds since the Unix epoch.
  var unreachableAgents = BoundedHistory<AgentID, Int64>(limit: 102_400)
  /// What operators set for roles.
  public var roles = RoleSettings()
  /// What they decided about machines and agents.
  public var maintenance = MaintenanceState()

  public init(isComplete: Bool = false) { self.isComplete = isComplete }

  /// The agents that went unreachable, with the time, in the order in which they did.
  public var unreachable: [(id: AgentID, since: Int64)] {
    unreachableAgents.entries.map { ($0.key, $0.value) }
  }

  /// Since when an agent is unreachable, in nanoseconds since the Unix epoch; nil: it is not.
  public func unreachableSince(_ id: AgentID) -> Int64? { unreachableAgents[id] }

  /// Takes over a change that is written down.
  public mutating func apply(_ operation: RegistryOperation) {
    switch operation {
    case .updateQuotas(let quotas): for quota in quotas { roles.set(quota) }
    case .updateWeights(let weights): for weight in weights { roles.set(weight) }
    case .maintenance(let operation):
      maintenance.apply(operation)
      if case .markGone(let id, _) = operation { forget(id) }
    case .removeAgent(let id):
      maintenance.forget(id)
      forget(id)
    case .admitAgent(let info), .updateAgent(let info), .markAgentReachable(let info):
      agents.insert(info)
      if let id = info.id { unreachableAgents.remove(id) }
    case .markAgentUnreachable(let id, let since):
      agents.remove(id)
      unreachableAgents.insert(id, since)
    case .prune(let unreachable, let gone):
      for id in unreachable { unreachableAgents.remove(id) }
      maintenance.forget(gone: gone)
    }
  }

  private mutating func forget(_ id: AgentID) {
    agents.remove(id)
    unreachableAgents.remove(id)
  }
}
