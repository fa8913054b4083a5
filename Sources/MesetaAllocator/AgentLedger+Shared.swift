// Moves of resources some of which are shared: many may use these at once, and each holder is charged for one.

import MesetaModel

extension AgentLedger {
  /// How often one holder was offered a shared resource and uses it.
  struct SharedUse: Codable, Sendable {
    let resource: Resource
    var offered = 0
    var used = 0
  }

  /// A move, by what it adds to what is offered and to what is used.
  struct SharedMove {
    let offered: Int
    let used: Int

    static let toOffered = SharedMove(offered: 1, used: 0)
    static let toUsed = SharedMove(offered: 0, used: 1)
    static let offeredToUsed = SharedMove(offered: -1, used: 1)
    static let fromOffered = SharedMove(offered: -1, used: 0)
    static let fromUsed = SharedMove(offered: 0, used: -1)
  }

  /// A move to a holder from what is unallocated.
  mutating func take(
    _ resources: Resources, _ subscription: UInt32, _ dimensions: Dimensions, _ move: SharedMove
  ) -> Change {
    var change = Change(amounts: Amounts())
    let index = holding(subscription, &change)
    let before = dimensions.amounts(of: holdings[index].held)
    holdings[index].book(resources, move, dimensions)
    if move.offered > 0 { holdings[index].offers += 1 }
    change.amounts = dimensions.amounts(of: holdings[index].held)
    change.amounts -= before
    settle(dimensions)
    return change
  }

  /// A move of what somebody holds. False, with nothing done, if the holder has not so much.
  mutating func give(
    _ resources: Resources, _ subscription: UInt32, _ dimensions: Dimensions, _ move: SharedMove,
    _ change: inout Change
  ) -> Bool {
    guard let index = index(of: subscription),
      move.offered == 0 || holdings[index].offered.holds(resources),
      move.used >= 0 || holdings[index].used.holds(resources)
    else { return false }
    dimensions.add(holdings[index].held, to: &change.amounts)
    holdings[index].book(resources, move, dimensions)
    change.amounts -= dimensions.amounts(of: holdings[index].held)
    if move.offered < 0, holdings[index].offered.isEmpty {
      change.endedOffers = holdings[index].offers
      holdings[index].offers = 0
    }
    change.isLast = closeIfEmpty(index)
    settle(dimensions)
    return true
  }
}

extension AgentLedger.Holding {
  /// All that is offered, used or pending; what is shared once.
  var held: Resources { offered + used + pending }

  mutating func book(_ resources: Resources, _ move: AgentLedger.SharedMove, _ dimensions: Dimensions) {
    for resource in resources {
      if resource.isShared {
        bookShared(resource, move)
      } else {
        Self.add(resource, move.offered, to: &offered)
        Self.add(resource, move.used, to: &used)
      }
    }
    offeredAmounts = dimensions.amounts(of: offered)
  }

  private mutating func bookShared(_ resource: Resource, _ move: AgentLedger.SharedMove) {
    let known = shared.firstIndex { $0.resource == resource }
    var use = known.map { shared[$0] } ?? AgentLedger.SharedUse(resource: resource)
    use.offered += move.offered
    use.used += move.used
    if use.offered == 0 { offered.subtract(resource) } else { offered.add(resource) }
    if use.used == 0 { used.subtract(resource) } else { used.add(resource) }
    if let known { shared.remove(at: known) }
    if use.offered + use.used > 0 { shared.append(use) }
  }

  private static func add(_ resource: Resource, _ sign: Int, to bag: inout Resources) {
    if sign > 0 { bag.add(resource) } else if sign < 0 { bag.subtract(resource) }
  }
}
