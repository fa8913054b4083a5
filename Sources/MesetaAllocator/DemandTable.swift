// The demands that wait to be met, and the one for which resources are set aside.

public import MesetaModel
public import MesetaRuntime

/// Names a demand in an ``Allocator``.
public typealias DemandSlot = Slot<DemandLedger>

/// A demand that waits in an ``Allocator``.
public struct DemandLedger: Codable, Sendable {
  struct Bundle: Codable, Sendable {
    let need: Resources
    /// The sums of its scalars.
    let amounts: Quantities
    let count: Int
  }

  let subscription: UInt32
  /// The largest first.
  let bundles: [Bundle]
  /// The sums of all of them together.
  let sums: Quantities
  let count: Int
  let spread: GangDemand.Spread?
  /// Who has had their turn comes after all those of earlier rounds.
  var round: UInt64
  /// Since when it waits, or waits again, for its turn.
  var arrival: UInt64
  /// Whether nobody has looked yet whether it can be met.
  var isUntried = true
  /// How it stood when it was last looked at.
  var last: Placement

  init(
    _ subscription: UInt32, _ bundles: [Bundle], _ spread: GangDemand.Spread?, round: UInt64, arrival: UInt64
  ) {
    self.subscription = subscription
    self.bundles = bundles
    self.count = bundles.reduce(0) { $0 + $1.count }
    self.sums = bundles.reduce(into: Quantities()) { sum, bundle in
      for _ in 0..<bundle.count { sum += bundle.amounts }
    }
    self.spread = spread
    self.round = round
    self.arrival = arrival
    self.last = Placement(bundles)
  }
}

/// A demand that an ``Allocator`` gave up.
public struct FailedDemand: Codable, Sendable {
  public let demand: DemandSlot
  public let reason: DemandFailure.Reason
  /// What was missing, for people.
  public let message: String
  /// How many bundles could be placed at last, on how many agents, and of how many.
  public let placed: Int
  public let agents: Int
  public let wanted: Int
}

/// The demand for which resources are set aside.
struct DemandHold: Codable, Sendable {
  let demand: DemandSlot
  let since: Instant
  /// What is set aside; each bundle is pending on its agent.
  var placement: Placement
  /// Whether all agents are to be looked at, and not only those on which something changed.
  var isStale = true
}

/// The demands of an ``Allocator``.
struct DemandTable: Codable, Sendable {
  var entries = SlotMap<DemandLedger>()
  /// At most one demand of the cluster has anything set aside: two that each wait for what the other holds cannot be.
  var hold: DemandHold?
  /// The agents that the holder has not looked at since something changed there.
  var dirty: [UInt32] = []
  var untried: [DemandSlot] = []
  /// Whose turn it was to be tried once more.
  var lastTried: UInt32 = 0
  /// For which run.
  var lastRun: UInt64 = 0
  /// Until then nothing is set aside for anybody.
  var restsUntil = Instant.zero
  /// A hold since then came to nothing outside of a run: for how long to rest is found out in the next.
  var brokenSince: Instant?
  var deadlines = Deadlines<DemandSlot>()
  var failed: [FailedDemand] = []
  private var arrivals: UInt64 = 0
  private var lastRound: UInt64 = 0

  /// Whether there is nothing to do for a run.
  var isIdle: Bool { entries.isEmpty && brokenSince == nil }

  /// When a run has something to do beside what changed.
  func nextWake(_ maximumHold: Span) -> Instant {
    if !failed.isEmpty { return .zero }
    if isIdle { return .never }
    if !untried.isEmpty || brokenSince != nil { return .zero }
    guard let hold else { return entries.isEmpty ? .never : min(deadlines.next, restsUntil) }
    return hold.isStale ? .zero : min(deadlines.next, hold.since + maximumHold)
  }

  mutating func add(
    _ subscription: UInt32, _ bundles: [DemandLedger.Bundle], _ spread: GangDemand.Spread?, deadline: Instant
  ) -> DemandSlot {
    arrivals += 1
    let slot = entries.insert(
      DemandLedger(subscription, bundles, spread, round: lastRound, arrival: arrivals))
    untried.append(slot)
    deadlines.add(slot, at: deadline)
    // Demands that went before their deadlines stay in the queue until they are due; not too many of them.
    if deadlines.count > 64 + 2 * entries.count { deadlines.keep { [entries] in entries.contains($0) } }
    return slot
  }

  mutating func remove(_ slot: DemandSlot) {
    entries.remove(slot)
    if entries.isEmpty {
      untried = []
      lastRound = 0
    }
  }

  /// Takes the next demand that has never been tried.
  mutating func takeUntried() -> DemandSlot? {
    while !untried.isEmpty {
      let slot = untried.removeFirst()
      guard entries.contains(slot) else { continue }
      entries[valid: slot].isUntried = false
      return slot
    }
    return nil
  }

  /// A demand has had its turn: it comes after all that wait. Who comes later comes after those, too.
  mutating func moveBehind(_ slot: DemandSlot) {
    guard entries.contains(slot) else { return }
    arrivals += 1
    entries[valid: slot].arrival = arrivals
    entries[valid: slot].round += 1
    lastRound = max(lastRound, entries[valid: slot].round)
  }

  mutating func note(_ slot: DemandSlot, _ placement: Placement) {
    if entries.contains(slot) { entries[valid: slot].last = placement }
  }

  /// A hold since then came to nothing: for as long again nothing is set aside.
  mutating func rest(since: Instant, _ now: Instant) { restsUntil = max(restsUntil, now + (now - since)) }
}
