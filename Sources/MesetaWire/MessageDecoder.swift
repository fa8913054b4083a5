// From bytes to a message: checked, unpacked into an arena, and made a model value.

import CMesosWire
import MesetaModel
public import MesetaProtocol

/// Turns protobuf bytes from outside into messages. It keeps its memory for the next message; each user has one of
/// its own.
public struct MessageDecoder {
  private let arena: WireArena
  private let context: DecodingContext
  private let limits: WireLimits

  public init(limits: WireLimits = .standard) {
    self.limits = limits
    arena = WireArena(maximumBytes: limits.maximumArenaBytes)
    context = DecodingContext(arena: arena)
  }

  /// Reads an envelope.
  ///
  /// - Throws: an error that says which field is wrong and how. ``WireError/callError`` is what to answer, and
  ///   ``request(of:)`` finds the call that it is the answer to.
  public mutating func decode(_ bytes: UnsafeRawBufferPointer) throws(WireError) -> Message {
    try decodeValue(from: bytes)
  }

  /// Reads an envelope.
  public mutating func decode(_ bytes: [UInt8]) throws(WireError) -> Message {
    try decodeValue(from: bytes)
  }

  /// Reads a value's message.
  package mutating func decodeValue<Value: WireConvertible>(
    _ type: Value.Type = Value.self, from bytes: UnsafeRawBufferPointer
  ) throws(WireError) -> Value {
    defer { context.end() }
    return try withUnpacked(Value.descriptor, as: Value.CMessage.self, from: bytes, in: arena, limits: limits)
    {
      wire throws(WireError) in
      try Value(decoding: wire, context)
    }
  }

  package mutating func decodeValue<Value: WireConvertible>(
    _ type: Value.Type = Value.self, from bytes: [UInt8]
  ) throws(WireError) -> Value {
    try bytes.withUnsafeBufferPointer { bytes throws(WireError) in
      try decodeValue(Value.self, from: UnsafeRawBufferPointer(bytes))
    }
  }

  /// The request number of an envelope that could not be decoded, as far as the bytes tell; 0 if they do not.
  public static func request(of bytes: UnsafeRawBufferPointer) -> UInt64 {
    // Our encoder writes it first; ten bytes hold any number, one its tag.
    var reader = RawReader(Array(bytes.prefix(11))[...])
    guard let (number, type) = reader.tag(), number == 1, type == 0 else { return 0 }
    return reader.varint() ?? 0
  }
}

extension WireError {
  /// What to tell the caller whose call this is: in Mesos's words where a client may know them.
  public var callError: CallError {
    switch reason {
    case .notPresent: CallError(.badRequest, "Expecting '\(path)' to be present")
    default: CallError(.badRequest, description)
    }
  }
}
