internal import HeapModule

/// The deadlines of a machine: a queue of keys by time. What is cancelled is skipped when it comes up, so that
/// the keeper checks whether a key that is due still means anything.
///
/// Adding and taking are O(log n).
public struct Deadlines<Key: Sendable>: Sendable {
  private struct Entry: Comparable, Sendable {
    var time: Instant
    /// Keys of one instant come up in the order they were added.
    var sequence: UInt64
    var key: Key

    static func == (left: Entry, right: Entry) -> Bool {
      left.time == right.time && left.sequence == right.sequence
    }
    static func < (left: Entry, right: Entry) -> Bool {
      (left.time, left.sequence) < (right.time, right.sequence)
    }
  }

  private var heap = Heap<Entry>()
  private var sequence: UInt64 = 0

  public init() {}

  public var count: Int { heap.count }

  /// The earliest deadline; `.never` if there is none.
  public var next: Instant { heap.min?.time ?? .never }

  public mutating func add(_ key: Key, at time: Instant) {
    guard time != .never else { return }
    sequence += 1
    heap.insert(Entry(time: time, sequence: sequence, key: key))
  }

  /// Takes the earliest key that is due at `now`.
  public mutating func takeDue(_ now: Instant) -> Key? {
    guard let first = heap.min, first.time <= now else { return nil }
    return heap.removeMin().key
  }

  /// Drops the keys that no longer mean anything, for a keeper whose keys may do so long before they are due. O(n).
  public mutating func keep(_ isCurrent: (Key) -> Bool) {
    heap = Heap(heap.unordered.filter { isCurrent($0.key) })
  }
}
