// JSON that has no message in the schema: what Mesos's older endpoints answer.

import CMesosWire
package import MesetaModel

/// Writes JSON value by value, and hands it on in pieces, so that a large document never is in one place.
///
/// Values that have a message in the schema are written by it. Names of the same object are written in the order they come.
package struct JSONBuilder {
  private var writer = JSONWriter(bytes: [], maximumDepth: WireLimits.standard.maximumDepth)
  private var encoder = MessageEncoder(resourceFormat: .both)
  /// The last byte that was written, also of pieces that were handed on.
  private var last: UInt8 = 0
  private let pieceBytes: Int
  private let pass: ([UInt8]) -> Void

  /// - Parameters:
  ///   - pieceBytes: A piece has so many bytes, or a little more.
  ///   - pass: Takes each piece.
  package init(pieceBytes: Int = 64 << 10, _ pass: @escaping ([UInt8]) -> Void) {
    self.pieceBytes = pieceBytes
    self.pass = pass
    writer.bytes.reserveCapacity(pieceBytes + pieceBytes / 8)
  }

  /// The whole of a small document.
  package static func document(
    _ body: (inout JSONBuilder) throws(WireError) -> Void
  ) throws(WireError) -> [UInt8] {
    var builder = JSONBuilder(pieceBytes: .max, reserving: 256)
    try body(&builder)
    return builder.writer.bytes
  }

  private init(pieceBytes: Int, reserving count: Int) {
    self.pieceBytes = pieceBytes
    pass = { _ in }
    writer.bytes.reserveCapacity(count)
  }

  /// Hands on what is left.
  package mutating func finish() {
    if !writer.bytes.isEmpty { passOn() }
  }

  private mutating func passOn() {
    pass(writer.bytes)
    writer.bytes = []
    writer.bytes.reserveCapacity(pieceBytes + pieceBytes / 8)
  }

  /// A message that Meseta carries without looking into it.
  package enum Carried: Sendable {
    case container, discovery, healthCheck

    fileprivate var descriptor: MessageDescriptor {
      switch self {
      case .container: mesos__v1__container_info__descriptor_address()
      case .discovery: mesos__v1__discovery_info__descriptor_address()
      case .healthCheck: mesos__v1__health_check__descriptor_address()
      }
    }
  }

  // MARK: Structure

  package mutating func object(_ body: (inout JSONBuilder) throws(WireError) -> Void) throws(WireError) {
    begin(UInt8(ascii: "{"))
    try body(&self)
    end(UInt8(ascii: "}"))
  }

  package mutating func array(_ body: (inout JSONBuilder) throws(WireError) -> Void) throws(WireError) {
    begin(UInt8(ascii: "["))
    try body(&self)
    end(UInt8(ascii: "]"))
  }

  package mutating func object(
    _ name: StaticString, _ body: (inout JSONBuilder) throws(WireError) -> Void
  ) throws(WireError) {
    self.name(name)
    try object(body)
  }

  package mutating func array(
    _ name: StaticString, _ body: (inout JSONBuilder) throws(WireError) -> Void
  ) throws(WireError) {
    self.name(name)
    try array(body)
  }

  private mutating func begin(_ bracket: UInt8) {
    separate()
    writer.bytes.append(bracket)
    last = bracket
  }

  private mutating func end(_ bracket: UInt8) {
    writer.bytes.append(bracket)
    last = bracket
    if writer.bytes.count >= pieceBytes { passOn() }
  }

  /// A value follows on another.
  private mutating func separate() {
    switch last {
    case 0, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"): break
    default: writer.bytes.append(UInt8(ascii: ","))
    }
  }

  /// A value has been written.
  private mutating func wrote() { last = UInt8(ascii: "v") }

  /// The name of the value that comes next. It needs no escapes.
  package mutating func name(_ name: StaticString) {
    separate()
    writer.bytes.append(UInt8(ascii: "\""))
    writer.bytes.append(
      contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    writer.bytes.append(UInt8(ascii: "\""))
    colon()
  }

  package mutating func name(_ name: String) {
    separate()
    writer.writeText(name)
    colon()
  }

  private mutating func colon() {
    writer.bytes.append(UInt8(ascii: ":"))
    last = UInt8(ascii: ":")
  }

  // MARK: Values

  package mutating func value(_ text: String) {
    separate()
    writer.writeText(text)
    wrote()
  }

  package mutating func value(_ number: Double) {
    separate()
    JSONNumbers.append(number, to: &writer.bytes)
    wrote()
  }

  package mutating func value(_ number: Int) {
    separate()
    JSONNumbers.append(Int64(number), to: &writer.bytes)
    wrote()
  }

  package mutating func value(_ flag: Bool) {
    separate()
    writer.bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    wrote()
  }

  /// A value by its message.
  package mutating func value<Value: WireConvertible>(message value: Value) throws(WireError) {
    separate()
    var bytes = writer.bytes
    writer.bytes = []
    defer { writer.bytes = bytes }
    try encoder.withMessage(of: value) { message throws(WireError) in
      try appendJSON(message, to: &bytes)
    }
    wrote()
  }

  /// A message that was passed on as its bytes.
  package mutating func value(encoded message: EncodedMessage, as kind: Carried) throws(WireError) {
    separate()
    let descriptor = kind.descriptor
    let arena = WireArena()
    var bytes = writer.bytes
    writer.bytes = []
    defer { writer.bytes = bytes }
    try message.bytes.withUnsafeBufferPointer { encoded throws(WireError) in
      try arena.scope { () throws(WireError) in
        let message = try unpack(descriptor, from: UnsafeRawBufferPointer(encoded), in: arena)
        try appendJSON(message, to: &bytes)
      }
    }
    wrote()
  }

  // MARK: Fields

  package mutating func field(_ name: StaticString, _ text: String) {
    self.name(name)
    value(text)
  }

  package mutating func field(_ name: StaticString, _ number: Double) {
    self.name(name)
    value(number)
  }

  package mutating func field(_ name: StaticString, _ number: Int) {
    self.name(name)
    value(number)
  }

  package mutating func field(_ name: StaticString, _ flag: Bool) {
    self.name(name)
    value(flag)
  }

  package mutating func field<Value: WireConvertible>(
    _ name: StaticString, message: Value
  ) throws(WireError) {
    self.name(name)
    try value(message: message)
  }

  package mutating func field(
    _ name: StaticString, encoded message: EncodedMessage, as kind: Carried
  ) throws(WireError) {
    self.name(name)
    try value(encoded: message, as: kind)
  }
}
