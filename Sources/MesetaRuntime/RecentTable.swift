/// A dictionary that is mostly asked for what it was asked for last: by the messages of one batch, for their session.
public struct RecentTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  @usableFromInline var values: [Key: Value] = [:]
  @usableFromInline var recent: (key: Key, value: Value)?

  public init() {}

  @inlinable public var count: Int { values.count }

  /// What the table has for a key. Looks at the last answer before it looks the key up.
  @inlinable
  public mutating func find(_ key: Key) -> Value? {
    if let recent, recent.key == key { return recent.value }
    guard let value = values[key] else { return nil }
    recent = (key, value)
    return value
  }

  @inlinable
  public subscript(key: Key) -> Value? {
    get { values[key] }
    set {
      recent = nil
      values[key] = newValue
    }
  }

  @inlinable
  @discardableResult
  public mutating func removeValue(forKey key: Key) -> Value? {
    recent = nil
    return values.removeValue(forKey: key)
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
