// A heap of small things by time.

import MesetaRuntime

/// What is to come, the earliest first, and what is for one instant in the order of its numbers.
///
/// A heap with four branches, of plain numbers: a node's branches lie beside each other, and the least of them is found without
/// a jump that a processor could only guess. A simulation takes an event out for each message.
struct EventHeap {
  /// What it is about, in two words.
  struct Content: Equatable, Sendable {
    var first: UInt64
    var second: UInt64
  }

  private struct Entry: Sendable {
    /// The time, and which of all that were added it is.
    var key: UInt128
    var content: Content

    var time: Instant { Instant(nanoseconds: Int64(truncatingIfNeeded: key >> 64) ^ .min) }
  }

  private var entries: [Entry] = []

  var next: Instant { entries.isEmpty ? .never : entries[0].time }

  /// Whether its earliest comes before that of another; not so if there is none.
  func isBefore(_ other: EventHeap) -> Bool {
    if entries.isEmpty { return false }
    return other.entries.isEmpty || entries[0].key < other.entries[0].key
  }

  /// - Parameter number: Which of all that are ordered by time it is.
  mutating func add(_ content: Content, at time: Instant, _ number: UInt64) {
    let key = UInt128(UInt64(bitPattern: time.nanoseconds ^ .min)) << 64 | UInt128(number)
    let entry = Entry(key: key, content: content)
    entries.append(entry)
    entries.withUnsafeMutableBufferPointer { Self.rise(entry, from: $0.count - 1, in: $0) }
  }

  /// Takes the earliest that is due at `now`.
  mutating func takeDue(_ now: Instant) -> Content? {
    guard let last = entries.last, entries[0].time <= now else { return nil }
    let content = entries[0].content
    entries.removeLast()
    if !entries.isEmpty { entries.withUnsafeMutableBufferPointer { Self.sink(last, in: $0) } }
    return content
  }

  /// Puts an entry where it belongs between a place and the top.
  @inline(__always)
  private static func rise(_ entry: Entry, from place: Int, in heap: UnsafeMutableBufferPointer<Entry>) {
    var place = place
    while place > 0 {
      let parent = (place - 1) >> 2
      if heap[parent].key < entry.key { break }
      heap[place] = heap[parent]
      place = parent
    }
    heap[place] = entry
  }

  /// Puts an entry where it belongs below the top, which is free.
  @inline(__always)
  private static func sink(_ entry: Entry, in heap: UnsafeMutableBufferPointer<Entry>) {
    var place = 0
    while true {
      let first = 4 * place + 1
      if first >= heap.count { break }
      var least = first
      if first + 3 < heap.count {
        let (left, right) = (lesser(first, first + 1, in: heap), lesser(first + 2, first + 3, in: heap))
        least = lesser(left, right, in: heap)
      } else {
        for other in first + 1..<heap.count { least = lesser(least, other, in: heap) }
      }
      if entry.key < heap[least].key { break }
      heap[place] = heap[least]
      place = least
    }
    heap[place] = entry
  }

  @inline(__always)
  private static func lesser(
    _ left: Int, _ right: Int, in heap: UnsafeMutableBufferPointer<Entry>
  ) -> Int {
    heap[right].key < heap[left].key ? right : left
  }
}
