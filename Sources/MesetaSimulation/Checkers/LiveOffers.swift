// The offers of a master that are out.

import MesetaModel
import MesetaRuntime

/// An offer that is out, as its master has told it.
struct LiveOffer {
  var agent: Int
  var framework: Int
  var session: SessionID
  var role: Int
  var tally: ResourceTally
  var resources: Resources
}

/// Live offers by number. A master counts its offers, so that they stand in a row, in which the oldest end first.
struct LiveOffers {
  /// Nil for those that are over.
  private var row: [LiveOffer?] = []
  /// The number of the first of the row.
  private var first: UInt64 = 0

  /// Whose offer it is, if it is out.
  func framework(of number: UInt64) -> Int? { place(number).flatMap { row[$0]?.framework } }

  mutating func add(_ offer: LiveOffer, _ number: UInt64) {
    if row.isEmpty { first = number }
    if number < first {
      // Offers of one run are told framework by framework.
      row.insert(contentsOf: [LiveOffer?](repeating: nil, count: Int(first - number)), at: 0)
      first = number
    }
    while first + UInt64(row.count) <= number { row.append(nil) }
    row[Int(number - first)] = offer
  }

  mutating func remove(_ number: UInt64) -> LiveOffer? {
    guard let place = place(number) else { return nil }
    var offer: LiveOffer?
    swap(&offer, &row[place])
    if place == 0 || place > 4096 { trim() }
    return offer
  }

  /// Takes out the offers that are meant.
  mutating func removeAll(where isMeant: (LiveOffer) -> Bool) -> [LiveOffer] {
    var removed: [LiveOffer] = []
    for place in row.indices {
      guard let offer = row[place], isMeant(offer) else { continue }
      row[place] = nil
      removed.append(offer)
    }
    trim()
    return removed
  }

  func visit(_ body: (LiveOffer) -> Void) {
    for case let offer? in row { body(offer) }
  }

  private func place(_ number: UInt64) -> Int? {
    guard number >= first, number - first < UInt64(row.count) else { return nil }
    return Int(number - first)
  }

  /// Takes away what is over at the beginning, if that is most of the row.
  private mutating func trim() {
    var over = 0
    while over < row.count, row[over] == nil { over += 1 }
    guard 2 * over >= row.count else { return }
    row.removeFirst(over)
    first += UInt64(over)
  }
}
