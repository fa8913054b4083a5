// Values to and from JSON.

import CMesosWire

extension WireConvertible {
  /// Reads a value that is written as JSON.
  package init(json bytes: [UInt8]) throws(WireError) {
    let arena = WireArena()
    let descriptor = Self.descriptor
    let context = DecodingContext(arena: arena)
    self = try bytes.withUnsafeBufferPointer { bytes throws(WireError) in
      try withJSON(descriptor, as: CMessage.self, from: UnsafeRawBufferPointer(bytes), in: arena) {
        wire throws(WireError) in
        try Self(decoding: wire, context)
      }
    }
  }

  /// The value as JSON.
  ///
  /// - Throws: ``WireError`` if the value nests too deep.
  package func json() throws(WireError) -> [UInt8] {
    var encoder = MessageEncoder()
    var bytes: [UInt8] = []
    try encoder.withMessage(of: self) { message throws(WireError) in try appendJSON(message, to: &bytes) }
    return bytes
  }
}
