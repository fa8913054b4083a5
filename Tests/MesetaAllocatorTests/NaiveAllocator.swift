// A second opinion: who is to get what, written straight from the definitions and recomputed from scratch each time.

import MesetaModel
import MesetaRuntime

@testable import MesetaAllocator

struct NaiveAllocator {
  struct Client: Hashable {
    var framework: FrameworkSlot
    var role: String
  }

  struct Holding {
    var offered = Resources()
    var used = Resources()
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
    var isActive = true
  }

  struct Agent {
    var total: Resources
    var isActive = true
    var holdings: [Client: Holding] = [:]
    var filters: [Client: [Filter]] = [:]

    var unallocated: Resources {
      var rest = total
      for holding in holdings.values {
        rest -= holding.offered
        rest -= holding.used
      }
      return rest
    }
  }

  var agents: [AgentSlot: Agent] = [:]
  var frameworks: [FrameworkSlot: Framework] = [:]
  var weights: [String: Double] = [:]
  var quotas: [String: Quota] = [:]
  var allocations: [Client: Int] = [:]
  /// Of each role with all below it, and of its own frameworks.
  var roleAllocations: [String: Int] = [:]
  var ownAllocations: [String: Int] = [:]

  // MARK: Shares

  func share(_ isOf: (Client) -> Bool) -> Double {
    var share = 0.0
    for name in ["cpus", "mem", "disk", "gpus"] {
      var part = Scalar.zero
      var whole = Scalar.zero
      for agent in agents.values {
        whole += agent.total.scalar(name)
        for (client, holding) in agent.holdings where isOf(client) {
          part += holding.offered.scalar(name) + holding.used.scalar(name)
        }
      }
      if whole > .zero { share = max(share, Double(part.milli) / Double(whole.milli)) }
    }
    return share
  }

  /// All who want offers, in the order in which they are to be served.
  func order(_ allocator: Allocator) -> [Client] {
    var clients: [Client] = []
    for (slot, framework) in frameworks where framework.isActive {
      for role in framework.roles.subtracting(framework.suppressed) {
        clients.append(Client(framework: slot, role: role))
      }
    }
    return order(of: clients, below: nil, allocator)
  }

  /// The clients in a role or below it: roles below and the role's own frameworks by share, each with all in it.
  private func order(of clients: [Client], below parent: String?, _ allocator: Allocator) -> [Client] {
    var groups: [String: [Client]] = [:]
    for client in clients {
      let rest = client.role.dropFirst(parent.map { $0.count + 1 } ?? 0)
      let component = rest.split(separator: "/").first.map(String.init)
      let child = [parent, component].compactMap(\.self).joined(separator: "/")
      groups[child, default: []].append(client)
    }
    var ranked: [(rank: Rank, clients: [Client])] = []
    for (group, members) in groups {
      var rank = Rank(client: allocator.role(group)?.index ?? 0)
      if group == parent {
        rank.share = share { $0.role == group }
        rank.allocations = UInt64(ownAllocations[group] ?? 0)
        let own = members.map { ($0, self.rank(of: $0, allocator)) }.sorted { $0.1 < $1.1 }
        ranked.append((rank, own.map(\.0)))
      } else {
        rank.share = share { Role.isSameOrBelow($0.role, group) } / (weights[group] ?? 1)
        if isExhausted(group) { rank.share = .infinity }
        rank.allocations = UInt64(roleAllocations[group] ?? 0)
        ranked.append((rank, order(of: members, below: group, allocator)))
      }
    }
    return ranked.sorted { $0.rank < $1.rank }.flatMap(\.clients)
  }

  private func rank(of client: Client, _ allocator: Allocator) -> Rank {
    let index = allocator.role(client.role).flatMap { allocator.find(client.framework, $0) }
    return Rank(
      share: share { $0 == client }, allocations: UInt64(allocations[client] ?? 0), client: index ?? 0)
  }

  // MARK: Offers

  /// What a client may be offered of `free` on an agent; nil if nothing.
  func part(
    _ free: Resources, _ agent: AgentSlot, _ client: Client, _ now: Instant, forGuarantees: Bool = false
  ) -> Resources? {
    guard let framework = frameworks[client.framework], let agent = agents[agent], agent.isActive else {
      return nil
    }
    if agent.total.scalar("gpus") > .zero, !framework.capabilities.contains(.gpuResources) { return nil }
    let whole = Resources(
      free.filter { resource in
        let isOwn = resource.reservationRole.map { Role.isSameOrBelow(client.role, $0) } ?? true
        return isOwn && (!resource.isRevocable || framework.capabilities.contains(.revocableResources))
      })
    let part = chopped(whole, for: client.role)
    if forGuarantees, !makesProgress(part, client.role) { return nil }
    guard part.scalar("cpus") >= Scalar(milli: 10) || part.scalar("mem") >= Scalar(32) else { return nil }
    for filter in agent.filters[client] ?? [] where filter.until > now && filter.resources.contains(part) {
      return nil
    }
    return part
  }

  /// What a look at an agent has to give to clients in that order; books it.
  mutating func offers(
    _ agent: AgentSlot, _ order: [Client], _ now: Instant, forGuarantees: Bool = false
  ) -> [(Client, Resources)] {
    var result: [(Client, Resources)] = []
    for client in order {
      let free = agents[agent]?.unallocated ?? Resources()
      guard let part = part(free, agent, client, now, forGuarantees: forGuarantees) else { continue }
      book(agent, client, part)
      result.append((client, part))
    }
    return result
  }

  private mutating func book(_ agent: AgentSlot, _ client: Client, _ resources: Resources) {
    agents[agent]?.holdings[client, default: Holding()].offered += resources
    allocations[client, default: 0] += 1
    ownAllocations[client.role, default: 0] += 1
    for role in Self.path(to: client.role) { roleAllocations[role, default: 0] += 1 }
  }

  /// Forgets whom nobody knows any more: a role, and a framework in a role, begin anew when they come back.
  mutating func forget(_ client: Client, _ allocator: Allocator) {
    for role in Self.path(to: client.role) where allocator.role(role) == nil {
      roleAllocations[role] = nil
      ownAllocations[role] = nil
    }
    guard let role = allocator.role(client.role) else {
      allocations[client] = nil
      return
    }
    if allocator.find(client.framework, role) == nil { allocations[client] = nil }
  }

  mutating func change(_ agent: AgentSlot, _ client: Client, _ change: (inout Holding) -> Void) {
    var holding = agents[agent]?.holdings[client] ?? Holding()
    change(&holding)
    agents[agent]?.holdings[client] = holding.isEmpty ? nil : holding
  }
}
