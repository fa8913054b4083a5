// How the status updates of one task reach its framework: in order, one at a time, until each is acknowledged.

internal import DequeModule
package import MesetaModel
package import MesetaRuntime

/// The updates of one task that its framework has not acknowledged.
package struct StatusUpdateStream: Codable, Sendable {
  /// What became of an update.
  package enum Taken: Hashable, Sendable {
    /// It is the one to send.
    case current
    /// It waits until those before it are acknowledged.
    case waiting
    /// It is here, or has been.
    case duplicate
    /// The task had ended already.
    case afterEnd
    /// Too many wait already.
    case full
  }

  /// What an acknowledgement means.
  package enum Acknowledged: Hashable, Sendable {
    /// It is not for the update that was sent: a duplicate, or a mistake.
    case unexpected
    /// The next update is there to be sent.
    case next
    /// Nothing waits.
    case drained
    /// The terminal update was acknowledged: the stream is over.
    case ended
  }

  /// How many updates of one task may wait. The terminal one always may.
  package static let capacity = 1000
  /// How many uuids are remembered to recognise what an executor sends again.
  package static let memory = 128

  /// The update to send, or that was sent and is not acknowledged.
  package private(set) var current: TaskStatus?
  private var waiting = Deque<TaskStatus>()
  /// A terminal update was taken.
  package private(set) var hasEnded = false
  /// That update, also once it is acknowledged.
  package private(set) var end: TaskStatus?
  /// When ``current`` is sent again; `.never` while it was not sent in this session.
  package private(set) var resend = Instant.never
  /// How often ``current`` was sent, less one.
  package private(set) var attempt = 0
  /// How many of the updates, from ``current`` on, are written down for good: others are not sent.
  private var kept = 0
  /// How many acknowledgements are not written down for good: until they are, nothing is sent.
  private var held = 0
  private var known: [UUID] = []
  private var knownIndex = 0

  package init() {}

  /// The stream of a task of an earlier life: what is not acknowledged is written down. `known` are all UUIDs, the newest last.
  package init(_ updates: [TaskStatus], known: [UUID], hasEnded: Bool) {
    current = updates.first
    waiting = Deque(updates.dropFirst())
    kept = updates.count
    self.hasEnded = hasEnded
    if hasEnded { end = updates.last }
    self.known = known.suffix(Self.memory)
  }

  package var isEmpty: Bool { current == nil }

  /// The update to send, if it is written down for good, and that the one before it is acknowledged.
  package var sendable: TaskStatus? { kept > 0 && held == 0 ? current : nil }

  /// One more update is written down for good. Returns whether that is ``current``.
  package mutating func keep() -> Bool {
    guard kept <= waiting.count, current != nil else { return false }
    kept += 1
    return kept == 1
  }

  /// Takes an update, which has a uuid. `mayRepeat` if its sender may send it again.
  package mutating func take(_ status: TaskStatus, mayRepeat: Bool) -> Taken {
    if mayRepeat, let uuid = status.uuid, known.contains(uuid) { return .duplicate }
    if hasEnded { return .afterEnd }
    let isTerminal = status.state.isTerminal
    if waiting.count >= Self.capacity, !isTerminal { return .full }
    if mayRepeat, let uuid = status.uuid { remember(uuid) }
    hasEnded = isTerminal
    if isTerminal { end = status }
    if current == nil {
      current = status
      attempt = 0
      return .current
    }
    waiting.append(status)
    return .waiting
  }

  package mutating func acknowledge(_ uuid: UUID) -> Acknowledged {
    guard current?.uuid == uuid else { return .unexpected }
    resend = .never
    attempt = 0
    kept = max(kept - 1, 0)
    current = waiting.popFirst()
    if current != nil { return .next }
    return hasEnded ? .ended : .drained
  }

  /// Sends nothing until ``release()``: an agent that does not know any more, once its machine has started again, that
  /// an update was acknowledged tells it again, and that must not come after the next one.
  package mutating func hold() { held += 1 }

  /// An acknowledgement is written down for good.
  package mutating func release() { held = max(held - 1, 0) }

  /// ``current`` was sent and is sent again at that time.
  package mutating func sent(again time: Instant) {
    resend = time
    attempt += 1
  }

  /// The session is gone: what was sent has to be sent again, without haste of its own.
  package mutating func pause() {
    resend = .never
    attempt = 0
  }

  private mutating func remember(_ uuid: UUID) {
    if known.count < Self.memory {
      known.append(uuid)
    } else {
      known[knownIndex] = uuid
      knownIndex = (knownIndex + 1) % Self.memory
    }
  }
}
