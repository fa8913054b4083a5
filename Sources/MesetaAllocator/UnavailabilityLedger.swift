// The agents that are to go down for maintenance, and what was said about that to whom.

import MesetaModel
import MesetaRuntime

/// Who was asked to leave which agent, and what they answered.
struct UnavailabilityLedger: Codable, Sendable {
  /// What was said to one framework about one agent.
  struct Notice: Codable, Sendable {
    /// It has an inverse offer that it did not answer.
    var isOutstanding = false
    var answer: InverseOfferAnswer?
    /// It is not asked again before.
    var filteredUntil = Instant.zero
  }

  struct Entry: Codable, Sendable {
    let agent: AgentSlot
    var unavailability: Unavailability
    /// Look-up only.
    var notices: [FrameworkSlot: Notice] = [:]
  }

  private(set) var entries: [Entry] = []
  private var places: [AgentSlot: Int] = [:]
  /// No later than the first filter ends; `.never` if there is none.
  private(set) var nextEnd = Instant.never

  var isEmpty: Bool { entries.isEmpty }

  subscript(agent: AgentSlot) -> Entry? { places[agent].map { entries[$0] } }

  /// Changes when an agent is unavailable; all that was said about the old time is forgotten.
  mutating func set(_ agent: AgentSlot, _ unavailability: Unavailability) {
    let entry = Entry(agent: agent, unavailability: unavailability)
    if let place = places[agent] {
      entries[place] = entry
    } else {
      places[agent] = entries.count
      entries.append(entry)
    }
  }

  mutating func remove(_ agent: AgentSlot) {
    guard let place = places.removeValue(forKey: agent) else { return }
    let last = entries.removeLast()
    guard place < entries.count else { return }
    entries[place] = last
    places[last.agent] = place
  }

  /// Forgets what was said to a framework.
  mutating func remove(_ framework: FrameworkSlot) {
    for place in entries.indices { entries[place].notices[framework] = nil }
  }

  /// Lets a framework that is inactive be asked anew once it is back; its answers stay.
  mutating func deactivate(_ framework: FrameworkSlot) {
    for place in entries.indices {
      entries[place].notices[framework]?.isOutstanding = false
      entries[place].notices[framework]?.filteredUntil = .zero
    }
  }

  /// Notes that a framework is asked, unless it was already or does not want to be; says whether it is.
  mutating func ask(_ framework: FrameworkSlot, at place: Int, now: Instant) -> Bool {
    let notice = entries[place].notices[framework] ?? Notice()
    if notice.isOutstanding { return false }
    if notice.filteredUntil > now {
      nextEnd = min(nextEnd, notice.filteredUntil)
      return false
    }
    entries[place].notices[framework, default: Notice()].isOutstanding = true
    return true
  }

  /// The inverse offer of a framework is no more: it was answered, or taken back.
  mutating func close(
    _ agent: AgentSlot, _ framework: FrameworkSlot, _ answer: InverseOfferAnswer?, until: Instant
  ) {
    guard let place = places[agent], entries[place].notices[framework]?.isOutstanding == true else { return }
    entries[place].notices[framework]?.isOutstanding = false
    guard let answer else { return }
    entries[place].notices[framework]?.answer = answer
    entries[place].notices[framework]?.filteredUntil = until
    if until != .zero { nextEnd = min(nextEnd, until) }
  }

  /// Looks at the filters anew from now on; those that are in the way set ``nextEnd`` again.
  mutating func beginLook() { nextEnd = .never }
}
