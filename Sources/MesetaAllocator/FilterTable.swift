// What frameworks declined on one agent, and until when it is kept from them.

import MesetaModel
import MesetaRuntime

/// The filters of one agent: 16 bytes each, beside the declined resources, which those who declined the same share.
struct FilterTable: Codable, Sendable {
  /// Who declined is a key of ``FilterKeys``.
  struct Filter: Codable, Sendable {
    var key: UInt32
    var bag: UInt32
    var until: Instant
  }

  struct Bag: Codable, Sendable {
    var resources: Resources
    /// How many filters refer to it; none: the place is free.
    var uses: Int
  }

  /// How many filters with different resources one framework may have in one role; the one that ends first goes.
  static let limitPerKey = 8

  /// Ascending by key.
  private(set) var filters: [Filter] = []
  private(set) var bags: [Bag] = []

  var isEmpty: Bool { filters.isEmpty }

  /// Remembers that `resources` were declined. A filter that says no more than another goes.
  mutating func add(_ key: UInt32, _ resources: Resources, until: Instant, _ keys: inout FilterKeys) {
    let start = firstIndex(of: key)
    var index = start
    var soonest = start
    while index < filters.count, filters[index].key == key {
      let filter = filters[index]
      if filter.until >= until, bags[Int(filter.bag)].resources.holds(resources) { return }
      if filter.until <= until, resources.holds(bags[Int(filter.bag)].resources) {
        remove(at: index, &keys)
        continue
      }
      if filter.until < filters[soonest].until { soonest = index }
      index += 1
    }
    if index - start >= Self.limitPerKey { remove(at: soonest, &keys) }
    filters.insert(Filter(key: key, bag: use(resources), until: until), at: start)
    keys.retain(key)
  }

  /// Drops the filters that are over or no longer mean anything. O(n).
  mutating func prune(_ now: Instant, _ keys: inout FilterKeys) {
    guard filters.contains(where: { $0.until <= now || keys[$0.key].subscription == nil }) else { return }
    var kept = 0
    for index in filters.indices {
      let filter = filters[index]
      if filter.until <= now || keys[filter.key].subscription == nil {
        bags[Int(filter.bag)].uses -= 1
        keys.release(filter.key)
      } else {
        filters[kept] = filter
        kept += 1
      }
    }
    filters.removeSubrange(kept...)
    for index in bags.indices where bags[index].uses == 0 { bags[index].resources = Resources() }
    if filters.isEmpty { bags = [] }
  }

  mutating func removeAll(_ keys: inout FilterKeys) {
    for filter in filters { keys.release(filter.key) }
    filters = []
    bags = []
  }

  /// When the first filter ends; `.never` if there is none.
  var firstEnd: Instant { filters.reduce(.never) { min($0, $1.until) } }

  /// Calls `body` with each filter that keeps `resources` from someone: all of them are among the declined.
  func forEachMatching(_ resources: Resources, _ body: (Filter) -> Void) {
    guard !filters.isEmpty else { return }
    if bags.count == 1 {  // the usual case: all declined the same
      if bags[0].resources.holds(resources) {
        for filter in filters { body(filter) }
      }
      return
    }
    if bags.count <= 64 {
      var matches: UInt64 = 0
      for index in bags.indices where bags[index].uses > 0 && bags[index].resources.holds(resources) {
        matches |= 1 &<< UInt64(index)
      }
      if matches == 0 { return }
      for filter in filters where matches & 1 &<< UInt64(filter.bag) != 0 { body(filter) }
      return
    }
    let matches = bags.map { $0.uses > 0 && $0.resources.holds(resources) }
    for filter in filters where matches[Int(filter.bag)] { body(filter) }
  }

  /// Until when `resources` are kept from the holder of a key; nil if they are not.
  func end(_ key: UInt32, _ resources: Resources, _ now: Instant) -> Instant? {
    var result: Instant?
    var index = firstIndex(of: key)
    while index < filters.count, filters[index].key == key {
      let filter = filters[index]
      if filter.until > now, bags[Int(filter.bag)].resources.holds(resources) {
        result = max(result ?? filter.until, filter.until)
      }
      index += 1
    }
    return result
  }

  private func firstIndex(of key: UInt32) -> Int {
    if let last = filters.last, last.key < key { return filters.count }
    var low = 0
    var high = filters.count
    while low < high {
      let middle = (low + high) / 2
      if filters[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func remove(at index: Int, _ keys: inout FilterKeys) {
    let filter = filters.remove(at: index)
    keys.release(filter.key)
    bags[Int(filter.bag)].uses -= 1
    if bags[Int(filter.bag)].uses == 0 { bags[Int(filter.bag)].resources = Resources() }
  }

  private mutating func use(_ resources: Resources) -> UInt32 {
    var free: Int?
    for index in bags.indices {
      if bags[index].uses == 0 {
        free = free ?? index
      } else if bags[index].resources.isIdentical(to: resources) || bags[index].resources == resources {
        bags[index].uses += 1
        return UInt32(index)
      }
    }
    if let free {
      bags[free] = Bag(resources: resources, uses: 1)
      return UInt32(free)
    }
    bags.append(Bag(resources: resources, uses: 1))
    return UInt32(bags.count - 1)
  }
}

/// Stands between filters and the framework's role that declined: clearing the filters of a role gives it a new key
/// and leaves the old filters to be dropped by and by, which takes no time at all.
struct FilterKeys: Codable, Sendable {
  struct Key: Codable, Sendable {
    /// Whose filters these are; nil if they mean nothing any more.
    var subscription: UInt32?
    /// How many filters carry the key.
    var filters: Int
  }

  private var keys: [Key] = []
  private var free: [UInt32] = []

  subscript(key: UInt32) -> Key { keys[Int(key)] }

  mutating func make(for subscription: UInt32) -> UInt32 {
    let key = Key(subscription: subscription, filters: 0)
    if let index = free.popLast() {
      keys[Int(index)] = key
      return index
    }
    keys.append(key)
    return UInt32(keys.count - 1)
  }

  /// Makes all filters with the key mean nothing.
  mutating func retire(_ key: UInt32) {
    keys[Int(key)].subscription = nil
    if keys[Int(key)].filters == 0 { free.append(key) }
  }

  mutating func retain(_ key: UInt32) { keys[Int(key)].filters += 1 }

  mutating func release(_ key: UInt32) {
    keys[Int(key)].filters -= 1
    if keys[Int(key)].filters == 0, keys[Int(key)].subscription == nil { free.append(key) }
  }
}
