import MesetaRuntime

/// When resources are offered: soon after something new came up, and at every interval for what was declined.
struct AllocationSchedule: Equatable, Codable, Sendable {
  /// Something new came up: an agent, a framework, a wish, resources that were used.
  private(set) var isWanted = false
  /// Offers were declined: their resources can wait for the interval, so that no framework can spin the master by
  /// declining without a filter.
  private var hasDeclined = false
  private var nextInterval = Instant.zero

  mutating func want() { isWanted = true }
  mutating func wantAtInterval() { hasDeclined = true }

  /// When to run, given when the next filter ends.
  func nextRun(_ filterEnd: Instant) -> Instant {
    if isWanted { return .zero }
    return hasDeclined ? min(nextInterval, filterEnd) : filterEnd
  }

  /// Whether it is time to run.
  func isDue(_ now: Instant, filterEnd: Instant) -> Bool { nextRun(filterEnd) <= now }

  /// A run is over, or has to go on at the end of the next batch.
  mutating func ran(_ now: Instant, isFinished: Bool, interval: Span) {
    isWanted = !isFinished
    if isFinished {
      hasDeclined = false
      nextInterval = now + interval
    }
  }
}
