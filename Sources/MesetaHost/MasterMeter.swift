// How long a master's registry and its allocator take.

package import MesetaRuntime
import Synchronization

/// Measures what a master does.
final class MasterMeter: Sendable {
  private struct State {
    var stores = DurationSamples(window: .minutes(24 * 60))
    var allocations = AllocationMeasures()
  }

  private let state = Mutex(State())

  var stores: DurationSamples { state.withLock { $0.stores } }
  var allocations: AllocationMeasures { state.withLock { $0.allocations } }

  func stored(in duration: Span, at now: Instant) { state.withLock { $0.stores.add(duration, at: now) } }

  /// The allocator has run from one time to the other, and could have since the third.
  func allocated(from start: Instant, to end: Instant, dueSince due: Instant) {
    state.withLock {
      $0.allocations.latencies.add(start - due, at: end)
      $0.allocations.runs.add(end - start, at: end)
    }
  }
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

/// What was measured of a master's allocator.
package struct AllocationMeasures: Sendable {
  /// How long each run took.
  package var runs = DurationSamples()
  /// How long each waited for the inputs that came with the one that it was for.
  package var latencies = DurationSamples()
}
