internal import DequeModule
import MesetaModel
import MesetaRuntime

/// The agents that are to be marked unreachable, one by one where that is limited: what looks like the loss of many agents is more
/// often the loss of a network, and an operator may see to it in time.
struct RemovalQueue: Codable, Sendable {
  /// Who is to be marked, and how that was found.
  enum Candidate: Codable, Sendable {
    /// It does not answer pings.
    case silent(AgentKey)
    /// It has not come back to this master.
    case absent(AgentID)
  }

  /// What lies between two of them; zero: nothing.
  let interval: Span
  private var waiting: Deque<Candidate> = []
  private var nextPermit = Instant.zero

  init(interval: Span) { self.interval = interval }

  var count: Int { waiting.count }

  /// When the next may be marked.
  var nextWake: Instant { waiting.isEmpty ? .never : nextPermit }

  mutating func add(_ candidate: Candidate) { waiting.append(candidate) }

  /// The next that may be marked now. If it is, say so with ``used(at:)``.
  mutating func next(at now: Instant) -> Candidate? {
    guard now >= nextPermit else { return nil }
    return waiting.popFirst()
  }

  /// An agent was marked: the next has to wait.
  mutating func used(at now: Instant) { nextPermit = now + interval }
}
