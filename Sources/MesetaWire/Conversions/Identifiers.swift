// The identifiers: messages that hold one text.

package import CMesosWire
package import MesetaModel

/// A C message whose only field is the text `value`.
package protocol ValueMessage {
  var value: UnsafeMutablePointer<CChar>! { get set }
}

extension Mesos__V1__FrameworkID: ValueMessage {}
extension Mesos__V1__AgentID: ValueMessage {}
extension Mesos__V1__TaskID: ValueMessage {}
extension Mesos__V1__ExecutorID: ValueMessage {}
extension Mesos__V1__OperationID: ValueMessage {}
extension Mesos__V1__ResourceProviderID: ValueMessage {}

extension WireConvertible where Self: TextIdentifier, CMessage: ValueMessage {
  @inline(__always)
  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(context.text(wire.pointee.value))
  }

  @inline(__always)
  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.value = context.text(value)
  }
}

extension WireConvertible where Self: DirectIdentifier, CMessage: ValueMessage {
  @inline(__always)
  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard let text = wire.pointee.value else {
      self.init("")
      return
    }
    let bytes = UnsafeRawBufferPointer(start: text, count: meseta_text_length(text))
    self.init(utf8: bytes.assumingMemoryBound(to: UInt8.self))
  }

  @inline(__always)
  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    let memory = context.allocate(UInt8.self, Self.largestWritten + 1)
    guard let count = write(to: memory) else {
      wire.pointee.value = context.text(value)
      return
    }
    memory[count] = 0
    wire.pointee.value = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: CChar.self)
  }
}

extension FrameworkID: WireConvertible {
  package typealias CMessage = Mesos__V1__FrameworkID
  package static var descriptor: MessageDescriptor { mesos__v1__framework_id__descriptor_address() }
}

extension AgentID: WireConvertible {
  package typealias CMessage = Mesos__V1__AgentID
  package static var descriptor: MessageDescriptor { mesos__v1__agent_id__descriptor_address() }
}

extension TaskID: WireConvertible {
  package typealias CMessage = Mesos__V1__TaskID
  package static var descriptor: MessageDescriptor { mesos__v1__task_id__descriptor_address() }
}

extension ExecutorID: WireConvertible {
  package typealias CMessage = Mesos__V1__ExecutorID
  package static var descriptor: MessageDescriptor { mesos__v1__executor_id__descriptor_address() }
}

extension OperationID: WireConvertible {
  package typealias CMessage = Mesos__V1__OperationID
  package static var descriptor: MessageDescriptor { mesos__v1__operation_id__descriptor_address() }
}

extension ResourceProviderID: WireConvertible {
  package typealias CMessage = Mesos__V1__ResourceProviderID
  package static var descriptor: MessageDescriptor { mesos__v1__resource_provider_id__descriptor_address() }
}

extension OfferID: WireConvertible {
  package typealias CMessage = Mesos__V1__OfferID
  package static var descriptor: MessageDescriptor { mesos__v1__offer_id__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self = context.offerID(wire.pointee.value)
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.value = context.text(self)
  }

  /// What ``init(_:)`` takes the text apart into if it ends in a number; nil otherwise.
  static func parts(of text: UnsafeRawBufferPointer) -> (prefix: UnsafeRawBufferPointer, number: UInt64)? {
    let digits = text.reversed().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
    let start = text.count - digits
    guard digits > 0, digits == 1 || text[start] != UInt8(ascii: "0"), start >= 2,
      text[start - 1] == UInt8(ascii: "O"), text[start - 2] == UInt8(ascii: "-")
    else { return nil }
    var number: UInt64 = 0
    for byte in text[start...] {
      let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, more) = tens.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
      if overflow || more { return nil }
      number = sum
    }
    return (UnsafeRawBufferPointer(rebasing: text[..<(start - 2)]), number)
  }
}

extension ContainerID: WireConvertible {
  package typealias CMessage = Mesos__V1__ContainerID
  package static var descriptor: MessageDescriptor { mesos__v1__container_id__descriptor_address() }

  /// How many containers deep an id may go. Less than the nesting that the scan admits, so that a message that
  /// carries an id on, and nests deeper, is not refused by the next node.
  static let maximumDepth = 32

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    var names: [String] = []
    var next: UnsafePointer<CMessage>? = wire
    while let level = next {
      guard names.count < Self.maximumDepth else {
        throw WireError(
          message: Self.messageName, path: "parent", reason: .tooDeep(limit: Self.maximumDepth))
      }
      names.append(context.text(level.pointee.value))
      next = UnsafePointer(level.pointee.parent)
    }
    self = .root(names.removeLast())
    while let name = names.popLast() { self = .nested(name, parent: self) }
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.value = context.text(value)
    wire.pointee.parent = context.message(parent)
  }
}
