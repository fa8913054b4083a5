// How long a task that is being killed has left.

package import MesetaRuntime

/// The time between SIGTERM and SIGKILL. Later kills may shorten it and never extend it.
package struct KillEscalation: Hashable, Codable, Sendable {
  private let start: Instant
  private var deadline: Instant

  package init(grace: Span, at now: Instant) {
    self.start = now
    self.deadline = now + grace
  }

  /// Another kill, with a grace period that counts from the first. Returns what is left of it, or nil if the
  /// present deadline is no later.
  package mutating func shorten(to grace: Span, at now: Instant) -> Span? {
    let wanted = start + grace
    guard wanted < deadline else { return nil }
    deadline = max(wanted, now)
    return deadline - now
  }
}
