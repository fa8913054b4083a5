// The one JSON codec, for every message of the schema, by protobuf-c's descriptors.
//
// Mesos's conventions: fields by their names in the schema, enums by name, bytes in base64, 64-bit integers as
// numbers, maps as objects, doubles with a decimal point. An absent optional field with a default is written
// with it, unless the field is deprecated.

package import CMesosWire

/// Appends the message as JSON. Unknown fields have no name and are left out.
///
/// - Throws: ``WireError`` if the message nests deeper than `maximumDepth` levels; `bytes` then holds a part.
package func appendJSON(
  _ message: UnsafePointer<ProtobufCMessage>, to bytes: inout [UInt8],
  maximumDepth: Int = WireLimits.standard.maximumDepth
) throws(WireError) {
  var writer = JSONWriter(bytes: bytes, maximumDepth: maximumDepth)
  // The array has one owner at a time, so that appending does not copy it.
  bytes = []
  defer { bytes = writer.bytes }
  try writer.write(UnsafeRawPointer(message), message.pointee.descriptor, depth: 0)
}

/// Reads JSON as a message into `arena`. What ``unpack(_:from:in:limits:)`` promises holds for it too.
///
/// Fields that the schema does not know are skipped. A number or boolean may be written as a string, and a list
/// of one as its element, as Mesos allows. A null is an absent field; of two fields with one name the last
/// counts.
///
/// Call it within ``WireArena/scope(_:)``; the message lives until that ends.
package func unpackJSON(
  _ descriptor: MessageDescriptor, from bytes: UnsafeRawBufferPointer, in arena: WireArena,
  limits: WireLimits = .standard
) throws(WireError) -> UnsafeMutablePointer<ProtobufCMessage> {
  var reader = JSONReader(descriptor, bytes, arena: arena, limits: limits)
  guard bytes.count <= limits.maximumBytes else {
    throw reader.error(.tooLong(bytes: bytes.count, limit: limits.maximumBytes), at: nil)
  }
  return try arena.bounded(to: limits.maximumArenaBytes) { () throws(WireError) in
    try reader.readDocument()
  }
}

/// ``withUnpacked(_:as:from:in:limits:_:)`` for JSON.
package func withJSON<Message, Value>(
  _ descriptor: MessageDescriptor, as type: Message.Type, from bytes: UnsafeRawBufferPointer,
  in arena: WireArena, limits: WireLimits = .standard,
  _ body: (UnsafePointer<Message>) throws(WireError) -> Value
) throws(WireError) -> Value {
  try arena.scope { () throws(WireError) -> Value in
    let message = try unpackJSON(descriptor, from: bytes, in: arena, limits: limits)
    return try body(UnsafeRawPointer(message).assumingMemoryBound(to: Message.self))
  }
}
