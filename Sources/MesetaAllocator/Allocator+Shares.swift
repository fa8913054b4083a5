// The shares of roles and frameworks: always computed from the sums of what they hold, never added up.

import MesetaRuntime

extension Allocator {
  // These are mutating, so that they look where the accounts stand: what is not is handed a copy of the whole allocator.

  mutating func rank(ofSubscription index: UInt32) -> Rank {
    let share = dimensions.dominantShare(of: subscriptions[Int(index)].allocated.all, in: total)
    return Rank(share: share, allocations: subscriptions[Int(index)].allocations, client: index)
  }

  /// The place of a role among those below the same parent. A role whose limit is used up comes after all others.
  mutating func rank(ofRole index: UInt32) -> Rank {
    let place = Int(index)
    // Infinity is kept for these also where a weight is next to nothing.
    let share = min(
      .greatestFiniteMagnitude,
      dimensions.dominantShare(of: roles[place].allocated.all, in: total) / roles[place].weight)
    return Rank(
      share: roles[place].quota.isExhausted ? .infinity : share, allocations: roles[place].allocations,
      client: index)
  }

  /// The place of the own frameworks of a role among the roles below it.
  mutating func rank(ofOwn index: UInt32) -> Rank {
    let share = dimensions.dominantShare(of: roles[Int(index)].ownAllocated, in: total)
    return Rank(share: share, allocations: roles[Int(index)].ownAllocations, client: index)
  }

  /// Books that a subscription got resources on an agent, with an offer or without.
  mutating func charge(_ index: UInt32, _ change: AgentLedger.Change, offers: UInt64 = 0) {
    if subscriptions[Int(index)].charge(change, offers: offers) { staleSubscriptions.append(index) }
    let role = subscriptions[Int(index)].role.index
    var next: UInt32? = role
    while let index = next {
      if roles[Int(index)].charge(change.amounts, offers: offers, isOwn: index == role) {
        staleRoles.append(index)
      }
      next = roles[Int(index)].parent
    }
    settleQuotas(from: role)
  }

  /// Books that a subscription gave resources of an agent back.
  mutating func credit(_ index: UInt32, _ change: AgentLedger.Change) {
    if change.isLast { subscriptions[Int(index)].agents -= 1 }
    uncharge(index, change.amounts)
    loosenQuotas()
    if change.endedOffers > 0 { endOffers(index, change.endedOffers) }
    if change.isLast, subscriptions[Int(index)].agents == 0 { removeIfUnused(index) }
  }

  /// Books that a subscription and its roles hold less.
  mutating func uncharge(_ index: UInt32, _ amounts: Amounts) {
    if subscriptions[Int(index)].credit(amounts) { staleSubscriptions.append(index) }
    let role = subscriptions[Int(index)].role.index
    var next: UInt32? = role
    while let index = next {
      if roles[Int(index)].credit(amounts, isOwn: index == role) { staleRoles.append(index) }
      next = roles[Int(index)].parent
    }
    settleQuotas(from: role)
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

  /// Books that a framework was made an offer for which it has to answer.
  mutating func countOutstanding(_ index: UInt32) {
    let framework = Int(subscriptions[Int(index)].framework.index)
    frameworks[framework].outstandingOffers += 1
    guard frameworks[framework].outstandingOffers >= options.maxOutstandingOffers else { return }
    frameworks[framework].isAtLimit = true
    run.limited.append(index)
  }

  mutating func markStale(subscription index: UInt32) {
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
    // Emptied one by one: mostly there is one, and to remove all at once takes as long as all else.
    while let index = staleSubscriptions.popLast() {
      // Another one may have come into its place.
      guard subscriptions.key(at: Int(index)) != nil, subscriptions[Int(index)].isStale else { continue }
      subscriptions[Int(index)].isStale = false
      let role = Int(subscriptions[Int(index)].role.index)
      // Whoever is alone has no place to keep.
      guard subscriptions[Int(index)].isListed, roles[role].frameworks.count > 1 else { continue }
      let rank = rank(ofSubscription: index)
      guard rank != subscriptions[Int(index)].rank else { continue }
      roles[role].frameworks.move(subscriptions[Int(index)].rank, to: rank)
      subscriptions[Int(index)].rank = rank
    }
    while let index = staleRoles.popLast() {
      guard roles.key(at: Int(index)) != nil, roles[Int(index)].isStale else { continue }
      roles[Int(index)].isStale = false
      sort(role: index)
    }
  }

  private mutating func sort(role index: UInt32) {
    let place = Int(index)
    // Whoever is alone has no place to keep.
    if !roles[place].frameworks.isEmpty, roles[place].clients.count > 1 {
      let rank = rank(ofOwn: index)
      if rank != roles[place].ownRank {
        roles[place].clients.move(roles[place].ownRank, to: rank)
        roles[place].ownRank = rank
      }
    }
    guard roles[place].isListed, let parent = roles[place].parent else { return }
    // It is still skipped by its place where its limit is used up.
    let wasExhausted = roles[place].rank.share == .infinity
    guard roles[Int(parent)].clients.count > 1 || wasExhausted != roles[place].quota.isExhausted else {
      return
    }
    let rank = rank(ofRole: index)
    guard rank != roles[place].rank else { return }
    roles[Int(parent)].clients.move(roles[place].rank, to: rank)
    if roles[place].quota.isNeedy { roles[Int(parent)].quota.needy.move(roles[place].rank, to: rank) }
    roles[place].rank = rank
  }

  private mutating func sortAll() {
    areAllSharesStale = false
    for role in 0..<roles.capacity where roles.key(at: role) != nil {
      guard !roles[role].clients.isEmpty else { continue }
      var sorter = Sorter()
      swap(&sorter, &roles[role].frameworks)
      sorter.rerank {
        let rank = rank(ofSubscription: $0)
        subscriptions[Int($0)].rank = rank
        return rank
      }
      swap(&sorter, &roles[role].frameworks)
      roles[role].ownRank = rank(ofOwn: UInt32(role))
      roles[role].rank = rank(ofRole: UInt32(role))
    }
    for role in 0..<roles.capacity where roles.key(at: role) != nil {
      guard !roles[role].clients.isEmpty else { continue }
      rerank(role, \.clients)
      if !roles[role].quota.needy.isEmpty { rerank(role, \.quota.needy) }
    }
  }

  /// Brings the roles in a sorter of a role into order by the ranks that they have got.
  private mutating func rerank(_ role: Int, _ path: WritableKeyPath<RoleLedger, Sorter>) {
    var sorter = Sorter()
    swap(&sorter, &roles[role][keyPath: path])
    sorter.rerank { Int($0) == role ? roles[role].ownRank : roles[Int($0)].rank }
    swap(&sorter, &roles[role][keyPath: path])
  }
}
