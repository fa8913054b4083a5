public import MesetaModel

/// What a ``RecentTable`` can be asked for.
public protocol RecentKey: Hashable, Sendable {
  /// Spreads keys over the places where the table looks first. It need not tell them apart.
  var recentPlace: UInt64 { get }
}

extension SessionID: RecentKey {
  @inlinable public var recentPlace: UInt64 { number }
}

extension FrameworkID: RecentKey {
  public var recentPlace: UInt64 { fingerprint }
}

/// A dictionary that is mostly asked for what it was asked for not long ago: by each message, for its session.
///
/// Each key has a place, beside others, where the last answer for it or for one of these stands: to hash a key takes longer than
/// to find what it is the key of.
public struct RecentTable<Key: RecentKey, Value: Sendable>: Sendable {
  @usableFromInline var values: [Key: Value] = [:]
  /// Nothing, or a power of two of places.
  @usableFromInline var recent: [(key: Key, value: Value)?] = []

  @usableFromInline static var mostPlaces: Int { 256 }

  public init() {}

  @inlinable public var count: Int { values.count }

  @inlinable
  func place(of key: Key) -> Int { Int(truncatingIfNeeded: key.recentPlace) & (recent.count - 1) }

  /// What the table has for a key. Looks at the last answers before it looks the key up.
  @inlinable
  public mutating func find(_ key: Key) -> Value? {
    if !recent.isEmpty, let recent = recent[place(of: key)], recent.key == key { return recent.value }
    return lookUp(key)
  }

  @inlinable
  mutating func lookUp(_ key: Key) -> Value? {
    guard let value = values[key] else { return nil }
    if recent.count < min(4 * values.count, Self.mostPlaces) { addPlaces() }
    recent[place(of: key)] = (key, value)
    return value
  }

  @inlinable
  mutating func addPlaces() {
    var places = max(8, recent.count)
    while places < min(4 * values.count, Self.mostPlaces) { places *= 2 }
    recent = Array(repeating: nil, count: places)
  }

  @inlinable
  public subscript(key: Key) -> Value? {
    get { values[key] }
    set {
      forget(key)
      values[key] = newValue
    }
  }

  @inlinable
  @discardableResult
  public mutating func removeValue(forKey key: Key) -> Value? {
    forget(key)
    return values.removeValue(forKey: key)
  }

  @inlinable
  mutating func forget(_ key: Key) {
    if !recent.isEmpty { recent[place(of: key)] = nil }
  }
}

extension RecentTable: Encodable where Key: Encodable, Value: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }
}

extension RecentTable: Decodable where Key: Decodable, Value: Decodable {
  public init(from decoder: any Decoder) throws {
    values = try decoder.singleValueContainer().decode([Key: Value].self)
  }
}
