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
  var allocations: [Client: Int] = [:]
  var roleAllocations: [String: Int] = [:]

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
    var ranks: [(Rank, Rank, Client)] = []
    for (slot, framework) in frameworks where framework.isActive {
      for role in framework.roles.subtracting(framework.suppressed) {
        let client = Client(framework: slot, role: role)
        guard let roleSlot = allocator.role(role), let index = allocator.find(slot, roleSlot) else {
          continue
        }
        ranks.append(
          (
            Rank(
              share: share { $0.role == role } / (weights[role] ?? 1),
              allocations: UInt64(roleAllocations[role] ?? 0), client: roleSlot.index),
            Rank(
              share: share { $0 == client }, allocations: UInt64(allocations[client] ?? 0), client: index),
            client
          ))
      }
    }
    return ranks.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }

  // MARK: Offers

  /// What a client may be offered of `free` on an agent; nil if nothing.
  func part(_ free: Resources, _ agent: AgentSlot, _ client: Client, _ now: Instant) -> Resources? {
    guard let framework = frameworks[client.framework], let agent = agents[agent], agent.isActive else {
      return nil
    }
    if agent.total.scalar("gpus") > .zero, !framework.capabilities.contains(.gpuResources) { return nil }
    let part = Resources(
      free.filter { resource in
        let isOwn = resource.reservationRole.map { Role.isSameOrBelow(client.role, $0) } ?? true
        return isOwn && (!resource.isRevocable || framework.capabilities.contains(.revocableResources))
      })
    guard part.scalar("cpus") >= Scalar(milli: 10) || part.scalar("mem") >= Scalar(32) else { return nil }
    for filter in agent.filters[client] ?? [] where filter.until > now && filter.resources.contains(part) {
      return nil
    }
    return part
  }

  /// What a look at an agent has to give to clients in that order.
  func offers(_ agent: AgentSlot, _ order: [Client], _ now: Instant) -> [(Client, Resources)] {
    var free = agents[agent]?.unallocated ?? Resources()
    var result: [(Client, Resources)] = []
    for client in order {
      guard let part = part(free, agent, client, now) else { continue }
      free -= part
      result.append((client, part))
    }
    return result
  }

  mutating func book(_ agent: AgentSlot, _ client: Client, _ resources: Resources) {
    agents[agent]?.holdings[client, default: Holding()].offered += resources
    allocations[client, default: 0] += 1
    roleAllocations[client.role, default: 0] += 1
  }

  /// Forgets whom nobody knows any more: a role, and a framework in a role, begin anew when they come back.
  mutating func forget(_ client: Client, _ allocator: Allocator) {
    guard let role = allocator.role(client.role) else {
      roleAllocations[client.role] = nil
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
