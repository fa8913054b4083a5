// A second opinion: who is to get what, written straight from the definitions and computed from scratch each time.

import MesetaAllocator
import MesetaModel
import MesetaRuntime

struct NaiveAllocator {
  /// A framework in a role.
  struct Client: Hashable {
    var framework: FrameworkSlot
    var role: String
  }

  /// What a client holds of an agent, piece by piece: a shared resource is in several pieces.
  struct Holding {
    var offered: [Resources] = []
    var used: [Resources] = []
    /// How many offers were made since all of them were answered.
    var offers = 0

    var offeredSum: Resources { offered.reduce(into: Resources()) { $0 += $1 } }
    var usedSum: Resources { used.reduce(into: Resources()) { $0 += $1 } }
    var isEmpty: Bool { offered.isEmpty && used.isEmpty }
  }

  struct Filter {
    var resources: Resources
    var until: Instant
  }

  struct Framework {
    var roles: Set<String> = []
    var suppressed: Set<String> = []
    var capabilities: Set<FrameworkInfo.Capability> = []
    /// By role; others have the default.
    var minimums: [String: [[ResourceQuantity]]] = [:]
    var isActive = true
  }

  struct Agent {
    var total: Resources
    var domain: FaultDomain?
    var isActive = true
    var holdings: [Client: Holding] = [:]
    var filters: [Client: [Filter]] = [:]

    /// What nobody holds. A shared resource is there for others also while somebody holds it.
    var unallocated: Resources {
      var rest = total
      for piece in holdings.values.lazy.flatMap({ $0.offered + $0.used }) {
        for resource in piece where !resource.isShared { rest.subtract(resource) }
      }
      return rest
    }
  }

  let options: Allocator.Options
  var agents: [AgentSlot: Agent] = [:]
  var frameworks: [FrameworkSlot: Framework] = [:]
  var weights: [String: Double] = [:]
  var quotas: [String: Quota] = [:]
  /// How often each client was offered something since it is known, and each role with all below it, and the own
  /// frameworks of each role.
  var allocations: [Client: UInt64] = [:]
  var roleAllocations: [String: UInt64] = [:]
  var ownAllocations: [String: UInt64] = [:]

  init(_ options: Allocator.Options) { self.options = options }

  // MARK: Changes

  mutating func change(_ agent: AgentSlot, _ client: Client, _ change: (inout Holding) -> Void) {
    var holding = agents[agent]?.holdings[client] ?? Holding()
    change(&holding)
    holding.offered.removeAll(where: \.isEmpty)
    holding.used.removeAll(where: \.isEmpty)
    if holding.offered.isEmpty { holding.offers = 0 }
    agents[agent]?.holdings[client] = holding.isEmpty ? nil : holding
  }

  /// Books an offer.
  mutating func book(_ agent: AgentSlot, _ client: Client, _ part: Resources) {
    change(agent, client) {
      $0.offered.append(part)
      $0.offers += 1
    }
    allocations[client, default: 0] += 1
    ownAllocations[client.role, default: 0] += 1
    for role in RoleNames.path(to: client.role) { roleAllocations[role, default: 0] += 1 }
  }

  mutating func clearFilters(_ client: Client) {
    for agent in agents.keys { agents[agent]?.filters[client] = nil }
  }

  /// Forgets how often those were served that nobody knows any more: they begin anew when they come back.
  mutating func forgetUnused() {
    let clients = knownClients
    for client in allocations.keys where !clients.contains(client) { allocations[client] = nil }
    let roles = knownRoles(clients)
    for role in RoleNames.all where !roles.contains(role) {
      roleAllocations[role] = nil
      ownAllocations[role] = nil
    }
  }

  // MARK: What there is

  /// Those that subscribe or hold something.
  var knownClients: Set<Client> {
    var clients: Set<Client> = []
    for (slot, framework) in frameworks {
      for role in framework.roles { clients.insert(Client(framework: slot, role: role)) }
    }
    for agent in agents.values { clients.formUnion(agent.holdings.keys) }
    return clients
  }

  /// The roles that have clients, reservations or quotas, and those above them.
  func knownRoles(_ clients: Set<Client>) -> Set<String> {
    var roles = Set(clients.map(\.role)).union(quotas.keys)
    for agent in agents.values { roles.formUnion(agent.total.compactMap(\.reservationRole)) }
    return Set(roles.flatMap(RoleNames.path))
  }

  func outstandingOffers(_ framework: FrameworkSlot) -> Int {
    agents.values.reduce(0) { sum, agent in
      agent.holdings.reduce(sum) { $1.key.framework == framework ? $0 + $1.value.offers : $0 }
    }
  }

  /// Whether a client wants offers and may have one more.
  func wantsOffers(_ client: Client) -> Bool {
    guard let framework = frameworks[client.framework] else { return false }
    return framework.isActive && framework.roles.contains(client.role)
      && !framework.suppressed.contains(client.role)
      && outstandingOffers(client.framework) < options.maxOutstandingOffers
  }
}
