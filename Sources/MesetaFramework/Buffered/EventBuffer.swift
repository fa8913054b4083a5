// Events on their way to someone who takes them at leisure.

import DequeModule
package import MesetaModel

/// A bounded queue between a scheduler driver and the consumer of an `AsyncSequence`.
///
/// Nothing is dropped silently. When the buffer is full, an offer is to be declined, an update that its agent sends
/// again is to be refused (``SchedulerCalls/refuse(_:)``), which holds the agent back; of updates that nobody sends
/// again, and of other news, the latest on each subject is kept. Offers that are rescinded, or lost with the connection,
/// are taken out.
package struct EventBuffer: Sendable {
  package typealias Event = SchedulerInput<Never>

  /// What became of an event.
  package enum Outcome: Hashable, Sendable {
    case stored
    /// There is no room for these offers: decline them.
    case decline([Offer])
    /// There is no room: refuse the update.
    case refuse(TaskUpdate)
    /// There is no room, and it comes again, because nobody acknowledges it.
    case later
    /// There is no room: this is lost, as messages may be. Say so to the operator.
    case lost
  }

  /// How many events there is room for; an offer counts as one.
  package let capacity: Int
  /// How many are stored. Above ``capacity`` only by news that cannot be had again: at most one for each task, agent,
  /// executor and demand, and a few on the subscription.
  package private(set) var count = 0
  private var events: Deque<Event> = []

  package init(capacity: Int) { self.capacity = max(capacity, 1) }

  package var isEmpty: Bool { events.isEmpty }

  /// Adds an event, or says what to do with it in its place.
  package mutating func push(_ event: Event) -> Outcome {
    let isFull = count >= capacity
    switch event {
    case .offers(let offers):
      let room = max(capacity - count, 0)
      append(.offers(Array(offers.prefix(room))))
      return offers.count <= room ? .stored : .decline(Array(offers.dropFirst(room)))
    case .update(let update) where isFull && update.status.uuid != nil:
      return .refuse(update)
    case .operationUpdate(let status) where isFull && status.uuid != nil:
      return .later
    case .message where isFull, .rejected where isFull:
      return .lost
    case .rescinded(let id):
      // The consumer hears of it only if the offer has reached it.
      if !removeOffer(id) { append(event) }
    case .inverseOfferRescinded(let id):
      if !removeInverseOffer(id) { append(event) }
    case .disconnected:
      removeAllOffers()
      if isFull { removeReplaced(by: event) }
      append(event)
    default:
      if isFull { removeReplaced(by: event) }
      append(event)
    }
    return .stored
  }

  /// Takes the oldest event.
  package mutating func pop() -> Event? {
    guard let event = events.popFirst() else { return nil }
    count -= Self.weight(event)
    return event
  }

  private static func weight(_ event: Event) -> Int {
    event.offers?.count ?? 1
  }

  private mutating func append(_ event: Event) {
    let weight = Self.weight(event)
    guard weight > 0 else { return }
    events.append(event)
    count += weight
  }

  /// Makes room for news by dropping what was stored on the same subject.
  private mutating func removeReplaced(by new: Event) {
    guard let index = events.lastIndex(where: { Self.isReplaced($0, by: new) }) else { return }
    events.remove(at: index)
    count -= 1
  }

  /// Whether the consumer misses nothing if it hears of `new` alone. An update with a uuid is never replaced: it waits to be
  /// acknowledged.
  private static func isReplaced(_ old: Event, by new: Event) -> Bool {
    switch (old, new) {
    case (.subscribed, .subscribed), (.disconnected, .disconnected): true
    case (.update(let old), .update(let new)): old.taskID == new.taskID && old.status.uuid == nil
    case (.agentLost(let old), .agentLost(let new)): old == new
    case (.executorLost(let oldAgent, let old, _), .executorLost(let newAgent, let new, _)):
      oldAgent == newAgent && old == new
    default: false
    }
  }

  /// Takes an offer out; false if it is not here.
  private mutating func removeOffer(_ id: OfferID) -> Bool {
    for index in events.indices {
      guard events[index].offers?.contains(where: { $0.id == id }) ?? false else { continue }
      if let rest = events[index].without(id) { events[index] = rest } else { events.remove(at: index) }
      count -= 1
      return true
    }
    return false
  }

  /// Takes an inverse offer out; false if it is not here.
  private mutating func removeInverseOffer(_ id: OfferID) -> Bool {
    for index in events.indices {
      guard case .inverseOffers(var offers) = events[index],
        let at = offers.firstIndex(where: { $0.id == id })
      else { continue }
      offers.remove(at: at)
      if !offers.isEmpty {
        events[index] = .inverseOffers(offers)
      } else {
        events.remove(at: index)
        count -= 1
      }
      return true
    }
    return false
  }

  private mutating func removeAllOffers() {
    events.removeAll { $0.hasOffers }
    count = events.count
  }
}

extension SchedulerInput {
  /// The offers that come with the event; nil if none do.
  var offers: [Offer]? {
    switch self {
    case .offers(let offers), .demandMet(_, let offers): offers
    default: nil
    }
  }

  /// Whether offers, or inverse offers, come with the event.
  var hasOffers: Bool {
    if case .inverseOffers = self { return true }
    return offers != nil
  }

  /// The event without an offer or an inverse offer; nil if nothing is left of it.
  func without(_ id: OfferID) -> Self? {
    if case .inverseOffers(let offers) = self {
      let rest = offers.filter { $0.id != id }
      return rest.isEmpty ? nil : .inverseOffers(rest)
    }
    guard let rest = offers?.filter({ $0.id != id }) else { return self }
    if rest.isEmpty { return nil }
    if case .demandMet(let demand, _) = self { return .demandMet(demand, rest) }
    return .offers(rest)
  }
}
