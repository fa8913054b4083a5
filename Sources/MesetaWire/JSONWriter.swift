// Writes a C message as JSON into bytes.

import CMesosWire

typealias FieldDescriptor = UnsafePointer<ProtobufCFieldDescriptor>

struct JSONWriter {
  var bytes: [UInt8]
  let maximumDepth: Int

  mutating func write(
    _ message: UnsafeRawPointer, _ descriptor: MessageDescriptor, depth: Int
  ) throws(WireError) {
    guard depth <= maximumDepth else {
      throw WireError(
        message: String(cString: descriptor.pointee.name), path: "", reason: .tooDeep(limit: maximumDepth))
    }
    bytes.append(UInt8(ascii: "{"))
    var first = true
    let count = Int(descriptor.pointee.n_fields)
    if let fields = descriptor.pointee.fields {
      for field in fields..<fields + count {
        guard let place = FieldPlace(field, in: message) else { continue }
        if !first { bytes.append(UInt8(ascii: ",")) }
        first = false
        writeName(field.pointee.name)
        switch place {
        case .value(let value): try write(value, field, depth: depth)
        case .list(let start, let count) where field.isMap:
          try writeMap(start, count, field, depth: depth)
        case .list(let start, let count):
          try writeList(start, count, field, depth: depth)
        }
      }
    }
    bytes.append(UInt8(ascii: "}"))
  }

  private mutating func writeList(
    _ start: UnsafeRawPointer, _ count: Int, _ field: FieldDescriptor, depth: Int
  ) throws(WireError) {
    let stride = meseta_wire_element_size(field.pointee.type)
    bytes.append(UInt8(ascii: "["))
    var first = true
    for index in 0..<count {
      let element = start + index * stride
      // A number from a newer schema has no name here; protobuf's own libraries leave such elements out.
      if field.pointee.type == PROTOBUF_C_TYPE_ENUM, field.enumName(element) == nil { continue }
      if !first { bytes.append(UInt8(ascii: ",")) }
      first = false
      try write(element, field, depth: depth)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func writeMap(
    _ start: UnsafeRawPointer, _ count: Int, _ field: FieldDescriptor, depth: Int
  ) throws(WireError) {
    let entry = field.messageDescriptor
    guard let fields = entry.pointee.fields else { return }
    let (keyField, valueField) = (fields, fields + 1)
    // Of entries with the same key the last counts.
    var last: [String: Int] = [:]
    var keys: [String] = []
    for index in 0..<count {
      let key = mapKey(start.element(index), keyField)
      keys.append(key)
      last[key] = index
    }
    bytes.append(UInt8(ascii: "{"))
    var first = true
    for (index, key) in keys.enumerated() where last[key] == index {
      if !first { bytes.append(UInt8(ascii: ",")) }
      first = false
      writeString(key)
      bytes.append(UInt8(ascii: ":"))
      try write(start.element(index) + Int(valueField.pointee.offset), valueField, depth: depth + 1)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  /// The key of a map entry as the name in an object.
  private func mapKey(_ entry: UnsafeRawPointer, _ field: FieldDescriptor) -> String {
    let place = entry + Int(field.pointee.offset)
    switch field.pointee.type {
    case PROTOBUF_C_TYPE_STRING: return place.cString.map { String(cString: $0) } ?? ""
    case PROTOBUF_C_TYPE_BOOL: return place.load(as: protobuf_c_boolean.self) != 0 ? "true" : "false"
    default: return FieldValue(place, field.pointee.type).text
    }
  }

  /// One value, of a single field or an element.
  private mutating func write(
    _ place: UnsafeRawPointer, _ field: FieldDescriptor, depth: Int
  ) throws(WireError) {
    switch field.pointee.type {
    case PROTOBUF_C_TYPE_MESSAGE:
      if let message = place.load(as: UnsafeRawPointer?.self) {
        try write(message, field.messageDescriptor, depth: depth + 1)
      } else {
        bytes.append(UInt8(ascii: "{"))
        bytes.append(UInt8(ascii: "}"))
      }
    case PROTOBUF_C_TYPE_STRING:
      if let string = place.cString {
        writeString(string)
      } else {
        writeString("")
      }
    case PROTOBUF_C_TYPE_BYTES:
      let data = place.load(as: ProtobufCBinaryData.self)
      bytes.append(UInt8(ascii: "\""))
      Base64.append(
        UnsafeRawBufferPointer(start: data.data, count: data.data == nil ? 0 : data.len), to: &bytes)
      bytes.append(UInt8(ascii: "\""))
    case PROTOBUF_C_TYPE_ENUM:
      if let name = field.enumName(place) {
        writeString(name)
      } else {
        JSONNumbers.append(Int64(place.load(as: Int32.self)), to: &bytes)
      }
    case PROTOBUF_C_TYPE_BOOL:
      bytes.append(contentsOf: (place.load(as: protobuf_c_boolean.self) != 0 ? "true" : "false").utf8)
    default:
      switch FieldValue(place, field.pointee.type) {
      case .signed(let value): JSONNumbers.append(value, to: &bytes)
      case .unsigned(let value): JSONNumbers.append(value, to: &bytes)
      case .float(let value): JSONNumbers.append(value, to: &bytes)
      }
    }
  }

  /// A field's name needs no escapes.
  private mutating func writeName(_ name: UnsafePointer<CChar>) {
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: name.bytes)
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func writeString(_ string: String) {
    string.withCString { writeString($0) }
  }

  /// A text in quotes, whatever is in it.
  mutating func writeText(_ text: String) {
    var text = text
    text.withUTF8 { writeString(UnsafeRawBufferPointer($0)) }
  }

  private mutating func writeString(_ string: UnsafePointer<CChar>) {
    writeString(string.bytes)
  }

  private mutating func writeString(_ text: UnsafeRawBufferPointer) {
    bytes.append(UInt8(ascii: "\""))
    var start = 0
    for index in 0..<text.count {
      let byte = text[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
      bytes.append(contentsOf: text[start..<index])
      writeEscape(byte)
      start = index + 1
    }
    bytes.append(contentsOf: text[start...])
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func writeEscape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    case 0x20...: bytes.append(byte)
    default:
      bytes.append(contentsOf: "u00".utf8)
      let digits = StaticString("0123456789ABCDEF").utf8Start
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 15)])
    }
  }
}
