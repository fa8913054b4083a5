// What decoding one message needs at hand: readers for the kinds of fields, and a bound on its work.

import CMesosWire
import MesetaModel

/// Reads the fields of C messages. One for a decoder, used for one message after the other.
package final class DecodingContext {
  /// How many comparisons the lists of resources of one message may take. Resources of one list are compared with
  /// each other, so that without a bound a message of some megabytes would take hours.
  static let maximumComparisons = 8_000_000
  private var comparisons = 0
  private let arena: WireArena
  /// What was made of the message so far and is likely to come again.
  var repeated = RepeatedValues()
  /// Gives plain resources without making and dropping traits for each.
  let plainResource = Resource("", .scalar(.zero))

  /// `arena` is where the messages are.
  package init(arena: WireArena) { self.arena = arena }

  /// To be called after each message, whose addresses mean something else in the next.
  func end() {
    comparisons = 0
    repeated = RepeatedValues()
  }

  /// Accounts for a list of `count` resources; false if the message has had its share.
  @inline(__always)
  func admits(resources count: Int) -> Bool {
    let (square, overflow) = count.multipliedReportingOverflow(by: count)
    let (sum, more) = comparisons.addingReportingOverflow(square / 2)
    guard !overflow, !more, sum <= Self.maximumComparisons else { return false }
    comparisons = sum
    return true
  }

  /// A text; empty where it is missing.
  @inline(__always)
  func text(_ pointer: UnsafePointer<CChar>?) -> String {
    guard let pointer else { return "" }
    return String(cString: pointer)
  }

  @inline(__always)
  func optionalText(_ pointer: UnsafeMutablePointer<CChar>?) -> String? {
    pointer == nil ? nil : text(pointer)
  }

  func texts(_ count: Int, _ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> [String] {
    guard let list, count > 0 else { return [] }
    return (0..<count).map { text(list[$0]) }
  }

  func data(_ wire: ProtobufCBinaryData) -> [UInt8] {
    [UInt8](UnsafeBufferPointer(start: wire.data, count: wire.data == nil ? 0 : wire.len))
  }

  /// Sixteen bytes, or nil.
  func uuid(_ wire: ProtobufCBinaryData) -> MesetaModel.UUID? {
    guard wire.len == 16, let bytes = wire.data else { return nil }
    let words = UnsafeRawPointer(bytes)
    return MesetaModel.UUID(
      high: UInt64(bigEndian: words.loadUnaligned(as: UInt64.self)),
      low: UInt64(bigEndian: words.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }

  @inline(__always)
  func message<Value: WireConvertible>(
    _ pointer: UnsafeMutablePointer<Value.CMessage>?, as type: Value.Type = Value.self
  ) throws(WireError) -> Value? {
    guard let pointer else { return nil }
    return try Value(decoding: pointer, self)
  }

  /// A message that has to be there; `owner` and `field` name it in the error.
  @inline(__always)
  func required<Value: WireConvertible, Owner: WireConvertible>(
    _ pointer: UnsafeMutablePointer<Value.CMessage>?, _ owner: Owner.Type, _ field: StaticString
  ) throws(WireError) -> Value {
    guard let pointer else { throw Owner.missing("\(field)") }
    return try Value(decoding: pointer, self)
  }

  @inline(__always)
  func messages<Value: WireConvertible>(
    _ count: Int, _ list: MessageList<Value.CMessage>?, as type: Value.Type = Value.self
  ) throws(WireError) -> [Value] {
    guard let list, count > 0 else { return [] }
    var values: [Value] = []
    values.reserveCapacity(count)
    for index in 0..<count {
      guard let pointer = list[index] else { continue }
      values.append(try Value(decoding: pointer, self))
    }
    return values
  }

  /// A message that is carried as its bytes.
  func encoded<CMessage>(_ pointer: UnsafeMutablePointer<CMessage>?) -> EncodedMessage? {
    guard let pointer else { return nil }
    return EncodedMessage(packed(pointer))
  }

  /// The message's bytes.
  func packed<CMessage>(_ message: UnsafePointer<CMessage>) -> [UInt8] {
    [UInt8](pack(base(message), in: arena))
  }
}
