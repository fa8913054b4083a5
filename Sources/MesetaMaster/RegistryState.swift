import MesetaAllocator
public import MesetaModel

/// What the registry holds: the sum of all that masters had it write down, which the next one begins with.
public struct RegistryState: Hashable, Codable, Sendable {
  /// What operators set for roles.
  public var roles = RoleSettings()
  /// What they decided about machines and agents.
  public var maintenance = MaintenanceState()

  public init() {}

  /// Takes over a change that is written down.
  public mutating func apply(_ operation: RegistryOperation) {
    switch operation {
    case .updateQuotas(let quotas): for quota in quotas { roles.set(quota) }
    case .updateWeights(let weights): for weight in weights { roles.set(weight) }
    case .maintenance(let operation): maintenance.apply(operation)
    case .removeAgent(let id): maintenance.forget(id)
    case .admitAgent, .updateAgent, .markAgentUnreachable, .markAgentReachable:
      break  // The agents come back by themselves.
    }
  }
}

extension Master {
  /// Begins with what earlier masters wrote down, which counts more than the configuration.
  mutating func recover(_ state: RegistryState) {
    for weight in configuration.weights { roleSettings.set(weight) }
    for weight in state.roles.weights { roleSettings.set(weight) }
    for quota in state.roles.quotas { roleSettings.set(quota) }
    decidedSettings = roleSettings
    maintenance = state.maintenance
    decidedMaintenance = maintenance
    for weight in roleSettings.weights { allocator.setWeight(weight.role, weight.weight) }
    for entry in roleSettings.quotas { allocator.setQuota(entry.role, entry.quota) }
  }
}
