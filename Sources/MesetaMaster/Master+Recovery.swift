// What a master takes over from those before it: what they wrote down, and the agents that have yet to come back.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

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
    unreachableAgents = state.unreachableAgents
    knowsAllAgents = state.isComplete
    absentAgents = AbsentAgents(state.agents)
    if !absentAgents.isEmpty {
      deadlines.add(.agentReturn, at: startTime.monotonic + configuration.agentReregisterTimeout)
    }
    deadlines.add(.registryPruning, at: startTime.monotonic + configuration.registryPruningInterval)
  }

  /// The agents had their time to come back.
  mutating func agentReturnElapsed<E: MasterEffects>(at time: Time, _ effects: inout E) {
    let absent = absentAgents.undecided
    if absent.isEmpty { return }
    effects.log(
      .warning,
      "\(absent.count) agents of the master before have not come back within \(configuration.agentReregisterTimeout): "
        + "unreachable")
    for id in absent { removals.add(.absent(id)) }
    removeUnreachableAgents(at: time, &effects)
  }

  /// Has the agents marked unreachable that may be now.
  mutating func removeUnreachableAgents<E: MasterEffects>(at time: Time, _ effects: inout E) {
    while let candidate = removals.next(at: time.monotonic) {
      switch candidate {
      case .silent(let key):
        guard agents.contains(key), agents[valid: key].departure == nil else { continue }
        agents[valid: key].isRemovalQueued = false
        guard agents[valid: key].pings.isExhausted else {
          marks.insert(.removalCancelled)
          metrics.slaveUnreachableCanceled += 1
          continue
        }
        let id = agents[valid: key].id
        effects.log(
          .warning, "agent \(id) did not answer \(configuration.maxAgentPingTimeouts) pings: unreachable")
        agents[valid: key].departure = .unreachable
        effects.store(registry.begin(.markUnreachable(key)), .markAgentUnreachable(id, since: time.wall))
      case .absent(let id):
        guard !isBeingMarkedGone(id), absentAgents.decide(id) else { continue }
        marks.insert(.absentAgentUnreachable)
        effects.store(
          registry.begin(.markAbsentUnreachable(id, since: time.wall)),
          .markAgentUnreachable(id, since: time.wall))
      }
      removals.used(at: time.monotonic)
    }
  }

  /// An agent that has not come back is recorded as unreachable.
  mutating func absentIsUnreachable<E: MasterEffects>(_ id: AgentID, since: Int64, _ effects: inout E) {
    guard absentAgents.remove(id) else { return }
    count(.slaveRemovals)
    metrics.recoverySlaveRemovals += 1
    unreachableAgents.insert(id, since)
    tellAll(.failure(agentID: id, executorID: nil, status: nil), &effects)
  }

  /// Forgets agents that have been unreachable or gone for long, and the oldest of too many.
  mutating func pruneRegistry<E: MasterEffects>(at time: Time, _ effects: inout E) {
    deadlines.add(.registryPruning, at: time.monotonic + configuration.registryPruningInterval)
    let oldest = time.wall - configuration.registryMaxAgentAge.nanoseconds
    let unreachable = outdated(unreachableAgents, before: oldest)
    let gone = outdated(maintenance.gone, before: oldest)
    if unreachable.isEmpty, gone.isEmpty { return }
    marks.insert(.registryPruned)
    effects.store(
      registry.begin(.prune(unreachable: unreachable, gone: gone)),
      .prune(unreachable: unreachable, gone: gone))
  }

  private func outdated(_ history: BoundedHistory<AgentID, Int64>, before time: Int64) -> [AgentID] {
    let entries = history.entries
    let surplus = max(0, entries.count - configuration.registryMaxAgentCount)
    return entries.enumerated().filter { $0.offset < surplus || $0.element.value < time }.map(\.element.key)
  }

  mutating func pruned(unreachable: [AgentID], gone: [AgentID]) {
    for id in unreachable { unreachableAgents.remove(id) }
    maintenance.forget(gone: gone)
    decidedMaintenance.forget(gone: gone)
  }
}
