internal import DequeModule

/// A table that forgets its oldest entries when it is full.
struct BoundedHistory<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  let limit: Int
  private var values: [Key: (sequence: UInt64, value: Value)] = [:]
  /// In the order of entry; what was removed or entered again since is skipped.
  private var order: Deque<(key: Key, sequence: UInt64)> = []
  private var sequence: UInt64 = 0

  init(limit: Int) { self.limit = limit }

  var count: Int { values.count }

  subscript(key: Key) -> Value? { values[key]?.value }

  /// The entries, the oldest first.
  var entries: [(key: Key, value: Value)] {
    order.compactMap { item in isCurrent(item) ? values[item.key].map { (item.key, $0.value) } : nil }
  }

  mutating func insert(_ key: Key, _ value: Value) {
    sequence += 1
    values[key] = (sequence, value)
    order.append((key, sequence))
    while values.count > limit, let oldest = order.popFirst() {
      if isCurrent(oldest) { values[oldest.key] = nil }
    }
    if order.count > 2 * limit + 16 { order = Deque(order.filter(isCurrent)) }
  }

  @discardableResult
  mutating func remove(_ key: Key) -> Value? { values.removeValue(forKey: key)?.value }

  private func isCurrent(_ item: (key: Key, sequence: UInt64)) -> Bool {
    values[item.key]?.sequence == item.sequence
  }
}
