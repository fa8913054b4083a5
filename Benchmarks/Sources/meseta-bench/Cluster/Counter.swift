// How far a cluster is on its way to being ready.

import BenchmarkSupport
import Synchronization

/// Counts something that happens on several threads.
final class Counter: Sendable {
  private let count = Atomic(0)

  func increment() { add(1) }
  func add(_ number: Int) { count.add(number, ordering: .relaxed) }
  var value: Int { count.load(ordering: .relaxed) }

  /// Waits until it has counted so many.
  func wait(for wanted: Int, _ what: String, within seconds: Double = 60) async throws {
    let deadline = Clock.now() + Int64(seconds * 1e9)
    while value < wanted {
      guard Clock.now() < deadline else {
        throw BenchmarkFailure("\(value) of \(wanted) \(what) after \(Int(seconds)) s")
      }
      try await Task.sleep(nanoseconds: 1_000_000)
    }
  }
}

/// How far the agents and frameworks of a cluster are.
struct LoadWatch: Sendable {
  let registered = Counter()
  let subscribed = Counter()
  /// Counts once the master is about to go.
  let isEnding = Counter()
}
