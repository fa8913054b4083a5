// What a framework declined is not offered to it again before its filter ends.

import MesetaModel
import MesetaRuntime

/// The last that each framework has declined in a role on an agent. A master may forget none of it, though it may have to
/// keep more than this: only of one framework that has many filters there it lets go of one for another.
struct RefusedOffers {
  private struct Key: Hashable {
    var agent: Int32
    var framework: Int32
    var role: Int32

    init(agent: Int, framework: Int, role: Int) {
      self.agent = Int32(truncatingIfNeeded: agent)
      self.framework = Int32(truncatingIfNeeded: framework)
      self.role = Int32(truncatingIfNeeded: role)
    }

    init(_ offer: LiveOffer) {
      self.init(agent: offer.agent, framework: offer.framework, role: offer.role)
    }
  }

  private struct Refusal {
    var resources: Resources
    var end: Instant
  }

  private var refusals: [Key: Refusal] = [:]
  /// When the other filters end that there may be beside the last: for what was declined before it, and for what accepted offers
  /// have left.
  private var others: [Key: [Instant]] = [:]

  /// So many filters of one framework in one role a master keeps for an agent.
  private static var mostFilters: Int { 8 }

  var isEmpty: Bool { refusals.isEmpty }

  mutating func add(_ offer: LiveOffer, seconds: Double, at time: Instant) {
    guard let end = Self.end(after: seconds, time) else { return }
    let key = Key(offer)
    if let last = refusals[key], last.end > end || !offer.resources.contains(last.resources) {
      addOther(key, last.end, at: time)
    }
    refusals[key] = Refusal(resources: offer.resources, end: end)
  }

  /// An offer was accepted: what is left of it, if anything is, is declined.
  mutating func addRest(of offer: LiveOffer, seconds: Double, at time: Instant) {
    guard let end = Self.end(after: seconds, time) else { return }
    let key = Key(offer)
    addOther(key, end, at: time)
    if others[key, default: []].count >= Self.mostFilters { refusals[key] = nil }
  }

  private mutating func addOther(_ key: Key, _ end: Instant, at time: Instant) {
    var ends = others[key, default: []]
    ends.removeAll { $0 <= time }
    if ends.count < Self.mostFilters { ends.append(end) }
    others[key] = ends
  }

  private static func end(after seconds: Double, _ time: Instant) -> Instant? {
    // A filter for longer than a year is as good as one for a year.
    guard seconds > 0, let length = Span(clampingSeconds: min(seconds, 31_536_000)) else { return nil }
    return time + length
  }

  /// When the filter ends that should have kept these resources from a framework; nil if there is none.
  func end(agent: Int, framework: Int, role: Int, _ resources: Resources, at time: Instant) -> Instant? {
    let key = Key(agent: agent, framework: framework, role: role)
    guard let refusal = refusals[key], time < refusal.end, refusal.resources.contains(resources) else {
      return nil
    }
    return refusal.end
  }

  /// Whether a framework has a filter on an agent, in any role, after whose end it need not have been offered by then.
  func has(_ agent: Int, _ framework: Int, until time: Instant) -> Bool {
    // tidy: whether there is one does not depend on the order
    refusals.contains {
      $0.key.agent == Int32(truncatingIfNeeded: agent)
        && $0.key.framework == Int32(truncatingIfNeeded: framework) && $0.value.end + Settling.offer > time
    }
  }

  mutating func forget(framework: Int) {
    forget { $0.framework == Int32(truncatingIfNeeded: framework) }
  }

  mutating func forget(agent: Int) {
    forget { $0.agent == Int32(truncatingIfNeeded: agent) }
  }

  private mutating func forget(where isMeant: (Key) -> Bool) {
    // tidy: what is left does not depend on the order
    if !refusals.isEmpty { refusals = refusals.filter { !isMeant($0.key) } }
    if !others.isEmpty { others = others.filter { !isMeant($0.key) } }
  }

  mutating func removeAll() { (refusals, others) = ([:], [:]) }
}
