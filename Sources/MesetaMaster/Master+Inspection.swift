// What a second opinion has to know of a master beside what it says.

import MesetaAllocator
package import MesetaModel
package import MesetaRuntime

extension Master {
  /// What the master goes by of what is in the registry.
  package var recordedState: RecordedState {
    var ids = absentAgents.ids
    // In place: all of an agent would be copied for its id.
    for index in 0..<agents.capacity where agents.key(at: index) != nil { ids.append(agents[index].id) }
    return RecordedState(
      roles: roleSettings, maintenance: maintenance, unreachableAgents: unreachableAgents, agentIDs: ids)
  }

  /// The agents that earlier masters admitted and that are not back. O(their number).
  package var absentAgentInfos: [AgentInfo] { absentAgents.all }

  /// When the next agent may be marked unreachable that waits for that; `.never` if none does.
  package var nextRemoval: Instant { removals.nextWake }

  /// Whether a framework is there, connected or not.
  package func hasFramework(_ id: FrameworkID) -> Bool { frameworksByID[id] != nil }

  /// Whether a framework is there and connected.
  package func isSubscribed(_ id: FrameworkID) -> Bool {
    frameworksByID[id].flatMap { frameworks[$0]?.session } != nil
  }

  /// Whether an agent is registered and connected.
  package func isConnected(_ id: AgentID) -> Bool {
    agentsByID[id].flatMap { agents[$0]?.session } != nil
  }

  /// What tasks and executors use of an agent by the allocator's account.
  package func used(on id: AgentID) -> Resources {
    agentsByID[id].flatMap { agents[$0] }.map { allocator.used($0.slot) } ?? Resources()
  }

  /// Whether all resources of an agent may be offered to anybody: it is in use, nothing of it is reserved, revocable or
  /// shared, nobody waits for it with a demand, and no plan or quota keeps it from anybody.
  package func isPlainlyOffered(_ id: AgentID) -> Bool {
    guard let agent = agentsByID[id].flatMap({ agents[$0] }), agent.session != nil,
      maintenance.standing(id) == nil, agent.unavailability == nil, agent.departure == nil,
      roleSettings.quotas.isEmpty, configuration.allocator.domain == nil
    else { return false }
    let total = allocator.total(agent.slot)
    return total.allSatisfy { $0.isPlain && $0.name != "gpus" } && allocator.pending(agent.slot).isEmpty
  }

  /// Whether a framework wants offers of any agent in some role, whatever they hold.
  package func wantsAnything(_ id: FrameworkID) -> Bool {
    guard let framework = frameworksByID[id].flatMap({ frameworks[$0] }), framework.session != nil,
      framework.info.offerFilters.isEmpty, framework.offerConstraints.isEmpty
    else { return false }
    return framework.info.subscribedRoles.contains { !framework.suppressedRoles.contains($0) }
  }

  /// How much a table holds, and how much it may at rest.
  package struct Census: Sendable {
    package let table: String
    package let count: Int
    package let most: Int
  }

  /// The tables whose size has to follow from what there is.
  package var census: [Census] {
    var roles = 0
    frameworks.visit { _, framework in roles += framework.info.subscribedRoles.count }
    return [
      Census(table: "offers", count: offers.count, most: agents.count * max(roles, 1)),
      Census(
        table: "deadlines", count: deadlines.count, most: 2 * (agents.count + 2 * frameworks.count) + 1024),
      Census(table: "writes", count: registry.count, most: agents.count + 64),
      Census(table: "filters", count: allocator.filterCount, most: 8 * agents.count * max(roles, 1)),
    ]
  }

  /// How many sessions the master believes to be open.
  package var sessionCount: Int { sessions.count }
}

/// What a master goes by of what is in the registry, as much of it as another can look at.
package struct RecordedState {
  /// What operators set for roles.
  package let roles: RoleSettings
  /// What they decided about machines and agents.
  package let maintenance: MaintenanceState
  let unreachableAgents: BoundedHistory<AgentID, Int64>
  /// The agents that were admitted and are not unreachable, back or not: each once.
  package let agentIDs: [AgentID]

  /// The agents that went unreachable, with the time, in the order in which they did.
  package var unreachable: [(id: AgentID, since: Int64)] {
    unreachableAgents.entries.map { ($0.key, $0.value) }
  }

  /// Since when an agent is unreachable, in nanoseconds since the Unix epoch; nil: it is not.
  package func unreachableSince(_ id: AgentID) -> Int64? { unreachableAgents[id] }
}
