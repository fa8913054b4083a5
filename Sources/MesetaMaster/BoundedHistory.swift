internal import DequeModule

/// A table that forgets its oldest entries when it is full.
struct BoundedHistory<Key: Hashable & Codable & Sendable, Value: Codable & Sendable>: Sendable {
  let limit: Int
  private var values: [Key: (sequence: UInt64, value: Value)] = [:]
  /// In the order of entry; what was removed or entered again since is skipped.
  private var order: Deque<(key: Key, sequence: UInt64)> = []
  private var sequence: UInt64 = 0

  init(limit: Int) { self.limit = limit }

  var count: Int { values.count }

  subscript(key: Key) -> Value? { values.isEmpty ? nil : values[key]?.value }

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

extension BoundedHistory: Codable {
  private enum CodingKeys: CodingKey {
    case limit, sequence, entries
  }

  private struct Entry: Codable {
    var key: Key
    var sequence: UInt64
    var value: Value
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(limit: try container.decode(Int.self, forKey: .limit))
    sequence = try container.decode(UInt64.self, forKey: .sequence)
    for entry in try container.decode([Entry].self, forKey: .entries) {
      values[entry.key] = (entry.sequence, entry.value)
      order.append((entry.key, entry.sequence))
    }
  }

  /// The oldest first.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(limit, forKey: .limit)
    try container.encode(sequence, forKey: .sequence)
    let entries = order.compactMap { item in
      isCurrent(item)
        ? values[item.key].map { Entry(key: item.key, sequence: $0.sequence, value: $0.value) } : nil
    }
    try container.encode(entries, forKey: .entries)
  }
}
