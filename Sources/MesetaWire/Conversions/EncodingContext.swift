// What building one C message needs at hand: its arena, and makers for the kinds of fields.

import CMesosWire
import MesetaModel

/// How reservations are written (`mesos.proto` has fields of two generations).
public enum ResourceFormat: Hashable, Sendable {
  /// Only `reservations`: what Mesos calls post-reservation-refinement. For nodes of Meseta, and for frameworks
  /// with the capability RESERVATION_REFINEMENT.
  case reservations
  /// Only `role` and `reservation`, for frameworks without that capability: `role` is `*` for what is unreserved.
  /// A stack of several reservations has no such form and is written as `reservations`.
  case role
  /// Both: what Mesos's operator endpoints answer.
  case both
}

/// Builds C messages in an arena. What it makes lives until the arena's scope ends.
package final class EncodingContext {
  let arena: WireArena
  private let memory: UnsafeMutablePointer<meseta_arena>
  var format: ResourceFormat
  /// What was built for the message so far and is likely to be wanted again.
  var repeated = RepeatedMessages()

  package init(arena: WireArena, format: ResourceFormat) {
    self.arena = arena
    self.memory = arena.pointer
    self.format = format
  }

  /// Builds the C message of a value and hands it to `body`. It lives until that ends.
  func withMessage<Value: WireConvertible, Result, Failure: Error>(
    of value: Value, _ body: (UnsafePointer<ProtobufCMessage>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try arena.scope { () throws(Failure) -> Result in
      let wire = make(Value.CMessage.self, Value.descriptor)
      value.encode(into: wire, self)
      repeated = RepeatedMessages()
      return try body(base(wire))
    }
  }

  /// Memory for `count` values, uninitialised.
  @inline(__always)
  func allocate<Value>(_ type: Value.Type, _ count: Int) -> UnsafeMutablePointer<Value> {
    guard let memory = meseta_arena_alloc(memory, MemoryLayout<Value>.stride * count) else {
      outOfMemory()
    }
    return memory.assumingMemoryBound(to: Value.self)
  }

  /// A message with its defaults.
  @inline(__always)
  func make<CMessage>(_ type: CMessage.Type, _ descriptor: MessageDescriptor) -> UnsafeMutablePointer<
    CMessage
  > {
    guard let message = meseta_arena_new_message(memory, descriptor) else { outOfMemory() }
    return UnsafeMutableRawPointer(message).assumingMemoryBound(to: type)
  }

  @inline(__always)
  func message<Value: WireConvertible>(_ value: Value?) -> UnsafeMutablePointer<Value.CMessage>? {
    guard let value else { return nil }
    let wire = make(Value.CMessage.self, Value.descriptor)
    value.encode(into: wire, self)
    return wire
  }

  @inline(__always)
  func messages<Value: WireConvertible>(_ values: [Value]) -> MessageList<Value.CMessage>? {
    if values.isEmpty { return nil }
    let list = allocate(UnsafeMutablePointer<Value.CMessage>?.self, values.count)
    values.withUnsafeBufferPointer { values in
      for index in values.indices {
        let wire = make(Value.CMessage.self, Value.descriptor)
        values[index].encode(into: wire, self)
        list[index] = wire
      }
    }
    return list
  }

  /// The text, ended by a NUL. C cannot carry a NUL within: it becomes U+FFFD, so that it is seen, not cut off.
  @inline(__always)
  func text(_ string: String?) -> UnsafeMutablePointer<CChar>? {
    guard let string else { return nil }
    return withUTF8(of: string) { utf8 in
      meseta_arena_text(memory, utf8.baseAddress, utf8.count) ?? textWithoutNUL(utf8)
    }
  }

  /// The text of an offer's id, put together from its parts.
  func text(_ id: OfferID) -> UnsafeMutablePointer<CChar>? {
    guard let number = id.number else { return text(id.prefix) }
    let digits = 20
    return withUTF8(of: id.prefix) { prefix in
      let text = allocate(CChar.self, prefix.count + 2 + digits + 1)
      guard meseta_copy_plain_text(text, prefix.baseAddress, prefix.count) else { return self.text(id.value) }
      meseta_write_number(text + prefix.count, "-O", number)
      return text
    }
  }

  /// The bytes of a text, without a copy: texts are UTF-8 already.
  @inline(__always)
  private func withUTF8<Result>(of string: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    if let result = string.utf8.withContiguousStorageIfAvailable(body) { return result }
    var copy = string
    return copy.withUTF8(body)
  }

  @inline(never)
  private func textWithoutNUL(_ utf8: UnsafeBufferPointer<UInt8>) -> UnsafeMutablePointer<CChar> {
    let replaced = utf8.flatMap { $0 == 0 ? [0xEF, 0xBF, 0xBD] : [$0] }
    guard let text = meseta_arena_text(memory, replaced, replaced.count) else { outOfMemory() }
    return text
  }

  func texts(_ strings: [String]) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
    if strings.isEmpty { return nil }
    let list = allocate(UnsafeMutablePointer<CChar>?.self, strings.count)
    for index in strings.indices { list[index] = text(strings[index]) }
    return list
  }

  func data(_ bytes: [UInt8]) -> ProtobufCBinaryData {
    if bytes.isEmpty { return ProtobufCBinaryData(len: 0, data: nil) }
    let copy = allocate(UInt8.self, bytes.count)
    copy.initialize(from: bytes, count: bytes.count)
    return ProtobufCBinaryData(len: bytes.count, data: copy)
  }

  func uuid(_ uuid: MesetaModel.UUID) -> ProtobufCBinaryData {
    let copy = allocate(UInt8.self, 16)
    let words = UnsafeMutableRawPointer(copy)
    words.storeBytes(of: uuid.high.bigEndian, as: UInt64.self)
    words.storeBytes(of: uuid.low.bigEndian, toByteOffset: 8, as: UInt64.self)
    return ProtobufCBinaryData(len: 16, data: copy)
  }

  func duration(_ nanoseconds: Int64?) -> UnsafeMutablePointer<Mesos__V1__DurationInfo>? {
    guard let nanoseconds else { return nil }
    let wire = make(Mesos__V1__DurationInfo.self, mesos__v1__duration_info__descriptor_address())
    wire.pointee.nanoseconds = nanoseconds
    return wire
  }

  func time(_ nanoseconds: Int64?) -> UnsafeMutablePointer<Mesos__V1__TimeInfo>? {
    guard let nanoseconds else { return nil }
    let wire = make(Mesos__V1__TimeInfo.self, mesos__v1__time_info__descriptor_address())
    wire.pointee.nanoseconds = nanoseconds
    return wire
  }

  @inline(never)
  private func outOfMemory() -> Never {
    // tidy: an encoder's arena is bounded by nothing but the machine, and Swift's own allocations trap likewise.
    fatalError("out of memory while encoding a message")
  }
}
