public import MesetaModel

/// What a ``TextTable`` can be asked for: a text, perhaps together with a small number.
public protocol TextKey: Equatable, Sendable {
  var text: String { get }
  var number: UInt32 { get }
}

extension TextKey {
  @inlinable public var number: UInt32 { 0 }
}

extension String: TextKey {
  @inlinable public var text: String { self }
}

extension TaskID: TextKey {
  @inlinable public var text: String { value }
}

/// A dictionary by text, for tables that are asked several times in the life of every task.
///
/// `Dictionary` hashes a short text for three times as long as all that is done here. The hash is seeded for each process, as
/// that of `Dictionary` is, so that nobody can choose ids that collide.
public struct TextTable<Key: TextKey, Value: Sendable>: Sendable {
  @usableFromInline
  struct Entry: Sendable {
    @usableFromInline let key: Key
    @usableFromInline let hash: UInt32
    @usableFromInline var value: Value

    @inlinable
    init(key: Key, hash: UInt32, value: Value) {
      self.key = key
      self.hash = hash
      self.value = value
    }
  }

  /// Without gaps: the last one moves to where one was removed.
  @usableFromInline var entries: [Entry] = []
  /// A power of two of cells: 0, or the place of an entry and one in the lower half and its hash in the upper. An entry stands
  /// in the first free cell from that of its hash on.
  @usableFromInline var cells: [UInt64] = []
  @usableFromInline let seed = TextHash.seed

  public init() {}

  @inlinable public var count: Int { entries.count }
  @inlinable public var isEmpty: Bool { entries.isEmpty }

  @inlinable
  public subscript(key: Key) -> Value? {
    get {
      if entries.isEmpty { return nil }
      let hash = TextHash.of(key.text, key.number, seed)
      guard let cell = cell(of: key, hash) else { return nil }
      return entries[place(in: cell)].value
    }
    set {
      if let newValue { insert(newValue, for: key) } else { removeValue(forKey: key) }
    }
  }

  /// The value that is there for the key, or else `value`, which is entered.
  @inlinable
  public mutating func value(for key: Key, orEntering value: Value) -> Value {
    let hash = TextHash.of(key.text, key.number, seed)
    if let cell = cell(of: key, hash) { return entries[place(in: cell)].value }
    append(Entry(key: key, hash: hash, value: value))
    return value
  }

  @inlinable
  mutating func insert(_ value: Value, for key: Key) {
    let hash = TextHash.of(key.text, key.number, seed)
    if let cell = cell(of: key, hash) {
      entries[place(in: cell)].value = value
    } else {
      append(Entry(key: key, hash: hash, value: value))
    }
  }

  @inlinable
  mutating func append(_ entry: Entry) {
    if 4 * (entries.count + 1) > 3 * cells.count { grow() }
    fill(entry.hash, place: entries.count)
    entries.append(entry)
  }

  @inlinable
  @discardableResult
  public mutating func removeValue(forKey key: Key) -> Value? {
    if entries.isEmpty { return nil }
    guard let cell = cell(of: key, TextHash.of(key.text, key.number, seed)) else { return nil }
    let place = place(in: cell)
    let last = entries.count - 1
    if place != last {
      let hash = entries[last].hash
      cells[self.cell(at: last, hash)] = Self.content(hash, place: place)
      entries.swapAt(place, last)
    }
    clear(cell)
    return entries.removeLast().value
  }

  /// Whether every entry is found by its key, and `holds` is true of both: for laws. The order means nothing.
  @inlinable
  public func allSatisfy(_ holds: (Key, Value) -> Bool) -> Bool {
    for place in entries.indices {
      guard isFound(place), holds(entries[place].key, entries[place].value) else { return false }
    }
    return true
  }

  /// Whether the cells lead to an entry from that of its hash on.
  @inlinable
  func isFound(_ place: Int) -> Bool {
    let content = Self.content(entries[place].hash, place: place)
    var cell = Int(entries[place].hash) & (cells.count - 1)
    while cells[cell] != content {
      if cells[cell] == 0 { return false }
      cell = (cell + 1) & (cells.count - 1)
    }
    return true
  }

  // MARK: Cells

  @inlinable
  static func content(_ hash: UInt32, place: Int) -> UInt64 {
    UInt64(hash) << 32 | UInt64(UInt32(truncatingIfNeeded: place + 1))
  }

  @inlinable
  func place(in cell: Int) -> Int { Int(UInt32(truncatingIfNeeded: cells[cell])) - 1 }

  /// The cell of the entry with the key.
  @inlinable
  func cell(of key: Key, _ hash: UInt32) -> Int? {
    if cells.isEmpty { return nil }
    var cell = Int(hash) & (cells.count - 1)
    while cells[cell] != 0 {
      if UInt32(truncatingIfNeeded: cells[cell] >> 32) == hash, entries[place(in: cell)].key == key {
        return cell
      }
      cell = (cell + 1) & (cells.count - 1)
    }
    return nil
  }

  /// The cell of the entry at a place.
  @inlinable
  func cell(at place: Int, _ hash: UInt32) -> Int {
    let content = Self.content(hash, place: place)
    var cell = Int(hash) & (cells.count - 1)
    while cells[cell] != content { cell = (cell + 1) & (cells.count - 1) }
    return cell
  }

  @inlinable
  mutating func fill(_ hash: UInt32, place: Int) {
    var cell = Int(hash) & (cells.count - 1)
    while cells[cell] != 0 { cell = (cell + 1) & (cells.count - 1) }
    cells[cell] = Self.content(hash, place: place)
  }

  /// Empties a cell, and moves those after it that stand there because it was taken.
  @inlinable
  mutating func clear(_ cell: Int) {
    let mask = cells.count - 1
    var (gap, next) = (cell, (cell + 1) & mask)
    while cells[next] != 0 {
      let home = Int(cells[next] >> 32) & mask
      if (next - home) & mask >= (next - gap) & mask {
        cells[gap] = cells[next]
        gap = next
      }
      next = (next + 1) & mask
    }
    cells[gap] = 0
  }

  @inlinable
  mutating func grow() {
    cells = Array(repeating: 0, count: max(8, 2 * cells.count))
    for place in entries.indices { fill(entries[place].hash, place: place) }
  }
}

/// Hashes a text quickly: eight bytes at a time are folded into a product.
@usableFromInline
enum TextHash {
  @usableFromInline static let seed = UInt64(bitPattern: Int64(Hasher().finalize()))

  @inlinable @inline(__always)
  static func of(_ text: String, _ number: UInt32, _ seed: UInt64) -> UInt32 {
    let start = seed ^ UInt64(number) &* 0x9e37_79b9_7f4a_7c15
    let hash = text.utf8.withContiguousStorageIfAvailable { fold($0, start, seed) } ?? nil
    // Texts that are written differently may be equal once they go beyond ASCII, which `String` sees to.
    // tidy: a table is for look-up only, and nothing in it is in the order of the hashes
    return UInt32(truncatingIfNeeded: hash ?? mix(start, UInt64(bitPattern: Int64(text.hashValue))))
  }

  /// The hash of ASCII text; nil for any other.
  @inlinable @inline(__always)
  static func fold(_ bytes: UnsafeBufferPointer<UInt8>, _ start: UInt64, _ seed: UInt64) -> UInt64? {
    let raw = UnsafeRawBufferPointer(bytes)
    var (hash, all) = (start ^ UInt64(truncatingIfNeeded: raw.count), UInt64(0))
    var offset = 0
    while raw.count - offset > 8 {
      let word = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      hash = mix(hash, word)
      all |= word
      offset += 8
    }
    let rest = word(raw, from: offset)
    if (all | rest) & 0x8080_8080_8080_8080 != 0 { return nil }
    return mix(mix(hash, rest), seed)
  }

  /// The last bytes, eight at most.
  @inlinable @inline(__always)
  static func word(_ raw: UnsafeRawBufferPointer, from offset: Int) -> UInt64 {
    let count = raw.count - offset
    if raw.count >= 8 { return raw.loadUnaligned(fromByteOffset: raw.count - 8, as: UInt64.self) }
    if count >= 4 {
      let low = raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
      let high = raw.loadUnaligned(fromByteOffset: raw.count - 4, as: UInt32.self)
      return UInt64(high) << 32 | UInt64(low)
    }
    if count == 0 { return 0 }
    return UInt64(raw[offset]) | UInt64(raw[offset + count / 2]) << 8 | UInt64(raw[raw.count - 1]) << 16
  }

  @inlinable @inline(__always)
  static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
    return product.high ^ product.low
  }
}
