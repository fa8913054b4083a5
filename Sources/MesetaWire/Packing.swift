// From a C message to bytes, straight into the caller's buffer.

package import CMesosWire

/// How many bytes the message takes. It is walked once; pack walks it again.
package func packedSize(_ message: UnsafePointer<ProtobufCMessage>) -> Int {
  protobuf_c_message_get_packed_size(message)
}

/// Writes the message at the start of `buffer`, which must have room for ``packedSize(_:)`` bytes, and returns
/// how many it wrote.
package func pack(
  _ message: UnsafePointer<ProtobufCMessage>, into buffer: UnsafeMutableRawBufferPointer
) -> Int {
  guard let start = buffer.baseAddress else { return 0 }
  return protobuf_c_message_pack(message, start.assumingMemoryBound(to: UInt8.self))
}

/// Appends the message's bytes; keeps the array's capacity for reuse.
package func pack(_ message: UnsafePointer<ProtobufCMessage>, appendingTo bytes: inout [UInt8]) {
  let size = packedSize(message)
  let start = bytes.count
  bytes.append(contentsOf: repeatElement(0, count: size))
  bytes.withUnsafeMutableBytes { buffer in
    _ = pack(message, into: UnsafeMutableRawBufferPointer(rebasing: buffer[start...]))
  }
}

/// Appends the message as a frame: its length, then its bytes.
package func packFrame(_ message: UnsafePointer<ProtobufCMessage>, appendingTo bytes: inout [UInt8]) {
  FrameHeader(length: UInt32(clamping: packedSize(message))).append(to: &bytes)
  pack(message, appendingTo: &bytes)
}
