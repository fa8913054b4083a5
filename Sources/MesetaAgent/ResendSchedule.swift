// When updates are sent again. Each is sent three times in the life of most tasks and almost never again, so that
// this must cost next to nothing: a queue for each interval, in the order of sending, without a heap.

internal import DequeModule
package import MesetaRuntime

/// The times at which the keys are due. A key that no longer is due then is skipped by the keeper.
package struct ResendSchedule<Key: Codable & Sendable>: Codable, Sendable {
  private struct Entry: Codable, Sendable {
    var key: Key
    var due: Instant
  }

  /// From the shortest to the longest, each twice the one before.
  package let intervals: [Span]
  private var queues: [Deque<Entry>]
  package private(set) var count = 0
  /// When the first of them is due.
  package private(set) var nextWake = Instant.never

  package init(_ range: ClosedRange<Span>) {
    var intervals = [max(range.lowerBound, .milliseconds(1))]
    while let last = intervals.last, last < range.upperBound {
      intervals.append(min(last * 2, range.upperBound))
    }
    self.intervals = intervals
    self.queues = Array(repeating: Deque(), count: intervals.count)
  }

  private mutating func findNextWake() {
    nextWake = .never
    for queue in queues { if let first = queue.first, first.due < nextWake { nextWake = first.due } }
  }

  /// Notes that the key was sent for the `attempt`-th time, from 0. Returns when it is due again.
  package mutating func add(_ key: Key, attempt: Int, at now: Instant) -> Instant {
    let level = min(max(attempt, 0), intervals.count - 1)
    let due = now + intervals[level]
    queues[level].append(Entry(key: key, due: due))
    count += 1
    nextWake = min(nextWake, due)
    return due
  }

  package mutating func takeDue(_ now: Instant) -> (key: Key, due: Instant)? {
    if nextWake > now { return nil }
    for level in queues.indices {
      guard let first = queues[level].first, first.due <= now else { continue }
      queues[level].removeFirst()
      count -= 1
      findNextWake()
      return (first.key, first.due)
    }
    return nil
  }

  /// Drops what comes next as far as it is no longer due at its time, so that nobody is woken for it.
  package mutating func dropNext(unless isCurrent: (Key, Instant) -> Bool) {
    for level in queues.indices {
      while let first = queues[level].first, !isCurrent(first.key, first.due) {
        queues[level].removeFirst()
        count -= 1
      }
    }
    findNextWake()
  }

  /// Drops what is no longer due at its time. O(n): for when most of it is not.
  package mutating func keep(_ isCurrent: (Key, Instant) -> Bool) {
    count = 0
    for level in queues.indices {
      queues[level].removeAll { !isCurrent($0.key, $0.due) }
      count += queues[level].count
    }
    findNextWake()
  }
}
