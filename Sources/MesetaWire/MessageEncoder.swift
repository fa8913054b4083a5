// From a message to bytes: a C message is built in an arena and packed straight into the caller's buffer.

package import CMesosWire
import MesetaModel
public import MesetaProtocol

/// Turns messages into protobuf bytes. It keeps its memory for the next message; each user has one of its own.
///
/// A text with a NUL, which protobuf's C library cannot carry, goes with U+FFFD in its place.
public struct MessageEncoder {
  private let arena: WireArena
  private let context: EncodingContext

  public init(resourceFormat: ResourceFormat = .reservations) {
    // What we made ourselves is bounded by the machine alone.
    arena = WireArena(maximumBytes: Int.max)
    context = EncodingContext(arena: arena, format: resourceFormat)
  }

  /// How reservations are written.
  public var resourceFormat: ResourceFormat {
    get { context.format }
    nonmutating set { context.format = newValue }
  }

  /// Appends the message's envelope.
  public mutating func encode(_ message: Message, into bytes: inout [UInt8]) {
    encodeValue(message, into: &bytes)
  }

  /// Builds the message's envelope, hands it to `body`, which may ask for its size and write it into memory of its
  /// own choice, and takes the memory back.
  ///
  ///     let written = encoder.withEncoded(message) { packed in
  ///       buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: packed.size) { packed.write(into: $0) }
  ///     }
  public mutating func withEncoded<Result, Failure: Error>(
    _ message: Message, _ body: (PackedMessage) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withEncodedValue(message, body)
  }

  /// Appends the message of any value.
  package mutating func encodeValue<Value: WireConvertible>(_ value: Value, into bytes: inout [UInt8]) {
    arena.scope {
      let wire = context.make(Value.CMessage.self, Value.descriptor)
      value.encode(into: wire, context)
      pack(base(wire), appendingTo: &bytes)
    }
  }

  package mutating func withEncodedValue<Value: WireConvertible, Result, Failure: Error>(
    _ value: Value, _ body: (PackedMessage) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try arena.scope { () throws(Failure) -> Result in
      let wire = context.make(Value.CMessage.self, Value.descriptor)
      value.encode(into: wire, context)
      return try body(PackedMessage(base(wire)))
    }
  }

  /// Builds the C message of a value, for codecs that go by descriptors (JSON).
  package mutating func withMessage<Value: WireConvertible, Result, Failure: Error>(
    of value: Value, _ body: (UnsafePointer<ProtobufCMessage>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try arena.scope { () throws(Failure) -> Result in
      let wire = context.make(Value.CMessage.self, Value.descriptor)
      value.encode(into: wire, context)
      return try body(base(wire))
    }
  }
}

/// A message that is ready to be written. Valid within the closure that it was handed to.
public struct PackedMessage {
  private let message: UnsafePointer<ProtobufCMessage>
  /// How many bytes the message takes.
  public let size: Int

  init(_ message: UnsafePointer<ProtobufCMessage>) {
    self.message = message
    self.size = packedSize(message)
  }

  /// Writes the message at the start of `buffer`, which must have room for ``size`` bytes; returns ``size``.
  public func write(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    precondition(buffer.count >= size, "a buffer of \(buffer.count) bytes for a message of \(size)")
    return pack(message, into: buffer)
  }
}
