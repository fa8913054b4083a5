// A machine's whole state from bytes. Nothing in them is believed: what does not fit is an error, not a crash.

/// Reads what ``SnapshotEncoder`` wrote.
package struct SnapshotDecoder {
  /// - Throws: ``SnapshotProblem``, or what a value has against its parts.
  package static func decode<Value: Decodable>(
    _ type: Value.Type = Value.self, from bytes: ArraySlice<UInt8>
  ) throws -> Value {
    let source = SnapshotSource(bytes)
    do {
      let value = try source.value(of: Value.self)
      guard source.reader.isAtEnd else {
        throw SnapshotProblem("\(source.reader.count) bytes are left over")
      }
      return value
    } catch is ByteReader.Ended {
      throw SnapshotProblem("it ends too soon")
    }
  }
}

/// Why bytes are no snapshot of a machine of this version.
package struct SnapshotProblem: Error, CustomStringConvertible {
  /// A clause.
  package let description: String
  init(_ description: String) { self.description = description }
}

/// Where the bytes come from, and the names that have been given numbers.
final class SnapshotSource {
  var reader: ByteReader
  private var names: [String] = []
  private var kinds: [ObjectIdentifier: Kind] = [:]

  private enum Kind {
    case special, bytes, other
  }

  init(_ bytes: ArraySlice<UInt8>) { reader = ByteReader(bytes) }

  /// How many things follow, each of which takes a byte at least.
  func count() throws -> Int {
    let count = try reader.number()
    guard count <= reader.count else { throw SnapshotProblem("\(count) values in \(reader.count) bytes") }
    return Int(count)
  }

  /// The next name; nil for what is not there.
  func name(offset: UInt64) throws -> String? {
    let number = try reader.number()
    if number < offset { return nil }
    if number - offset < names.count { return names[Int(number - offset)] }
    guard number - offset == names.count else {
      throw SnapshotProblem("a name has the number \(number - offset) of \(names.count)")
    }
    names.append(try reader.text())
    return names[names.count - 1]
  }

  func value<Value: Decodable>(of type: Value.Type) throws -> Value {
    switch kind(of: type) {
    case .special:
      if let special = type as? any SpeciallyDecoded.Type, let value = try special.init(from: self) as? Value
      {
        return value
      }
    case .bytes: if let bytes = try Array(reader.data()) as? Value { return bytes }
    case .other: break
    }
    return try Value(from: SourceDecoder(source: self))
  }

  private func kind<Value>(of type: Value.Type) -> Kind {
    let id = ObjectIdentifier(type)
    if let known = kinds[id] { return known }
    let kind: Kind = type is any SpeciallyDecoded.Type ? .special : type == [UInt8].self ? .bytes : .other
    kinds[id] = kind
    return kind
  }
}

private struct SourceDecoder: Decoder {
  let source: SnapshotSource
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(Fields(source: source))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { try Elements(source) }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { SingleValue(source: source) }
}

// MARK: Containers

private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let source: SnapshotSource
  var codingPath: [any CodingKey] { [] }

  /// Asked for by enumerations alone, and once: it is the case.
  var allKeys: [Key] {
    guard let name = try? source.name(offset: 0) else { return [] }
    return Key(stringValue: name).map { [$0] } ?? []
  }

  func contains(_ key: Key) -> Bool { true }
  func decodeNil(forKey key: Key) throws -> Bool { try !begin(key) }

  /// Reads the name of the field that comes now, which has to be this one; false if it has no value.
  private func begin(_ key: Key) throws -> Bool {
    guard let name = try source.name(offset: 1) else { return false }
    guard name == key.stringValue else {
      throw SnapshotProblem("there is \"\(name)\" where this version has \"\(key.stringValue)\"")
    }
    return true
  }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    guard try begin(key) else { throw SnapshotProblem("\"\(key.stringValue)\" is not there") }
    return try source.value(of: type)
  }

  private func decodeOptional<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value? {
    try begin(key) ? try source.value(of: type) : nil
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<NestedKey> { KeyedDecodingContainer(Fields<NestedKey>(source: source)) }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    guard try begin(key) else { throw SnapshotProblem("\"\(key.stringValue)\" is not there") }
    return try Elements(source)
  }

  func superDecoder() throws -> any Decoder { SourceDecoder(source: source) }

  func superDecoder(forKey key: Key) throws -> any Decoder {
    guard try begin(key) else { throw SnapshotProblem("\"\(key.stringValue)\" is not there") }
    return SourceDecoder(source: source)
  }

  func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
    try decodeOptional(type, key)
  }
  func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try decodeOptional(type, key) }
  func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
    try decodeOptional(type, key)
  }
  func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
    try decodeOptional(type, key)
  }
  func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? { try decodeOptional(type, key) }
  func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try decodeOptional(type, key) }
  func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? { try decodeOptional(type, key) }
  func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? { try decodeOptional(type, key) }
  func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? { try decodeOptional(type, key) }
  func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try decodeOptional(type, key) }
  func decodeIfPresent(_ type: UInt.Type, forKey key: Key) throws -> UInt? { try decodeOptional(type, key) }
  func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? { try decodeOptional(type, key) }
  func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? {
    try decodeOptional(type, key)
  }
  func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? {
    try decodeOptional(type, key)
  }
  func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? {
    try decodeOptional(type, key)
  }
}

private struct Elements: UnkeyedDecodingContainer {
  let source: SnapshotSource
  let count: Int?
  private(set) var currentIndex = 0
  var codingPath: [any CodingKey] { [] }

  init(_ source: SnapshotSource) throws {
    self.source = source
    let number = try source.reader.slice(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard number <= source.reader.count else {
      throw SnapshotProblem("\(number) elements in \(source.reader.count) bytes")
    }
    count = number
  }

  var isAtEnd: Bool { currentIndex == count }

  private mutating func begin() throws {
    guard !isAtEnd else { throw SnapshotProblem("an element is missing") }
    currentIndex += 1
  }

  mutating func decodeNil() throws -> Bool { false }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try begin()
    return try source.value(of: type)
  }

  mutating func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try begin()
    return KeyedDecodingContainer(Fields<NestedKey>(source: source))
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try begin()
    return try Elements(source)
  }

  mutating func superDecoder() throws -> any Decoder {
    try begin()
    return SourceDecoder(source: source)
  }
}

private struct SingleValue: SingleValueDecodingContainer {
  let source: SnapshotSource
  var codingPath: [any CodingKey] { [] }

  func decodeNil() -> Bool { false }

  func decode(_ type: Bool.Type) throws -> Bool { try source.reader.byte() != 0 }
  func decode(_ type: String.Type) throws -> String { try source.reader.text() }
  func decode(_ type: Double.Type) throws -> Double { Double(bitPattern: try source.reader.fixedNumber()) }
  func decode(_ type: Float.Type) throws -> Float {
    Float(bitPattern: UInt32(truncatingIfNeeded: try source.reader.fixedNumber()))
  }
  func decode(_ type: Int.Type) throws -> Int { try fit(source.reader.signedNumber()) }
  func decode(_ type: Int8.Type) throws -> Int8 { try fit(source.reader.signedNumber()) }
  func decode(_ type: Int16.Type) throws -> Int16 { try fit(source.reader.signedNumber()) }
  func decode(_ type: Int32.Type) throws -> Int32 { try fit(source.reader.signedNumber()) }
  func decode(_ type: Int64.Type) throws -> Int64 { try fit(source.reader.signedNumber()) }
  func decode(_ type: UInt.Type) throws -> UInt { try fit(source.reader.number()) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try fit(source.reader.number()) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try fit(source.reader.number()) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try fit(source.reader.number()) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try fit(source.reader.number()) }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try source.value(of: type) }

  private func fit<Number: BinaryInteger, Wanted: FixedWidthInteger>(_ number: Number) throws -> Wanted {
    guard let wanted = Wanted(exactly: number) else {
      throw SnapshotProblem("\(number) is no \(Wanted.self)")
    }
    return wanted
  }
}
