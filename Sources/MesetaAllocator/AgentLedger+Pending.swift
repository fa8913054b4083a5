// What is set aside on an agent for a demand that cannot be met yet.

import MesetaModel

extension AgentLedger {
  /// Unallocated to pending. What is set aside is never shared.
  mutating func setAside(
    _ part: Resources, for subscription: UInt32, _ dimensions: Dimensions
  ) -> Change {
    var change = Change(amounts: dimensions.amounts(of: part))
    let index = holding(subscription, &change)
    holdings[index].pending += part
    if isIrregular {
      settle(dimensions)
    } else {
      unallocated -= part
      unallocatedAmounts -= change.amounts
    }
    return change
  }

  /// Pending to unallocated: a part, or all of it. Nil if nothing is pending.
  mutating func releasePending(
    _ part: Resources?, _ subscription: UInt32, _ dimensions: Dimensions
  ) -> Change? {
    guard let index = index(of: subscription), !holdings[index].pending.isEmpty else { return nil }
    let part = part ?? holdings[index].pending
    var change = Change(amounts: dimensions.amounts(of: part))
    holdings[index].pending -= part
    change.isLast = closeIfEmpty(index)
    release(part, change.amounts, dimensions)
    return change
  }

  /// All that is pending for a subscription to offered, as one offer. Returns what it is; nobody is charged anew.
  mutating func offerPending(_ subscription: UInt32, _ dimensions: Dimensions) -> Resources {
    guard let index = index(of: subscription) else { return Resources() }
    let part = holdings[index].pending
    holdings[index].pending = Resources()
    holdings[index].offers += 1
    holdings[index].offered += part
    holdings[index].offeredAmounts += dimensions.amounts(of: part)
    return part
  }

  /// Whether something is set aside for anybody.
  var isSetAside: Bool { holdings.contains { !$0.pending.isEmpty } }
}
