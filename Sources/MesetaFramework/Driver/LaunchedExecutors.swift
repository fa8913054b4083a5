// The executors that run for a scheduler, as it launched them.

import MesetaModel

/// What the executors that a scheduler launched took of their agents. Each task of one has to name it exactly as it was launched:
/// where a part of an agent is reserved, that is not what the scheduler asks for.
struct LaunchedExecutors: Sendable {
  private struct Entry: Sendable {
    let id: ExecutorID
    let resources: Resources
    /// Whether an offer has named it. One that later offers do not name has ended.
    var isConfirmed = false
  }

  /// Look-up only.
  private var entries: [AgentID: [Entry]] = [:]

  func resources(of executor: ExecutorID, on agent: AgentID) -> Resources? {
    entries[agent]?.first { $0.id == executor }?.resources
  }

  mutating func add(_ executor: ExecutorID, on agent: AgentID, _ resources: Resources) {
    remove(executor, on: agent)
    entries[agent, default: []].append(Entry(id: executor, resources: resources))
  }

  /// Learns from offers what runs on their agents. O(1) while no executor is known.
  mutating func learn(from offers: [Offer]) {
    if entries.isEmpty { return }
    for offer in offers { learn(from: offer) }
  }

  private mutating func learn(from offer: Offer) {
    guard var known = entries[offer.agentID] else { return }
    known.removeAll { $0.isConfirmed && !offer.executorIDs.contains($0.id) }
    for index in known.indices where offer.executorIDs.contains(known[index].id) {
      known[index].isConfirmed = true
    }
    entries[offer.agentID] = known.isEmpty ? nil : known
  }

  mutating func remove(_ executor: ExecutorID, on agent: AgentID) {
    guard let index = entries[agent]?.firstIndex(where: { $0.id == executor }) else { return }
    entries[agent]?.remove(at: index)
    if entries[agent]?.isEmpty == true { entries[agent] = nil }
  }

  mutating func removeAll(on agent: AgentID) { entries[agent] = nil }
}
