// Booking on the accounts of shares. All of an account that changes does so in one access: each is a check whether the
// table is shared with a copy.

extension Subscription {
  /// Returns whether the place in the sorter has to be found anew, and had not before.
  mutating func charge(_ change: AgentLedger.Change, offers: UInt64) -> Bool {
    allocated += change.amounts
    allocations += offers
    if change.isFirst { agents += 1 }
    defer { isStale = true }
    return !isStale
  }

  mutating func credit(_ amounts: Amounts) -> Bool {
    allocated -= amounts
    defer { isStale = true }
    return !isStale
  }
}

extension RoleLedger {
  /// - Parameter isOwn: for an own framework, not for one of a role below.
  mutating func charge(_ amounts: Amounts, offers: UInt64, isOwn: Bool) -> Bool {
    allocated += amounts
    allocations += offers
    if isOwn {
      ownAllocated += amounts.all
      ownAllocations += offers
    }
    return becomesStale()
  }

  mutating func credit(_ amounts: Amounts, isOwn: Bool) -> Bool {
    allocated -= amounts
    if isOwn { ownAllocated -= amounts.all }
    return becomesStale()
  }

  /// The root has no place among others.
  private mutating func becomesStale() -> Bool {
    guard parent != nil, !isStale else { return false }
    isStale = true
    return true
  }
}
