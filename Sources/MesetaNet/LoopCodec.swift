// The codec of an event loop: its memory is shared by all connections of the loop.

import MesetaProtocol
import MesetaWire
import NIOCore
import NIOPosix

/// Encodes and decodes for one thread.
final class LoopCodec {
  /// One for each set of limits that is in use on this thread; in practice one.
  private final class PerThread {
    var codecs: [LoopCodec] = []
  }

  // Each thread sees a value of its own: that is what it is for.
  private nonisolated(unsafe) static let ofThread = ThreadSpecificVariable<PerThread>()

  let limits: WireLimits
  var decoder: MessageDecoder
  var encoder = MessageEncoder()

  private init(limits: WireLimits) {
    self.limits = limits
    self.decoder = MessageDecoder(limits: limits)
  }

  /// The codec of the current thread. Not to be handed to another.
  static func current(_ limits: WireLimits) -> LoopCodec {
    let perThread: PerThread
    if let known = ofThread.currentValue {
      perThread = known
    } else {
      perThread = PerThread()
      ofThread.currentValue = perThread
    }
    if let codec = perThread.codecs.first(where: { $0.limits == limits }) { return codec }
    let codec = LoopCodec(limits: limits)
    perThread.codecs.append(codec)
    return codec
  }

  /// Appends a frame with the message; false if it is longer than a frame may be.
  func encode(_ message: Message, into buffer: inout ByteBuffer) -> Bool {
    let limit = limits.maximumBytes
    return encoder.withEncoded(message) { packed in
      guard packed.size <= limit else { return false }
      Self.write(packed, into: &buffer)
      return true
    }
  }

  /// Appends a frame with a part of the handshake.
  func encode<Value: WireConvertible>(_ value: Value, into buffer: inout ByteBuffer) {
    encoder.withEncodedValue(value) { packed in Self.write(packed, into: &buffer) }
  }

  private static func write(_ packed: PackedMessage, into buffer: inout ByteBuffer) {
    buffer.writeInteger(UInt32(packed.size))
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: packed.size) { packed.write(into: $0) }
  }
}
