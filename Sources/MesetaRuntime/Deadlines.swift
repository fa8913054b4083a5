public import HeapModule

/// The deadlines of a machine: a queue of keys by time. What is cancelled is skipped when it comes up, so that
/// the keeper checks whether a key that is due still means anything.
///
/// Adding and taking are O(log n). Inlinable, because a queue that is not specialised for its keys costs ten times as
/// much.
public struct Deadlines<Key: Sendable>: Sendable {
  @usableFromInline
  struct Entry: Comparable, Sendable {
    @usableFromInline let time: Instant
    /// Keys of one instant come up in the order they were added.
    @usableFromInline let sequence: UInt64
    @usableFromInline let key: Key

    @inlinable
    init(time: Instant, sequence: UInt64, key: Key) {
      self.time = time
      self.sequence = sequence
      self.key = key
    }

    @inlinable static func == (left: Entry, right: Entry) -> Bool {
      left.sequence == right.sequence
    }
    @inlinable static func < (left: Entry, right: Entry) -> Bool {
      (left.time, left.sequence) < (right.time, right.sequence)
    }
  }

  @usableFromInline var heap = Heap<Entry>()
  @usableFromInline var sequence: UInt64 = 0

  @inlinable public init() {}

  @inlinable public var count: Int { heap.count }

  /// The earliest deadline; `.never` if there is none.
  @inlinable public var next: Instant { heap.min?.time ?? .never }

  @inlinable
  public mutating func add(_ key: Key, at time: Instant) {
    guard time != .never else { return }
    sequence += 1
    heap.insert(Entry(time: time, sequence: sequence, key: key))
  }

  /// Takes the earliest key that is due at `now`.
  @inlinable
  public mutating func takeDue(_ now: Instant) -> Key? {
    guard let first = heap.min, first.time <= now else { return nil }
    return heap.removeMin().key
  }

  /// Drops the keys that no longer mean anything, for a keeper whose keys may do so long before they are due. O(n).
  @inlinable
  public mutating func keep(_ isCurrent: (Key) -> Bool) {
    heap = Heap(heap.unordered.filter { isCurrent($0.key) })
  }
}

extension Deadlines.Entry: Codable where Key: Codable {}

extension Deadlines: Codable where Key: Codable {
  private enum CodingKeys: CodingKey {
    case entries, sequence
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    heap = Heap(try container.decode([Entry].self, forKey: .entries))
    sequence = try container.decode(UInt64.self, forKey: .sequence)
  }

  /// In the order that they are due, however they stand in the heap.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(heap.unordered.sorted(), forKey: .entries)
    try container.encode(sequence, forKey: .sequence)
  }
}
