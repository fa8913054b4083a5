// Who is told what happens in a cluster.

package import MesetaProtocol
import Synchronization

/// Those who watch a master. Each is called on the master's thread, for each event, and must not hold it up.
package final class ClusterWatchers: Sendable {
  /// Takes what happens; nil at the end.
  package typealias Watcher = @Sendable (ClusterEvent?) -> Void

  private struct State: Sendable {
    /// The oldest first.
    var watchers: [(number: UInt64, tell: Watcher)] = []
    var last: UInt64 = 0
    var isClosed = false
  }

  private let state = Mutex(State())
  /// For the master, which asks all the time.
  private let number = Atomic(0)
  private let limit: Int

  /// - Parameter limit: With more, the oldest is told that it is over.
  package init(limit: Int) { self.limit = limit }

  package var count: Int { number.load(ordering: .relaxed) }

  /// Adds a watcher; returns the number that it is removed by.
  func add(_ watcher: @escaping Watcher) -> UInt64 {
    let (added, dropped) = state.withLock { state -> (UInt64, Watcher?) in
      if state.isClosed { return (0, watcher) }
      state.last += 1
      state.watchers.append((state.last, watcher))
      let dropped = state.watchers.count > limit ? state.watchers.removeFirst().tell : nil
      number.store(state.watchers.count, ordering: .relaxed)
      return (state.last, dropped)
    }
    dropped?(nil)
    return added
  }

  package func remove(_ watcher: UInt64) {
    state.withLock { state in
      state.watchers.removeAll { $0.number == watcher }
      number.store(state.watchers.count, ordering: .relaxed)
    }
  }

  func tell(_ event: ClusterEvent) {
    for watcher in state.withLock({ $0.watchers }) { watcher.tell(event) }
  }

  /// Tells all that it is over.
  func close() {
    let watchers = state.withLock { state in
      state.isClosed = true
      defer { state.watchers = [] }
      number.store(0, ordering: .relaxed)
      return state.watchers
    }
    for watcher in watchers { watcher.tell(nil) }
  }
}
