// From bytes to a C message, checked on the way.

package import CMesosWire

/// Checks `bytes`, unpacks them into `arena` and hands the C message to `body`, which makes a model value of it.
///
/// `Message` must be the struct that belongs to `descriptor`. Within `body` strings are valid UTF-8 without NUL,
/// required fields are there, and required enums have a known number; optional and repeated enums may hold any.
/// Messages with the same bytes may be one and the same. No pointer may leave `body`.
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
) throws(WireError) -> UnsafePointer<ProtobufCMessage> {
  guard bytes.count <= limits.maximumBytes else {
    throw WireError(
      message: String(cString: descriptor.pointee.name), path: "",
      reason: .tooLong(bytes: bytes.count, limit: limits.maximumBytes))
  }
  return try arena.bounded(to: limits.maximumArenaBytes) {
    () throws(WireError) -> UnsafePointer<ProtobufCMessage> in
    var failure = meseta_unpack_failure()
    let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    guard
      let message = meseta_wire_unpack(
        descriptor, start, bytes.count, limits.maximumDepth, arena.pointer, &failure)
    else { throw WireError(descriptor, failure, limits: limits, arenaBytes: arena.maximumBytes) }
    return UnsafePointer(message)
  }
}

extension WireError {
  /// What the unpacking found as an error.
  init(
    _ descriptor: MessageDescriptor, _ failure: meseta_unpack_failure, limits: WireLimits, arenaBytes: Int
  ) {
    var names: [String] = []
    withUnsafePointer(to: failure) { failure in
      for index in 0..<failure.pointee.path_length {
        if let field = meseta_unpack_path_at(failure, index) {
          names.append(String(cString: field.pointee.name))
        }
      }
    }
    if let field = failure.field { names.append(String(cString: field.pointee.name)) }
    let reason: Reason =
      switch failure.code {
      case MESETA_UNPACK_TRUNCATED: .truncated
      case MESETA_UNPACK_VARINT_TOO_LONG: .varintTooLong
      case MESETA_UNPACK_BAD_FIELD_NUMBER: .badFieldNumber
      case MESETA_UNPACK_LENGTH_TOO_LONG: .lengthTooLong
      case MESETA_UNPACK_WRONG_WIRE_TYPE: .wrongWireType
      case MESETA_UNPACK_GROUP: .group
      case MESETA_UNPACK_BAD_PACKED: .badPacked
      case MESETA_UNPACK_NOT_UTF8: .notUTF8
      case MESETA_UNPACK_NUL_IN_STRING: .nulInString
      case MESETA_UNPACK_UNKNOWN_ENUM_VALUE: .unknownEnumValue
      case MESETA_UNPACK_MISSING_REQUIRED: .missingRequired
      case MESETA_UNPACK_DUPLICATE_MESSAGE: .duplicateMessage
      case MESETA_UNPACK_TOO_DEEP: .tooDeep(limit: limits.maximumDepth)
      default: .needsTooMuchMemory(limit: arenaBytes)
      }
    self.init(
      message: String(cString: descriptor.pointee.name), path: names.joined(separator: "."), reason: reason,
      offset: failure.offset)
  }
}
