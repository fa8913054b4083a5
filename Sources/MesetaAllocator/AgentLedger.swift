// The account of one agent: what it has, and who holds what of it.

import MesetaModel
public import MesetaRuntime

/// Names an agent in an ``Allocator``.
public typealias AgentSlot = Slot<AgentLedger>

/// The account of one agent in an ``Allocator``.
///
/// At any time, identity by identity: total + deficit = unallocated + offered + used + pending. Shared resources
/// stay among the unallocated while they are used.
public struct AgentLedger: Codable, Sendable {
  /// What one framework holds in one role.
  struct Holding: Codable, Sendable {
    let subscription: UInt32
    /// How many offers make up what is offered.
    var offers: UInt32 = 0
    var offered = Resources()
    var offeredAmounts = Amounts()
    var used = Resources()
    /// How often each shared resource, which stands once in `offered` and in `used`, is offered and used.
    var shared: [SharedUse] = []
    /// Set aside for a demand that cannot be met yet.
    var pending = Resources()

    var isEmpty: Bool { offered.isEmpty && used.isEmpty && pending.isEmpty }
  }

  /// What a move changed beyond the agent.
  struct Change {
    /// The sums of what was moved.
    var amounts = Amounts()
    /// How many offers are no longer outstanding.
    var endedOffers: UInt32 = 0
    /// Whether the holder has got its first, or has lost its last resource here.
    var isFirst = false
    var isLast = false
  }

  var slot = AgentSlot(index: 0, generation: 0)
  var total: Resources
  var totalAmounts: Amounts
  var unallocated: Resources
  var unallocatedAmounts: Amounts
  var holdings: [Holding] = []
  var domain: FaultDomain?
  var isActive = true
  /// More is held than there is, or some of it is shared: what is unallocated is then computed anew at each move.
  var isIrregular = false

  var filters = FilterTable()
  /// When the filters are looked at next.
  var filterWake = Instant.never
  /// The allocation run that is to look at this agent; 0: none.
  var run: UInt64 = 0
  /// Whether that run has to look only at those who asked anew.
  var isForAskers = false
  /// Whether a quota kept something on it from somebody at the last look.
  var isHeldBack = false

  init(total: Resources, amounts: Amounts, domain: FaultDomain?) {
    self.total = total
    self.totalAmounts = amounts
    self.unallocated = total
    self.unallocatedAmounts = amounts
    self.domain = domain
    self.isIrregular = total.hasShared
  }

  /// Has a run look at the agent, for everyone.
  mutating func join(_ number: UInt64) {
    run = number
    isForAskers = false
  }

  /// What is there for offers of what counts against quotas.
  var free: Quantities { isActive ? unallocatedAmounts.charged : Quantities() }

  var hasGPUs: Bool { totalAmounts.all.gpus > 0 }

  func index(of subscription: UInt32) -> Int? {
    for index in holdings.indices where holdings[index].subscription == subscription { return index }
    return nil
  }

  /// What is held in excess of the total.
  var deficit: Resources { isIrregular ? held.exclusive - total : Resources() }

  // The sums are made in place: a simulation asks for those of every agent again and again, and a holding is much to copy.

  /// What is offered.
  var offered: Resources {
    var sum = Resources()
    for index in holdings.indices where !holdings[index].offered.isEmpty { sum += holdings[index].offered }
    return sum
  }

  /// What is used.
  var used: Resources {
    var sum = Resources()
    for index in holdings.indices where !holdings[index].used.isEmpty { sum += holdings[index].used }
    return sum
  }

  /// What is set aside for a demand.
  var pending: Resources {
    var sum = Resources()
    for index in holdings.indices where !holdings[index].pending.isEmpty { sum += holdings[index].pending }
    return sum
  }

  /// All that is offered, used or pending.
  var held: Resources {
    var sum = Resources()
    for index in holdings.indices {
      sum += holdings[index].offered
      sum += holdings[index].used
      if !holdings[index].pending.isEmpty { sum += holdings[index].pending }
    }
    return sum
  }

  // MARK: Moves

  /// Unallocated to offered: a part of what is there, or all of it.
  mutating func offer(
    _ part: Resources, _ amounts: Amounts, to subscription: UInt32, _ dimensions: Dimensions
  ) -> Change {
    if isIrregular, part.hasShared { return take(part, subscription, dimensions, .toOffered) }
    var change = Change(amounts: amounts)
    let index = holding(subscription, &change)
    holdings[index].offers += 1
    holdings[index].offeredAmounts += amounts
    holdings[index].offered += part
    if isIrregular {
      settle(dimensions)
    } else if part.isIdentical(to: unallocated) {
      unallocated = Resources()
      unallocatedAmounts = Amounts()
    } else {
      unallocated -= part
      unallocatedAmounts -= amounts
    }
    return change
  }

  /// All that is unallocated to offered. Returns what it is; what changed is said in `change`.
  mutating func offerAll(
    to subscription: UInt32, _ dimensions: Dimensions, _ change: inout Change
  ) -> Resources {
    let all = unallocated
    if isIrregular {
      change = offer(all, unallocatedAmounts, to: subscription, dimensions)
      return all
    }
    let index = holding(subscription, &change)
    unallocated = Resources()
    swap(&change.amounts, &unallocatedAmounts)  // with none
    holdings[index].offers += 1
    holdings[index].offeredAmounts += change.amounts
    holdings[index].offered += all
    return all
  }

  // These say what they changed in `change`, which is made anew before: a result that may be none is copied on its way.

  /// Offered to used. False, with nothing done, if so much is not offered.
  mutating func use(
    _ resources: Resources, _ subscription: UInt32, _ dimensions: Dimensions, _ change: inout Change
  ) -> Bool {
    if isIrregular, resources.hasShared {
      return give(resources, subscription, dimensions, .offeredToUsed, &change)
    }
    guard let index = index(of: subscription), takeOffered(resources, at: index, dimensions, &change) else {
      return false
    }
    holdings[index].used += resources
    return true
  }

  /// Offered to unallocated. False, with nothing done, if so much is not offered.
  mutating func recoverOffered(
    _ resources: Resources, _ subscription: UInt32, _ dimensions: Dimensions, _ change: inout Change
  ) -> Bool {
    if isIrregular, resources.hasShared {
      return give(resources, subscription, dimensions, .fromOffered, &change)
    }
    guard let index = index(of: subscription), takeOffered(resources, at: index, dimensions, &change) else {
      return false
    }
    change.isLast = closeIfEmpty(index)
    release(resources, change.amounts, dimensions)
    return true
  }

  /// Used to unallocated. False, with nothing done, if so much is not used.
  mutating func recoverUsed(
    _ resources: Resources, _ subscription: UInt32, _ dimensions: Dimensions, _ change: inout Change
  ) -> Bool {
    if isIrregular, resources.hasShared {
      return give(resources, subscription, dimensions, .fromUsed, &change)
    }
    guard let index = index(of: subscription), holdings[index].used.holds(resources) else { return false }
    dimensions.add(resources, to: &change.amounts)
    if holdings[index].used.isIdentical(to: resources) {
      holdings[index].used = Resources()
    } else {
      holdings[index].used -= resources
    }
    change.isLast = closeIfEmpty(index)
    release(resources, change.amounts, dimensions)
    return true
  }

  /// To used, from unallocated as far as it is there; the rest is a deficit.
  mutating func addUsed(
    _ resources: Resources, _ subscription: UInt32, _ dimensions: Dimensions
  ) -> Change {
    if resources.hasShared { return take(resources, subscription, dimensions, .toUsed) }
    var change = Change(amounts: dimensions.amounts(of: resources))
    let fits = unallocated.holds(resources)
    let index = holding(subscription, &change)
    holdings[index].used += resources
    if fits, !isIrregular {
      unallocated -= resources
      unallocatedAmounts -= change.amounts
    } else {
      settle(dimensions)
    }
    return change
  }

  /// Changes what the agent has.
  mutating func setTotal(_ resources: Resources, _ dimensions: Dimensions) {
    total = resources
    totalAmounts = dimensions.amounts(of: resources)
    settle(dimensions)
  }

  /// Computes anew what is unallocated.
  mutating func settle(_ dimensions: Dimensions) {
    let held = held.exclusive
    unallocated = total - held
    unallocatedAmounts = dimensions.amounts(of: unallocated)
    let gross = holdings.reduce(into: Int64(0)) {
      $0 &+=
        $1.offered.exclusive.grossAmount &+ $1.used.exclusive.grossAmount
        &+ $1.pending.grossAmount
    }
    isIrregular =
      total.hasShared || self.held.hasShared
      || unallocated.grossAmount &+ gross != total.grossAmount
  }

  // MARK: Steps of the moves

  mutating func holding(_ subscription: UInt32, _ change: inout Change) -> Int {
    if let index = index(of: subscription) { return index }
    holdings.append(Holding(subscription: subscription))
    change.isFirst = true
    return holdings.count - 1
  }

  private mutating func takeOffered(
    _ resources: Resources, at index: Int, _ dimensions: Dimensions, _ change: inout Change
  ) -> Bool {
    if holdings[index].offered.isIdentical(to: resources) {
      swap(&change.amounts, &holdings[index].offeredAmounts)  // with none
      holdings[index].offered = Resources()
    } else {
      guard holdings[index].offered.holds(resources) else { return false }
      dimensions.add(resources, to: &change.amounts)
      holdings[index].offered -= resources
      holdings[index].offeredAmounts -= change.amounts
    }
    if holdings[index].offered.isEmpty {
      change.endedOffers = holdings[index].offers
      holdings[index].offers = 0
    }
    return true
  }

  mutating func closeIfEmpty(_ index: Int) -> Bool {
    guard holdings[index].isEmpty else { return false }
    holdings.swapAt(index, holdings.count - 1)
    holdings.removeLast()
    return true
  }

  mutating func release(
    _ resources: Resources, _ amounts: Amounts, _ dimensions: Dimensions
  ) {
    if isIrregular {
      settle(dimensions)
    } else {
      unallocated += resources
      unallocatedAmounts += amounts
    }
  }
}
