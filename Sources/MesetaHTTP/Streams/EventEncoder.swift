// Events as records of a stream: the length in digits, a line's end, and the event.

import MesetaProtocol
import MesetaWire
import NIOCore
import NIOPosix

/// Encodes for one thread, so that its memory is shared by all streams of the thread.
final class EventEncoder {
  // Each thread sees a value of its own: that is what it is for.
  private nonisolated(unsafe) static let ofThread = ThreadSpecificVariable<EventEncoder>()

  private var encoder = MessageEncoder()
  private var json: [UInt8] = []

  /// The encoder of the current thread. Not to be handed to another.
  static var current: EventEncoder {
    if let known = ofThread.currentValue { return known }
    let new = EventEncoder()
    ofThread.currentValue = new
    return new
  }

  /// The record of an event; nil if Mesos's schema has no such event.
  ///
  /// - Throws: ``WireError`` if it nests deeper than JSON may.
  func record(
    _ message: Message, _ format: MessageFormat, _ resources: ResourceFormat
  ) throws(WireError) -> ByteBuffer? {
    switch message {
    case .schedulerEvent(.demandMet), .schedulerEvent(.demandFailed), .schedulerEvent(.unknown): return nil
    case .schedulerEvent(let event): return try record(of: event, format, resources)
    case .executorEvent(.unknown): return nil
    case .executorEvent(let event): return try record(of: event, format, resources)
    default: return nil
    }
  }

  func record(
    of event: some WireConvertible, _ format: MessageFormat, _ resources: ResourceFormat
  ) throws(WireError) -> ByteBuffer {
    encoder.resourceFormat = resources
    switch format {
    case .json:
      json.removeAll(keepingCapacity: json.capacity <= 1 << 20)
      try encoder.withMessage(of: event) { message throws(WireError) in try appendJSON(message, to: &json) }
      return Self.record(of: json.count) { $0.writeBytes(json) }
    case .protobuf:
      return encoder.withEncodedValue(event) { packed in
        Self.record(of: packed.size) { buffer in
          buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: packed.size) { packed.write(into: $0) }
        }
      }
    }
  }

  private static func record(of size: Int, _ write: (inout ByteBuffer) -> Void) -> ByteBuffer {
    var buffer = ByteBufferAllocator().buffer(capacity: size + 12)
    buffer.writeString("\(size)\n")
    write(&buffer)
    return buffer
  }
}
