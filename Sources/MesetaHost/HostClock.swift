// The clocks that hosts read for their machines.

import Glibc
public import MesetaRuntime

/// The clocks of this computer.
public enum HostClock {
  /// Both clocks. What a machine handles in one batch is given one reading.
  public static func now() -> Time {
    Time(
      monotonic: Instant(nanoseconds: read(CLOCK_MONOTONIC)), wall: read(CLOCK_REALTIME))
  }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    // Fails only for a clock that does not exist.
    _ = clock_gettime(clock, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
