// The offers that a driver still has to answer.

import MesetaModel

/// The offers of the event that is being handled, and those that the scheduler holds on to. An offer that is used or
/// declined leaves the book at once, so that an offer handled within its event never enters a dictionary.
struct OfferBook: Sendable {
  /// The offers of the event at hand.
  private(set) var current: [Offer] = []
  /// Whether the offer of that index has been answered or held.
  private var isAnswered: [Bool] = []
  /// Where to look first: offers are mostly answered in their order.
  private var cursor = 0
  private var openCount = 0
  /// The index of each offer of the event at hand; made when one is answered out of order. For look-up only.
  private var lookup: [OfferID: Int] = [:]
  /// For look-up only, never iterated.
  private(set) var held: [OfferID: Offer] = [:]

  mutating func begin(_ offers: [Offer]) {
    current = offers
    isAnswered.removeAll(keepingCapacity: true)
    isAnswered.append(contentsOf: repeatElement(false, count: offers.count))
    if !lookup.isEmpty { lookup.removeAll() }
    cursor = 0
    openCount = offers.count
  }

  mutating func end() {
    current = []
    openCount = 0
  }

  /// Takes an offer out of the book to answer it; false if it is not there: answered already, rescinded, or lost with
  /// the connection.
  mutating func take(_ id: OfferID) -> Bool {
    if let index = index(of: id) {
      isAnswered[index] = true
      openCount -= 1
      return true
    }
    return held.removeValue(forKey: id) != nil
  }

  /// Keeps an offer beyond its event; false if it is not there.
  mutating func hold(_ id: OfferID) -> Bool {
    if held[id] != nil { return true }
    guard let index = index(of: id) else { return false }
    isAnswered[index] = true
    openCount -= 1
    held[id] = current[index]
    return true
  }

  /// The index of an unanswered offer of the event at hand.
  private mutating func index(of id: OfferID) -> Int? {
    guard openCount > 0 else { return nil }
    if cursor < current.count, current[cursor].id == id, !isAnswered[cursor] {
      cursor += 1
      return cursor - 1
    }
    if lookup.isEmpty {
      for index in current.indices { lookup[current[index].id] = index }
    }
    guard let index = lookup[id], !isAnswered[index] else { return nil }
    cursor = index + 1
    return index
  }

  /// The offers of the event at hand that nobody has answered or held.
  func unanswered() -> [Offer] {
    if openCount == 0 { return [] }
    if openCount == current.count { return current }
    return current.indices.lazy.filter { !isAnswered[$0] }.map { current[$0] }
  }

  /// Whether the scheduler held the offer, which is gone now.
  mutating func rescind(_ id: OfferID) -> Bool {
    held.isEmpty ? false : held.removeValue(forKey: id) != nil
  }

  /// Drops everything: the connection is lost.
  mutating func clear() {
    end()
    held.removeAll()
  }
}
