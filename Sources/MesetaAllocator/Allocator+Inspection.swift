// What a second opinion has to know of the allocator beside what it does.

import MesetaRuntime

extension Allocator {
  /// Whether a run is under way.
  package var isRunUnderWay: Bool { !run.queue.isEmpty }

  /// Whether the next look is for roles alone whose guarantees are not met.
  package var looksForGuaranteesNext: Bool {
    isRunUnderWay ? run.stage == .guarantees : !roles[Int(Self.root)].quota.needy.isEmpty
  }

  /// How many filters there are, those too that have ended and are not cleared away. O(agents).
  package var filterCount: Int {
    var count = 0
    agents.visit { _, agent in count += agent.filters.filters.count }
    return count
  }

  /// What operators measure of a role.
  package struct RoleMeasures: Sendable {
    package let role: String
    /// The largest part that it has of any resource of the cluster.
    package var dominantShare: Double
    /// How many filters its frameworks have.
    package var filters: Int
  }

  /// The roles that are in use, by name. O(agents + filters).
  package var roleMeasures: [RoleMeasures] {
    var filters = [Int](repeating: 0, count: roles.capacity)
    agents.visit { _, agent in
      for filter in agent.filters.filters {
        if let subscription = filterKeys[filter.key].subscription {
          filters[Int(subscriptions[Int(subscription)].role.index)] += 1
        }
      }
    }
    var measures: [RoleMeasures] = []
    roles.visit { key, role in
      guard role.parent != nil, role.subscriptions > 0 else { return }
      measures.append(
        RoleMeasures(
          role: role.name, dominantShare: dimensions.dominantShare(of: role.allocated.all, in: total),
          filters: filters[Int(key.index)]))
    }
    return measures.sorted { $0.role < $1.role }
  }

  /// Whether the last look at an agent was only for those who asked anew.
  package func wasLookedAtForAskers(_ agent: AgentSlot) -> Bool { agents[agent]?.isForAskers ?? false }

  /// The index by which a framework in a role comes before another one that is its equal.
  package func subscriptionIndex(_ framework: FrameworkSlot, _ role: String) -> UInt32? {
    guard let role = roleSlots[role] else { return nil }
    return frameworks[framework]?.subscriptions.first { subscriptions[Int($0)].role == role }
  }
}
