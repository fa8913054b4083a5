import MesetaModel
import MesetaRuntime

/// An inverse offer that a framework has not answered.
struct InverseOfferEntry: Codable, Sendable {
  var id: OfferID
  var framework: FrameworkKey
  var agent: AgentKey
}

/// The inverse offers that are out. They hold nothing, so that they do not expire.
struct InverseOfferBook: Codable, Sendable {
  private var entries = SlotMap<InverseOfferEntry>()
  /// Look-up only.
  private var places: [OfferID: Slot<InverseOfferEntry>] = [:]

  mutating func add(_ id: OfferID, framework: FrameworkKey, agent: AgentKey) {
    places[id] = entries.insert(InverseOfferEntry(id: id, framework: framework, agent: agent))
  }

  /// Takes an inverse offer out of the book; nil, and does nothing, unless it is out to that framework.
  mutating func take(_ id: OfferID, from framework: FrameworkKey) -> InverseOfferEntry? {
    guard let place = places[id], entries[place]?.framework == framework else { return nil }
    places[id] = nil
    return entries.remove(place)
  }

  /// Takes out those about an agent. O(inverse offers).
  mutating func takeAll(ofAgent agent: AgentKey) -> [InverseOfferEntry] { takeAll { $0.agent == agent } }

  /// Takes out those to a framework. O(inverse offers).
  mutating func takeAll(ofFramework framework: FrameworkKey) -> [InverseOfferEntry] {
    takeAll { $0.framework == framework }
  }

  private mutating func takeAll(where isTaken: (InverseOfferEntry) -> Bool) -> [InverseOfferEntry] {
    if places.isEmpty { return [] }
    var taken: [InverseOfferEntry] = []
    entries.visit { _, entry in if isTaken(entry) { taken.append(entry) } }
    for entry in taken {
      if let place = places.removeValue(forKey: entry.id) { entries.remove(place) }
    }
    return taken
  }
}
