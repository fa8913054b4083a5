// Whether a leader may still act: asked before everything that it does.

import Glibc
import MesetaRuntime
import Synchronization

/// The time until which a leader may act. It ends by itself, on a clock that goes on while the process or the whole machine
/// stands still.
package final class LeadershipLease: Sendable {
  private let end = Atomic<Int64>(0)

  package init() {}

  /// Whether the holder may act now.
  package var isHeld: Bool { Self.now().nanoseconds < end.load(ordering: .acquiring) }

  func extend(to end: Instant) { self.end.store(end.nanoseconds, ordering: .releasing) }

  static func now() -> Instant {
    var time = timespec()
    // Fails only for a clock that does not exist.
    _ = clock_gettime(CLOCK_BOOTTIME, &time)
    return Instant(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
  }
}
