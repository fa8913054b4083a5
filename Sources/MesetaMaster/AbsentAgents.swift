import MesetaModel
import MesetaRuntime

/// The agents that earlier masters admitted and that have not come back to this one.
struct AbsentAgents: Codable, Sendable {
  private struct Entry: Codable, Sendable {
    var id: AgentID
    var info: AgentInfo
    /// Its admission, or its removal, is being written down.
    var isDecided = false
  }

  private var entries = SlotMap<Entry>()
  /// Look-up only.
  private var index: [AgentID: Slot<Entry>] = [:]

  init(_ admitted: AdmittedAgents = AdmittedAgents()) {
    for info in admitted.all {
      guard let id = info.id else { continue }
      index[id] = entries.insert(Entry(id: id, info: info))
    }
  }

  var count: Int { entries.count }
  var isEmpty: Bool { entries.isEmpty }

  /// All of them. O(n).
  var all: [AgentInfo] {
    var all: [AgentInfo] = []
    entries.visit { _, entry in all.append(entry.info) }
    return all
  }

  /// The ids of all of them. O(n).
  var ids: [AgentID] {
    var ids: [AgentID] = []
    entries.visit { _, entry in ids.append(entry.id) }
    return ids
  }

  /// Those of which nothing is decided. O(n).
  var undecided: [AgentID] {
    var ids: [AgentID] = []
    entries.visit { _, entry in if !entry.isDecided { ids.append(entry.id) } }
    return ids
  }

  func contains(_ id: AgentID) -> Bool { index[id] != nil }

  /// What becomes of an agent is being written down. False if it is not here, or that is so already.
  mutating func decide(_ id: AgentID) -> Bool {
    guard let slot = index[id] else { return false }
    return entries.update(slot) { entry in
      defer { entry.isDecided = true }
      return !entry.isDecided
    } ?? false
  }

  /// An agent is back, or will not be.
  @discardableResult
  mutating func remove(_ id: AgentID) -> Bool {
    guard let slot = index.removeValue(forKey: id) else { return false }
    return entries.remove(slot) != nil
  }
}
