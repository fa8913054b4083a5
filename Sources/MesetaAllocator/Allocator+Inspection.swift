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

  /// Whether the last look at an agent was only for those who asked anew.
  package func wasLookedAtForAskers(_ agent: AgentSlot) -> Bool { agents[agent]?.isForAskers ?? false }

  /// The index by which a framework in a role comes before another one that is its equal.
  package func subscriptionIndex(_ framework: FrameworkSlot, _ role: String) -> UInt32? {
    roleSlots[role].flatMap { find(framework, $0) }
  }
}
