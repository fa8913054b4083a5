// The values of fields: strings, bytes, numbers, booleans, enums; each checked before it is stored.

import CMesosWire

/// Something to point at where there is no text.
var emptyText: UnsafePointer<CChar> {
  UnsafeRawPointer(StaticString("").utf8Start).assumingMemoryBound(to: CChar.self)
}

extension FieldDescriptor {
  /// Whether absence is a null pointer rather than a flag.
  var isPointer: Bool {
    pointee.type == PROTOBUF_C_TYPE_STRING || pointee.type == PROTOBUF_C_TYPE_MESSAGE
  }
}

extension JSONReader {
  /// Reads one value and stores it at `place`. False if it is to count as absent: an enum value of a newer schema.
  mutating func readValue(
    _ field: FieldDescriptor, into place: UnsafeMutableRawPointer, depth: Int
  ) throws(WireError) -> Bool {
    let start = scanner.at
    switch field.pointee.type {
    case PROTOBUF_C_TYPE_MESSAGE:
      let message = try readMessage(field.messageDescriptor, depth: depth + 1)
      place.storeBytes(of: message, as: UnsafeMutablePointer<ProtobufCMessage>.self)
    case PROTOBUF_C_TYPE_STRING:
      let text = try readText()
      place.storeBytes(of: text.baseAddress, as: UnsafeMutableRawPointer?.self)
    case PROTOBUF_C_TYPE_BYTES:
      let text = try readText()
      guard let count = Base64.decode(text) else { throw error(.invalid("is not base64"), at: start) }
      let data = text.baseAddress?.assumingMemoryBound(to: UInt8.self)
      place.storeBytes(of: ProtobufCBinaryData(len: count, data: data), as: ProtobufCBinaryData.self)
    case PROTOBUF_C_TYPE_ENUM:
      return try readEnum(field, into: place)
    case PROTOBUF_C_TYPE_BOOL:
      let value: protobuf_c_boolean = try readBool() ? 1 : 0
      place.storeBytes(of: value, as: protobuf_c_boolean.self)
    default:
      try readNumber(field.pointee.type, into: place)
    }
    return true
  }

  private mutating func readEnum(
    _ field: FieldDescriptor, into place: UnsafeMutableRawPointer
  ) throws(WireError) -> Bool {
    guard scanner.peek() == UInt8(ascii: "\"") else {
      throw error(mismatch("a string, the name of an enum value"), at: scanner.at)
    }
    let start = scanner.at
    let name = try readName()
    var value: CInt = 0
    let isKnown = name.withMemoryRebound(to: CChar.self) {
      meseta_wire_enum_value_named(field.enumDescriptor, $0.baseAddress ?? emptyText, $0.count, &value)
    }
    guard isKnown else {
      if field.pointee.label == PROTOBUF_C_LABEL_REQUIRED { throw error(.unknownEnumValue, at: start) }
      return false
    }
    place.storeBytes(of: value, as: CInt.self)
    return true
  }

  private mutating func readBool() throws(WireError) -> Bool {
    let quoted = scanner.peek() == UInt8(ascii: "\"")
    let start = scanner.at
    if quoted { scanner.at += 1 }
    let value: Bool
    if scanner.take(word: "true") {
      value = true
    } else if scanner.take(word: "false") {
      value = false
    } else {
      throw error(mismatch("true or false"), at: start)
    }
    if quoted, !scanner.take("\"") { throw error(.invalid("is a string, not true or false"), at: start) }
    return value
  }

  private mutating func readNumber(
    _ type: ProtobufCType, into place: UnsafeMutableRawPointer
  ) throws(WireError) {
    let isFloat = type == PROTOBUF_C_TYPE_DOUBLE || type == PROTOBUF_C_TYPE_FLOAT
    let quoted = scanner.peek() == UInt8(ascii: "\"")
    let start = scanner.at
    if quoted { scanner.at += 1 }
    if quoted, isFloat, let special = takeSpecial() {
      store(special, type, into: place)
      return
    }
    guard let first = scanner.peek(), first == UInt8(ascii: "-") || (0x30...0x39).contains(first) else {
      scanner.at = start
      throw error(quoted ? .invalid("is a string, not a number") : mismatch("a number"), at: start)
    }
    let number: (text: UnsafeRawBufferPointer, whole: Bool)
    do { number = try scanner.number() } catch { throw self.error(error) }
    if quoted, !scanner.take("\"") { throw error(.invalid("is a string, not a number"), at: start) }
    let text = String(decoding: number.text, as: UTF8.self)
    if isFloat {
      guard let value = Double(text), value.isFinite else {
        throw error(.invalid("is \(text), too large for a double"), at: start)
      }
      store(value, type, into: place)
      return
    }
    // `5.0` and `1e3` are whole as well.
    guard storeInteger(text, number.whole ? nil : Double(text), type, into: place) else {
      let wanted = number.whole ? "out of" : "not a whole number within"
      throw error(.invalid("is \(text), \(wanted) the range of \(type.typeName)"), at: start)
    }
  }

  /// The names that JSON's numbers lack, with the closing quote.
  private mutating func takeSpecial() -> Double? {
    if scanner.take(word: "Infinity\"") { return .infinity }
    if scanner.take(word: "-Infinity\"") { return -.infinity }
    if scanner.take(word: "NaN\"") { return .nan }
    return nil
  }

  private func store(_ value: Double, _ type: ProtobufCType, into place: UnsafeMutableRawPointer) {
    if type == PROTOBUF_C_TYPE_FLOAT {
      place.storeBytes(of: Float(value), as: Float.self)
    } else {
      place.storeBytes(of: value, as: Double.self)
    }
  }

  private func storeInteger(
    _ text: String, _ double: Double?, _ type: ProtobufCType, into place: UnsafeMutableRawPointer
  ) -> Bool {
    func store<Integer: FixedWidthInteger & BitwiseCopyable>(_: Integer.Type) -> Bool {
      let value: Integer? =
        if let double { JSONNumbers.whole(double, as: Integer.self) } else { Integer(text) }
      guard let value else { return false }
      place.storeBytes(of: value, as: Integer.self)
      return true
    }
    switch type {
    case PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_SINT32, PROTOBUF_C_TYPE_SFIXED32: return store(Int32.self)
    case PROTOBUF_C_TYPE_UINT32, PROTOBUF_C_TYPE_FIXED32: return store(UInt32.self)
    case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_SINT64, PROTOBUF_C_TYPE_SFIXED64: return store(Int64.self)
    default: return store(UInt64.self)
    }
  }
}

extension ProtobufCType {
  /// The schema's name of an integer type.
  fileprivate var typeName: String {
    switch self {
    case PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_SINT32, PROTOBUF_C_TYPE_SFIXED32: "int32"
    case PROTOBUF_C_TYPE_UINT32, PROTOBUF_C_TYPE_FIXED32: "uint32"
    case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_SINT64, PROTOBUF_C_TYPE_SFIXED64: "int64"
    default: "uint64"
    }
  }
}
