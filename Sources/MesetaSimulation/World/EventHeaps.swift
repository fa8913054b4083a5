// A queue of small things by time, of which most are soon.

import MesetaRuntime

/// What is to come, the earliest first, and what is for one instant in the order it was added.
///
/// A message is under way for milliseconds, a task runs for seconds, and of each that runs something waits. What is soon has a
/// heap of its own, so small that all of it is at hand.
struct EventHeaps {
  private var soon = EventHeap()
  private var later = EventHeap()
  private var added: UInt64 = 0
  /// The time of what was taken last.
  private var now = Instant.zero

  private static var soonest: Span { .milliseconds(10) }

  var next: Instant { min(soon.next, later.next) }

  mutating func add(_ content: EventHeap.Content, at time: Instant) {
    guard time != .never else { return }
    added += 1
    if time - now < Self.soonest {
      soon.add(content, at: time, added)
    } else {
      later.add(content, at: time, added)
    }
  }

  /// Takes the earliest that is due at `now`.
  mutating func takeDue(_ now: Instant) -> EventHeap.Content? {
    self.now = now
    return later.isBefore(soon) ? later.takeDue(now) : soon.takeDue(now)
  }
}
