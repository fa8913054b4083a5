// How long a master's registry takes.

import DequeModule
package import MesetaRuntime
import Synchronization

/// How long something took, the last times that it was done.
package struct DurationSamples: Sendable {
  /// So many are kept, for a day.
  package static let capacity = 1000
  package static let window = Span.minutes(24 * 60)

  private var samples: Deque<(at: Instant, duration: Span)> = []
  /// The newest, however old it is.
  package private(set) var last: Span?

  package init() {}

  package mutating func add(_ duration: Span, at now: Instant) {
    last = duration
    samples.append((now, duration))
    if samples.count > Self.capacity { samples.removeFirst() }
  }

  /// Those of the last day, the shortest first.
  package func sorted(at now: Instant) -> [Span] {
    samples.filter { now - $0.at <= Self.window }.map(\.duration).sorted()
  }
}

/// Measures how a master gets on with its registry.
final class RegistryMeter: Sendable {
  private let state = Mutex(DurationSamples())

  var stores: DurationSamples { state.withLock { $0 } }

  func stored(in duration: Span, at now: Instant) { state.withLock { $0.add(duration, at: now) } }
}

/// What was measured of a master's registry.
package struct RegistryMeasures: Sendable {
  /// How long the registry took to be read at the master's start; nil where nothing was.
  package var fetch: Span?
  /// How long each write took from when it was asked for until it was durable.
  package var stores: DurationSamples
  /// How many bytes the entries have, names and all; nil where nothing is stored.
  package var bytes: Int?
}
