// From a message to bytes: a C message is built in an arena, packed, and copied to where the caller wants it.

package import CMesosWire
import MesetaModel
public import MesetaProtocol

/// Turns messages into protobuf bytes. It keeps its memory for the next message; each user has one of its own.
///
/// A text with a NUL, which protobuf's C library cannot carry, goes with U+FFFD in its place.
public struct MessageEncoder {
  private let context: EncodingContext

  public init(resourceFormat: ResourceFormat = .reservations) {
    // What we made ourselves is bounded by the machine alone.
    context = EncodingContext(arena: WireArena(maximumBytes: Int.max), format: resourceFormat)
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
    context.withMessage(of: value) { message in
      bytes.append(contentsOf: pack(message, in: context.arena))
    }
  }

  package mutating func withEncodedValue<Value: WireConvertible, Result, Failure: Error>(
    _ value: Value, _ body: (PackedMessage) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try context.withMessage(of: value) { message throws(Failure) in
      try body(PackedMessage(bytes: pack(message, in: context.arena)))
    }
  }

  /// Builds the C message of a value, for codecs that go by descriptors (JSON).
  package mutating func withMessage<Value: WireConvertible, Result, Failure: Error>(
    of value: Value, _ body: (UnsafePointer<ProtobufCMessage>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try context.withMessage(of: value, body)
  }
}

/// A message that is ready to be written. Valid within the closure that it was handed to.
public struct PackedMessage {
  private let bytes: UnsafeRawBufferPointer

  init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// How many bytes the message takes.
  public var size: Int { bytes.count }

  /// Writes the message at the start of `buffer`, which must have room for ``size`` bytes; returns ``size``.
  public func write(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    precondition(buffer.count >= size, "a buffer of \(buffer.count) bytes for a message of \(size)")
    buffer.copyMemory(from: bytes)
    return size
  }
}
