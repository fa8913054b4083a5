// Notices a dead connection, and keeps one's own from looking dead.

import MesetaRuntime

/// The heartbeats of one session, both ways.
///
/// Hearing and sending only note the time; the deadline moves when it is looked at, so that a busy session costs no
/// timer.
struct Liveness: Hashable, Sendable {
  enum Action: Hashable, Sendable {
    case none
    case sendHeartbeat
    case dead(silentFor: Span)
  }

  private var interval: Span
  /// Nil: silence is not counted.
  private var limit: Span?
  private var sends: Bool
  private var lastHeard: Instant
  private var lastSent: Instant
  /// When to look again.
  private(set) var deadline: Instant

  /// Before there is a session.
  static let off = Liveness(interval: .zero, silentIntervals: 0, sends: false, now: .zero)

  init(interval: Span, silentIntervals: Int, sends: Bool, now: Instant) {
    self.interval = interval
    let counts = silentIntervals > 0 && interval > .zero
    self.limit = counts ? interval * silentIntervals : nil
    self.sends = sends && interval > .zero
    self.lastHeard = now
    self.lastSent = now
    self.deadline = .never
    self.deadline = next
  }

  private var next: Instant {
    min(limit.map { lastHeard + $0 } ?? .never, sends ? lastSent + interval : .never)
  }

  mutating func heard(_ now: Instant) { lastHeard = now }
  mutating func sent(_ now: Instant) { lastSent = now }

  mutating func check(_ now: Instant) -> Action {
    guard now >= deadline else { return .none }
    if let limit, lastHeard + limit <= now { return .dead(silentFor: now - lastHeard) }
    let isQuiet = sends && lastSent + interval <= now
    if isQuiet { lastSent = now }
    deadline = next
    return isQuiet ? .sendHeartbeat : .none
  }
}
