// A machine's whole state as bytes. It goes by `Codable`, so that no field can be forgotten; the same state gives the same
// bytes in every process.
//
//   a field       one more than the number of its name, then its value; 0: there is none
//   a case        the number of its name, then its fields
//   an optional   0, or 1 and the value
//   an array      how many, then each
//   a dictionary  how many, then each key (on its own) and its value, in the order of the keys' bytes
//   a name        a number that was given before, or the next one, and then the name itself

/// Turns values into bytes that ``SnapshotDecoder`` reads.
package struct SnapshotEncoder {
  /// The bytes of a value.
  package static func encode(_ value: some Encodable) throws -> [UInt8] {
    let target = SnapshotTarget()
    try target.append(value)
    return target.writer.bytes
  }
}

/// Where the bytes go, and the names that have been given numbers.
final class SnapshotTarget {
  var writer = ByteWriter()
  private var names: [String: UInt64] = [:]
  private var kinds: [ObjectIdentifier: Kind] = [:]

  private enum Kind {
    case special, bytes, other
  }

  func append(name: String, offset: UInt64) {
    if let number = names[name] { return writer.append(number + offset) }
    let number = UInt64(names.count)
    names[name] = number
    writer.append(number + offset)
    writer.append(name)
  }

  func append<Value: Encodable>(_ value: Value) throws {
    switch kind(of: Value.self) {
    case .special: try (value as? any SpeciallyEncoded)?.append(to: self)
    case .bytes: if let bytes = value as? [UInt8] { writer.append(bytes) }
    case .other: try value.encode(to: TargetEncoder(target: self))
    }
  }

  private func kind<Value>(of type: Value.Type) -> Kind {
    let id = ObjectIdentifier(type)
    if let known = kinds[id] { return known }
    let kind: Kind = type is any SpeciallyEncoded.Type ? .special : type == [UInt8].self ? .bytes : .other
    kinds[id] = kind
    return kind
  }
}

private struct TargetEncoder: Encoder {
  let target: SnapshotTarget
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(Fields(target: target))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer { Elements(target) }

  func singleValueContainer() -> any SingleValueEncodingContainer { SingleValue(target: target) }
}

// MARK: Containers

private struct Fields<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let target: SnapshotTarget
  var codingPath: [any CodingKey] { [] }

  mutating func encodeNil(forKey key: Key) { target.writer.append(0) }

  mutating func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    target.append(name: key.stringValue, offset: 1)
    try target.append(value)
  }

  private mutating func encodeOptional<Value: Encodable>(_ value: Value?, _ key: Key) throws {
    if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
  }

  mutating func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) -> KeyedEncodingContainer<NestedKey> {
    // What the compiler makes for an enumeration: the key is the case.
    target.append(name: key.stringValue, offset: 0)
    return KeyedEncodingContainer(Fields<NestedKey>(target: target))
  }

  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    target.append(name: key.stringValue, offset: 1)
    return Elements(target)
  }

  mutating func superEncoder() -> any Encoder { TargetEncoder(target: target) }

  mutating func superEncoder(forKey key: Key) -> any Encoder {
    target.append(name: key.stringValue, offset: 1)
    return TargetEncoder(target: target)
  }

  // The protocol would leave out what is nil.
  mutating func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) throws {
    try encodeOptional(value, key)
  }
  mutating func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try encodeOptional(value, key) }
  mutating func encodeIfPresent(_ value: String?, forKey key: Key) throws { try encodeOptional(value, key) }
  mutating func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try encodeOptional(value, key) }
  mutating func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try encodeOptional(value, key) }
  mutating func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try encodeOptional(value, key) }
  mutating func encodeIfPresent(_ value: Int8?, forKey key: Key) throws { try encodeOptional(value, key) }
  mutating func encodeIfPresent(_ value: Int16?, forKey key: Key) throws { try encodeOptional(value, key) }
  mutating func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try encodeOptional(value, key) }
  mutating func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try encodeOptional(value, key) }
  mutating func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try encodeOptional(value, key) }
  mutating func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws { try encodeOptional(value, key) }
  mutating func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws { try encodeOptional(value, key) }
  mutating func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws { try encodeOptional(value, key) }
  mutating func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try encodeOptional(value, key) }
}

private struct Elements: UnkeyedEncodingContainer {
  let target: SnapshotTarget
  /// Where the number of elements stands, in four bytes.
  private let place: Int
  private(set) var count = 0
  var codingPath: [any CodingKey] { [] }

  init(_ target: SnapshotTarget) {
    self.target = target
    place = target.writer.bytes.count
    target.writer.bytes += [0, 0, 0, 0]
  }

  private mutating func begin() {
    count += 1
    withUnsafeBytes(of: UInt32(truncatingIfNeeded: count).littleEndian) { number in
      for (offset, byte) in number.enumerated() { target.writer.bytes[place + offset] = byte }
    }
  }

  mutating func encodeNil() throws { try encode(Bool?.none) }

  mutating func encode<Value: Encodable>(_ value: Value) throws {
    begin()
    try target.append(value)
  }

  mutating func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type
  ) -> KeyedEncodingContainer<NestedKey> {
    begin()
    return KeyedEncodingContainer(Fields<NestedKey>(target: target))
  }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    begin()
    return Elements(target)
  }

  mutating func superEncoder() -> any Encoder {
    begin()
    return TargetEncoder(target: target)
  }
}

private struct SingleValue: SingleValueEncodingContainer {
  let target: SnapshotTarget
  var codingPath: [any CodingKey] { [] }

  mutating func encodeNil() { target.writer.append(0) }
  mutating func encode(_ value: Bool) { target.writer.append(value ? 1 : 0) }
  mutating func encode(_ value: String) { target.writer.append(value) }
  mutating func encode(_ value: Double) { target.writer.append(fixed: value.bitPattern) }
  mutating func encode(_ value: Float) { target.writer.append(fixed: UInt64(value.bitPattern)) }
  mutating func encode(_ value: Int) { target.writer.append(signed: Int64(value)) }
  mutating func encode(_ value: Int8) { target.writer.append(signed: Int64(value)) }
  mutating func encode(_ value: Int16) { target.writer.append(signed: Int64(value)) }
  mutating func encode(_ value: Int32) { target.writer.append(signed: Int64(value)) }
  mutating func encode(_ value: Int64) { target.writer.append(signed: Int64(value)) }
  mutating func encode(_ value: UInt) { target.writer.append(UInt64(value)) }
  mutating func encode(_ value: UInt8) { target.writer.append(UInt64(value)) }
  mutating func encode(_ value: UInt16) { target.writer.append(UInt64(value)) }
  mutating func encode(_ value: UInt32) { target.writer.append(UInt64(value)) }
  mutating func encode(_ value: UInt64) { target.writer.append(UInt64(value)) }

  mutating func encode<Value: Encodable>(_ value: Value) throws {
    try target.append(value)
  }
}
