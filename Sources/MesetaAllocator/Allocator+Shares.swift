// The shares of roles and frameworks: always computed from the sums of what they hold, never added up.

import MesetaRuntime

extension Allocator {
  func rank(ofSubscription index: UInt32) -> Rank {
    let share = dimensions.dominantShare(of: subscriptions[Int(index)].allocated, in: total)
    return Rank(share: share, allocations: subscriptions[Int(index)].allocations, client: index)
  }

  func rank(ofRole index: UInt32) -> Rank {
    let share = dimensions.dominantShare(of: roles[Int(index)].allocated, in: total)
    let weight = roles[Int(index)].weight
    return Rank(share: share / weight, allocations: roles[Int(index)].allocations, client: index)
  }

  /// Books that a subscription got resources on an agent.
  mutating func charge(_ index: UInt32, _ change: AgentLedger.Change) {
    subscriptions[Int(index)].allocated += change.quantities
    if change.isFirst { subscriptions[Int(index)].agents += 1 }
    let role = subscriptions[Int(index)].role.index
    roles[Int(role)].allocated += change.quantities
    markStale(subscription: index)
    markStale(role: role)
  }

  /// Books that a subscription gave resources of an agent back.
  mutating func credit(_ index: UInt32, _ change: AgentLedger.Change) {
    subscriptions[Int(index)].allocated -= change.quantities
    let role = subscriptions[Int(index)].role.index
    roles[Int(role)].allocated -= change.quantities
    markStale(subscription: index)
    markStale(role: role)
    if change.endedOffers > 0 { endOffers(index, change.endedOffers) }
    if change.isLast {
      subscriptions[Int(index)].agents -= 1
      if subscriptions[Int(index)].agents == 0 { removeIfUnused(index) }
    }
  }

  /// Books that offers to a framework were answered or taken back.
  mutating func endOffers(_ index: UInt32, _ count: UInt32) {
    let framework = Int(subscriptions[Int(index)].framework.index)
    frameworks[framework].outstandingOffers -= Int(count)
    guard frameworks[framework].isAtLimit,
      frameworks[framework].outstandingOffers < options.maxOutstandingOffers
    else { return }
    frameworks[framework].isAtLimit = false
    for index in frameworks[framework].subscriptions { list(index) }
  }

  /// Books that a framework was made an offer.
  mutating func beginOffer(_ index: UInt32) {
    subscriptions[Int(index)].allocations += 1
    roles[Int(subscriptions[Int(index)].role.index)].allocations += 1
    let framework = Int(subscriptions[Int(index)].framework.index)
    frameworks[framework].outstandingOffers += 1
    guard frameworks[framework].outstandingOffers >= options.maxOutstandingOffers else { return }
    frameworks[framework].isAtLimit = true
    run.limited.append(index)
  }

  private mutating func markStale(subscription index: UInt32) {
    guard !subscriptions[Int(index)].isStale else { return }
    subscriptions[Int(index)].isStale = true
    staleSubscriptions.append(index)
  }

  mutating func markStale(role index: UInt32) {
    guard !roles[Int(index)].isStale else { return }
    roles[Int(index)].isStale = true
    staleRoles.append(index)
  }

  /// Brings the sorters up to date: everything that was marked stale gets its place.
  mutating func sortStale() {
    if areAllSharesStale { sortAll() }
    for index in staleSubscriptions where subscriptions.key(at: Int(index)) != nil {
      guard subscriptions[Int(index)].isStale else { continue }  // another one in the same place
      subscriptions[Int(index)].isStale = false
      guard subscriptions[Int(index)].isListed else { continue }
      let rank = rank(ofSubscription: index)
      guard rank != subscriptions[Int(index)].rank else { continue }
      roles[Int(subscriptions[Int(index)].role.index)].sorter.move(subscriptions[Int(index)].rank, to: rank)
      subscriptions[Int(index)].rank = rank
    }
    staleSubscriptions.removeAll(keepingCapacity: true)
    for index in staleRoles where roles.key(at: Int(index)) != nil {
      guard roles[Int(index)].isStale else { continue }
      roles[Int(index)].isStale = false
      guard roles[Int(index)].isListed else { continue }
      let rank = rank(ofRole: index)
      guard rank != roles[Int(index)].rank else { continue }
      roleSorter.move(roles[Int(index)].rank, to: rank)
      roles[Int(index)].rank = rank
    }
    staleRoles.removeAll(keepingCapacity: true)
  }

  private mutating func sortAll() {
    areAllSharesStale = false
    for role in 0..<roles.capacity where roles.key(at: role) != nil {
      guard roles[role].isListed else { continue }
      var sorter = Sorter()
      swap(&sorter, &roles[role].sorter)
      sorter.rerank {
        let rank = rank(ofSubscription: $0)
        subscriptions[Int($0)].rank = rank
        return rank
      }
      swap(&sorter, &roles[role].sorter)
    }
    var sorter = Sorter()
    swap(&sorter, &roleSorter)
    sorter.rerank {
      let rank = rank(ofRole: $0)
      roles[Int($0)].rank = rank
      return rank
    }
    swap(&sorter, &roleSorter)
  }
}
