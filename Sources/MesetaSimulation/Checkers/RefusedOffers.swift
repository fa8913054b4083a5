// What a framework declined is not offered to it again before its filter ends.

import MesetaModel
import MesetaRuntime

/// The last that each framework has declined in a role on an agent. A master may forget none of it, though it may have to
/// keep more than this: only of one framework that has many filters there it lets go of one for another.
struct RefusedOffers {
  /// The filters of a framework in a role on an agent.
  private struct Filters {
    let framework: Int
    let role: Int
    /// What was declined last, and when the filter for it ends.
    var last: (resources: Resources, end: Instant)?
    /// When the other filters end that there may be: for what was declined before that, and for what accepted offers have left.
    var others: [Instant] = []

    mutating func addOther(_ end: Instant, at time: Instant) {
      others.removeAll { $0 <= time }
      if others.count < RefusedOffers.mostFilters { others.append(end) }
    }
  }

  /// By the number of the agent.
  private var agents: [[Filters]] = []

  /// So many filters of one framework in one role a master keeps for an agent.
  private static var mostFilters: Int { 8 }

  mutating func add(_ offer: LiveOffer, seconds: Double, at time: Instant) {
    guard let end = Self.end(after: seconds, time) else { return }
    update(offer) { filters in
      if let last = filters.last, last.end > end || !offer.resources.contains(last.resources) {
        filters.addOther(last.end, at: time)
      }
      filters.last = (offer.resources, end)
    }
  }

  /// An offer was accepted: what is left of it, if anything is, is declined.
  mutating func addRest(of offer: LiveOffer, seconds: Double, at time: Instant) {
    guard let end = Self.end(after: seconds, time) else { return }
    update(offer) { filters in
      filters.addOther(end, at: time)
      if filters.others.count >= Self.mostFilters { filters.last = nil }
    }
  }

  private mutating func update(_ offer: LiveOffer, _ change: (inout Filters) -> Void) {
    while agents.count <= offer.agent { agents.append([]) }
    let place = place(agent: offer.agent, framework: offer.framework, role: offer.role)
    if place == nil {
      agents[offer.agent].append(Filters(framework: offer.framework, role: offer.role))
    }
    change(&agents[offer.agent][place ?? agents[offer.agent].count - 1])
  }

  private func place(agent: Int, framework: Int, role: Int) -> Int? {
    guard agent < agents.count else { return nil }
    // In place: to be handed to a closure, each would be copied.
    for place in agents[agent].indices
    where agents[agent][place].framework == framework && agents[agent][place].role == role {
      return place
    }
    return nil
  }

  private static func end(after seconds: Double, _ time: Instant) -> Instant? {
    // A filter for longer than a year is as good as one for a year.
    guard seconds > 0, let length = Span(clampingSeconds: min(seconds, 31_536_000)) else { return nil }
    return time + length
  }

  /// When the filter ends that should have kept these resources from a framework; nil if there is none.
  func end(agent: Int, framework: Int, role: Int, _ resources: Resources, at time: Instant) -> Instant? {
    guard let place = place(agent: agent, framework: framework, role: role),
      let last = agents[agent][place].last, time < last.end, last.resources.contains(resources)
    else { return nil }
    return last.end
  }

  /// Whether a framework has a filter on an agent, in any role, after whose end it need not have been offered by then.
  func has(_ agent: Int, _ framework: Int, until time: Instant) -> Bool {
    guard agent < agents.count else { return false }
    return agents[agent].contains { filters in
      guard filters.framework == framework, let last = filters.last else { return false }
      return last.end + Settling.offer > time
    }
  }

  mutating func forget(framework: Int) {
    for agent in agents.indices { agents[agent].removeAll { $0.framework == framework } }
  }

  mutating func forget(agent: Int) {
    if agent < agents.count { agents[agent] = [] }
  }

  mutating func removeAll() { self = RefusedOffers() }
}
