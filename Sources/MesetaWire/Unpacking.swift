// From bytes to a C message: the scan first, then libprotobuf-c.

package import CMesosWire

/// Checks `bytes`, unpacks them into `arena` and hands the C message to `body`, which makes a model value of it.
///
/// `Message` must be the struct that belongs to `descriptor`. Within `body` strings are valid UTF-8 without NUL,
/// required fields are there, and required enums have a known number; optional and repeated enums may hold any.
/// No pointer may leave `body`.
///
/// - Throws: a ``WireError`` that names the field and the byte, or what `body` throws.
package func withUnpacked<Message, Value>(
  _ descriptor: MessageDescriptor, as type: Message.Type, from bytes: UnsafeRawBufferPointer,
  in arena: WireArena, limits: WireLimits = .standard,
  _ body: (UnsafePointer<Message>) throws(WireError) -> Value
) throws(WireError) -> Value {
  try arena.scope { () throws(WireError) -> Value in
    let message = try unpack(descriptor, from: bytes, in: arena, limits: limits)
    return try body(UnsafeRawPointer(message).assumingMemoryBound(to: Message.self))
  }
}

/// ``withUnpacked(_:as:from:in:limits:_:)`` for code that goes by the descriptor alone.
///
/// Call it within ``WireArena/scope(_:)``; the message lives until that ends.
package func unpack(
  _ descriptor: MessageDescriptor, from bytes: UnsafeRawBufferPointer, in arena: WireArena,
  limits: WireLimits = .standard
) throws(WireError) -> UnsafeMutablePointer<ProtobufCMessage> {
  try scan(descriptor, bytes, limits: limits, arenaBytes: min(limits.maximumArenaBytes, arena.freeBytes))
  let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
  guard let message = protobuf_c_message_unpack(descriptor, arena.allocator, bytes.count, start) else {
    // The scan admits only what unpacks; what is left is that the machine has no memory.
    throw WireError(
      message: String(cString: descriptor.pointee.name), path: "",
      reason: .invalid("could not be unpacked: memory is short"))
  }
  return message
}

/// Refuses bytes that are not a message of this kind within the limits.
package func scan(
  _ descriptor: MessageDescriptor, _ bytes: UnsafeRawBufferPointer, limits: WireLimits = .standard,
  arenaBytes: Int? = nil
) throws(WireError) {
  guard bytes.count <= limits.maximumBytes else {
    throw WireError(
      message: String(cString: descriptor.pointee.name), path: "",
      reason: .tooLong(bytes: bytes.count, limit: limits.maximumBytes))
  }
  let bound = arenaBytes ?? limits.maximumArenaBytes
  var result = meseta_scan_result()
  let code = meseta_wire_scan(
    descriptor, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, limits.maximumDepth,
    bound, &result)
  guard code == MESETA_SCAN_OK else {
    throw WireError(descriptor, result, limits: limits, arenaBytes: bound)
  }
}

extension WireError {
  /// The scan's finding as an error.
  init(
    _ descriptor: MessageDescriptor, _ result: meseta_scan_result, limits: WireLimits, arenaBytes: Int
  ) {
    var names: [String] = []
    withUnsafePointer(to: result) { result in
      for index in 0..<result.pointee.path_length {
        if let field = meseta_scan_path_at(result, index) {
          names.append(String(cString: field.pointee.name))
        }
      }
    }
    if let field = result.field { names.append(String(cString: field.pointee.name)) }
    let reason: Reason =
      switch result.code {
      case MESETA_SCAN_TRUNCATED: .truncated
      case MESETA_SCAN_VARINT_TOO_LONG: .varintTooLong
      case MESETA_SCAN_BAD_FIELD_NUMBER: .badFieldNumber
      case MESETA_SCAN_LENGTH_TOO_LONG: .lengthTooLong
      case MESETA_SCAN_WRONG_WIRE_TYPE: .wrongWireType
      case MESETA_SCAN_GROUP: .group
      case MESETA_SCAN_BAD_PACKED: .badPacked
      case MESETA_SCAN_NOT_UTF8: .notUTF8
      case MESETA_SCAN_NUL_IN_STRING: .nulInString
      case MESETA_SCAN_UNKNOWN_ENUM_VALUE: .unknownEnumValue
      case MESETA_SCAN_MISSING_REQUIRED: .missingRequired
      case MESETA_SCAN_DUPLICATE_MESSAGE: .duplicateMessage
      case MESETA_SCAN_TOO_DEEP: .tooDeep(limit: limits.maximumDepth)
      default: .needsTooMuchMemory(limit: arenaBytes)
      }
    self.init(
      message: String(cString: descriptor.pointee.name), path: names.joined(separator: "."), reason: reason,
      offset: result.offset)
  }
}
