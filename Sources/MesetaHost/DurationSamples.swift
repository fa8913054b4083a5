// How long things take that are done again and again.

import DequeModule
package import MesetaRuntime

/// How long something took, the last times that it was done.
package struct DurationSamples: Sendable {
  /// So many are kept.
  package static let capacity = 1000

  private let window: Span
  private var samples: Deque<(at: Instant, duration: Span)> = []
  /// The newest, however old it is.
  package private(set) var last: Span?

  /// - Parameter window: for how long each counts.
  package init(window: Span = .minutes(60)) { self.window = window }

  package mutating func add(_ duration: Span, at now: Instant) {
    last = duration
    samples.append((now, duration))
    if samples.count > Self.capacity { samples.removeFirst() }
  }

  /// Those that count, the shortest first.
  package func sorted(at now: Instant) -> [Span] {
    samples.filter { now - $0.at <= window }.map(\.duration).sorted()
  }
}
