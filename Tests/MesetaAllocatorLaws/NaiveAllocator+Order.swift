// Who is served before whom, by the naive allocator.

import MesetaAllocator
import MesetaModel
import MesetaRuntime

extension NaiveAllocator {
  /// What decides between clients of one level: the smallest share, then who was served least often, then the index
  /// in the allocator, which is the documented tie-break.
  struct Place: Comparable {
    var share: Double
    var allocations: UInt64
    var index: UInt32

    static func < (left: Place, right: Place) -> Bool {
      (left.share, left.allocations, left.index) < (right.share, right.allocations, right.index)
    }
  }

  /// The largest part of the total of any one resource.
  func dominantShare(_ part: Amount, _ sums: Sums) -> Double {
    var share = 0.0
    for (index, name) in Amount.names.enumerated() {
      guard sums.total[index] > 0, !options.fairSharingExcluded.contains(name) else { continue }
      share = max(share, Double(part[index]) / Double(sums.total[index]))
    }
    return share
  }

  /// All who want offers, in the order in which they are to be served.
  func order(_ sums: Sums, _ allocator: Allocator) -> [Client] {
    let clients = frameworks.flatMap { slot, framework in
      framework.roles.map { Client(framework: slot, role: $0) }
    }
    return order(of: clients.filter(wantsOffers), below: nil, sums, QuotaStanding(self, sums), allocator)
  }

  /// The clients in a role or below it: the roles below and the role's own frameworks by share, each with all in it.
  private func order(
    of clients: [Client], below parent: String?, _ sums: Sums, _ standing: QuotaStanding,
    _ allocator: Allocator
  ) -> [Client] {
    let depth = parent.map { RoleNames.path(to: $0).count } ?? 0
    var groups: [String: [Client]] = [:]
    for client in clients {
      let path = RoleNames.path(to: client.role)
      groups[depth < path.count ? path[depth] : client.role, default: []].append(client)
    }
    var ranked: [(place: Place, clients: [Client])] = []
    for (group, members) in groups {
      var place = Place(share: 0, allocations: 0, index: allocator.role(group)?.index ?? 0)
      if group == parent {
        place.share = dominantShare(sums.held { $0.role == group }, sums)
        place.allocations = ownAllocations[group] ?? 0
        ranked.append((place, ownOrder(of: members, sums, allocator)))
      } else {
        let held = sums.held { RoleNames.isWithin($0.role, group) }
        place.share = dominantShare(held, sums) / (weights[group] ?? 1)
        if standing.isExhausted(group) { place.share = .infinity }
        place.allocations = roleAllocations[group] ?? 0
        ranked.append((place, order(of: members, below: group, sums, standing, allocator)))
      }
    }
    return ranked.sorted { $0.place < $1.place }.flatMap(\.clients)
  }

  private func ownOrder(of clients: [Client], _ sums: Sums, _ allocator: Allocator) -> [Client] {
    let ranked = clients.map { client in
      let place = Place(
        share: dominantShare(sums.held[client] ?? .zero, sums), allocations: allocations[client] ?? 0,
        index: allocator.subscriptionIndex(client.framework, client.role) ?? 0)
      return (place, client)
    }
    return ranked.sorted { $0.0 < $1.0 }.map(\.1)
  }
}
