// What a framework declined is not offered to it again before its filter ends.

import MesetaModel
import MesetaRuntime

/// The last that each framework has declined in a role on an agent. A master may forget none of it, though it may have to
/// keep more than this.
struct RefusedOffers {
  private struct Key: Hashable {
    var agent: Int32
    var framework: Int32
    var role: Int32
  }

  private struct Refusal {
    var resources: Resources
    var end: Instant
  }

  private var refusals: [Key: Refusal] = [:]

  var isEmpty: Bool { refusals.isEmpty }

  mutating func add(_ offer: LiveOffer, seconds: Double, at time: Instant) {
    // A filter for longer than a year is as good as one for a year.
    guard seconds > 0, let length = Span(clampingSeconds: min(seconds, 31_536_000)) else { return }
    let key = Key(
      agent: Int32(truncatingIfNeeded: offer.agent), framework: Int32(truncatingIfNeeded: offer.framework),
      role: Int32(truncatingIfNeeded: offer.role))
    refusals[key] = Refusal(resources: offer.resources, end: time + length)
  }

  /// When the filter ends that should have kept these resources from a framework; nil if there is none.
  func end(agent: Int, framework: Int, role: Int, _ resources: Resources, at time: Instant) -> Instant? {
    let key = Key(
      agent: Int32(truncatingIfNeeded: agent), framework: Int32(truncatingIfNeeded: framework),
      role: Int32(truncatingIfNeeded: role))
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
    if refusals.isEmpty { return }
    // tidy: what is left does not depend on the order
    refusals = refusals.filter { $0.key.framework != Int32(truncatingIfNeeded: framework) }
  }

  mutating func forget(agent: Int) {
    if refusals.isEmpty { return }
    // tidy: what is left does not depend on the order
    refusals = refusals.filter { $0.key.agent != Int32(truncatingIfNeeded: agent) }
  }

  mutating func removeAll() { refusals = [:] }
}
