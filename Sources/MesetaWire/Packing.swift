// From a C message to bytes.

package import CMesosWire

/// The message's bytes. They live in the arena until its scope ends.
package func pack(
  _ message: UnsafePointer<ProtobufCMessage>, in arena: WireArena
) -> UnsafeRawBufferPointer {
  var size = 0
  guard let start = meseta_wire_pack(message, arena.pointer, &size) else {
    // tidy: what is packed is no larger than what was read or made, and Swift's own allocations trap likewise.
    fatalError("out of memory while packing a message")
  }
  return UnsafeRawBufferPointer(start: start, count: size)
}

/// Appends the message as a frame: its length, then its bytes.
package func packFrame(
  _ message: UnsafePointer<ProtobufCMessage>, in arena: WireArena, appendingTo bytes: inout [UInt8]
) {
  let packed = pack(message, in: arena)
  FrameHeader(length: UInt32(clamping: packed.count)).append(to: &bytes)
  bytes.append(contentsOf: packed)
}
