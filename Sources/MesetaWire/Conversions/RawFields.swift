// Fields that pass through as bytes: those the schema does not know, and those the model does not look into.

import CMesosWire
import MesetaModel

/// Collects fields of one message as protobuf bytes.
struct RawFields {
  var bytes: [UInt8] = []

  private mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// What the message holds that its descriptor does not name.
  @inline(__always)
  mutating func appendUnknown<CMessage>(of wire: UnsafePointer<CMessage>) {
    let message = base(wire)
    if message.pointee.n_unknown_fields > 0 { appendAll(message) }
  }

  @inline(never)
  private mutating func appendAll(_ message: UnsafePointer<ProtobufCMessage>) {
    for index in 0..<Int(message.pointee.n_unknown_fields) {
      let field = message.pointee.unknown_fields[index]
      append(varint: UInt64(field.tag) << 3 | UInt64(field.wire_type.rawValue))
      bytes.append(contentsOf: UnsafeBufferPointer(start: field.data, count: field.len))
    }
  }

  /// A field that holds a message.
  mutating func append(_ number: UInt32, _ message: [UInt8]) {
    append(varint: UInt64(number) << 3 | UInt64(PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED.rawValue))
    append(varint: UInt64(message.count))
    bytes += message
  }

  @inline(__always)
  mutating func append<CMessage>(
    _ number: UInt32, _ message: UnsafeMutablePointer<CMessage>?, _ context: DecodingContext
  ) {
    if let message { append(number, context.packed(message)) }
  }
}

extension UnknownFields {
  @inline(__always)
  init(_ fields: RawFields) { self.init(fields.bytes) }

  /// The bytes of the first field of this number that holds a message, and the fields without it.
  func taking(_ number: UInt32) -> (field: [UInt8], rest: UnknownFields)? {
    var reader = RawReader(bytes[...])
    while let start = reader.position, let (found, type) = reader.tag() {
      if found == number, type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED.rawValue {
        guard let field = reader.delimited(), let end = reader.position else { return nil }
        return (Array(field), UnknownFields(Array(bytes[..<start]) + bytes[end...]))
      }
      guard reader.skip(type) else { return nil }
    }
    return nil
  }
}

/// Walks the fields of one message without a descriptor. Nil and false: the bytes are no message.
struct RawReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.rest = bytes }

  /// Where the next field starts; nil at the end.
  var position: Int? { rest.startIndex }

  mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }

  mutating func tag() -> (number: UInt32, type: UInt32)? {
    guard let key = varint(), key >> 3 > 0, let key = UInt32(exactly: key) else { return nil }
    return (key >> 3, key & 7)
  }

  mutating func delimited() -> ArraySlice<UInt8>? {
    guard let length = varint(), length <= UInt64(rest.count) else { return nil }
    let field = rest.prefix(Int(length))
    rest = rest.dropFirst(Int(length))
    return field
  }

  mutating func skip(_ type: UInt32) -> Bool {
    switch type {
    case 0: return varint() != nil
    case 1: return skip(bytes: 8)
    case 2: return delimited() != nil
    case 5: return skip(bytes: 4)
    default: return false
    }
  }

  private mutating func skip(bytes count: Int) -> Bool {
    guard rest.count >= count else { return false }
    rest = rest.dropFirst(count)
    return true
  }

  /// The bytes not read yet.
  var remaining: ArraySlice<UInt8> { rest }
}

extension EncodingContext {
  /// Adds a field that holds a message, given as bytes, behind the message's own fields.
  func append<CMessage>(
    _ number: UInt32, _ message: EncodedMessage?, to wire: UnsafeMutablePointer<CMessage>
  ) {
    guard let message else { return }
    var field = RawFields()
    field.append(number, message.bytes)
    append(field.bytes, to: wire)
  }

  @inline(__always)
  func append<CMessage>(_ fields: UnknownFields, to wire: UnsafeMutablePointer<CMessage>) {
    if !fields.isEmpty { append(fields.bytes, to: wire) }
  }

  /// Adds encoded fields behind the message's own.
  ///
  /// protobuf-c writes an unknown field as its tag and then the given bytes, so that the first field's tag is taken
  /// off and all that follows goes as its bytes. Bytes that do not begin with a tag are left out.
  func append<CMessage>(_ fields: [UInt8], to wire: UnsafeMutablePointer<CMessage>) {
    var reader = RawReader(fields[...])
    guard let (number, type) = reader.tag() else { return }
    let message = mutableBase(wire)
    let count = Int(message.pointee.n_unknown_fields)
    let list = allocate(ProtobufCMessageUnknownField.self, count + 1)
    for index in 0..<count { list[index] = message.pointee.unknown_fields[index] }
    let value = data(Array(reader.remaining))
    list[count] = ProtobufCMessageUnknownField(
      tag: number, wire_type: ProtobufCWireType(rawValue: type), len: value.len, data: value.data)
    message.pointee.unknown_fields = list
    message.pointee.n_unknown_fields = UInt32(count + 1)
  }
}
