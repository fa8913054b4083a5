// Operations between master and agent.

package import CMesosWire
import MesetaModel
package import MesetaProtocol

extension WireConvertible {
  /// A UUID that has to be there, as its sixteen bytes.
  static func uuid(
    _ wire: ProtobufCBinaryData, _ path: String, _ context: DecodingContext
  ) throws(WireError) -> UUID {
    guard let uuid = context.uuid(wire) else { throw invalid(path, "does not have the 16 bytes of a UUID") }
    return uuid
  }
}

extension OperationUpdate: WireConvertible {
  package typealias CMessage = Meseta__V1__UpdateOperationStatus
  package static var descriptor: MessageDescriptor {
    meseta__v1__update_operation_status__descriptor_address()
  }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      try Self.uuid(wire.pointee.operation_uuid, "operation_uuid", context),
      frameworkID: try context.message(wire.pointee.framework_id),
      try context.required(wire.pointee.status, Self.self, "status"))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.operation_uuid = context.uuid(operationUUID)
    wire.pointee.framework_id = context.message(frameworkID)
    wire.pointee.status = context.message(status)
  }
}

extension ApplyOperation: WireConvertible {
  package typealias CMessage = Meseta__V1__ApplyOperation
  package static var descriptor: MessageDescriptor { meseta__v1__apply_operation__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      try Self.uuid(wire.pointee.operation_uuid, "operation_uuid", context),
      frameworkID: try context.message(wire.pointee.framework_id),
      try context.required(wire.pointee.operation, Self.self, "operation"),
      resourceVersion: try Self.uuid(wire.pointee.resource_version, "resource_version", context))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.operation_uuid = context.uuid(uuid)
    wire.pointee.framework_id = context.message(frameworkID)
    wire.pointee.operation = context.message(operation)
    wire.pointee.resource_version = context.uuid(resourceVersion)
  }
}

extension OperationRecord: WireConvertible {
  package typealias CMessage = Mesos__V1__Operation
  package static var descriptor: MessageDescriptor { mesos__v1__operation__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard let uuid = wire.pointee.uuid else { throw Self.missing("uuid") }
    self.init(
      try Self.uuid(uuid.pointee.value, "uuid.value", context),
      frameworkID: try context.message(wire.pointee.framework_id),
      agentID: try context.message(wire.pointee.agent_id),
      try context.required(wire.pointee.info, Self.self, "info"),
      status: try context.required(wire.pointee.latest_status, Self.self, "latest_status"))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.framework_id = context.message(frameworkID)
    wire.pointee.agent_id = context.message(agentID)
    wire.pointee.info = context.message(operation)
    wire.pointee.latest_status = context.message(status)
    wire.pointee.uuid = context.uuidMessage(uuid)
  }
}

extension EncodingContext {
  func uuidMessage(_ uuid: UUID) -> UnsafeMutablePointer<Mesos__V1__UUID> {
    let message = make(Mesos__V1__UUID.self, mesos__v1__uuid__descriptor_address())
    message.pointee.value = self.uuid(uuid)
    return message
  }

  func uuids(_ uuids: [UUID]) -> UnsafeMutablePointer<ProtobufCBinaryData>? {
    if uuids.isEmpty { return nil }
    let list = allocate(ProtobufCBinaryData.self, uuids.count)
    for (index, uuid) in uuids.enumerated() { list[index] = self.uuid(uuid) }
    return list
  }
}

extension DecodingContext {
  /// Nil if one of them does not have sixteen bytes.
  func uuids(_ count: Int, _ list: UnsafeMutablePointer<ProtobufCBinaryData>?) -> [UUID]? {
    guard let list else { return [] }
    var uuids: [UUID] = []
    for index in 0..<count {
      guard let uuid = uuid(list[index]) else { return nil }
      uuids.append(uuid)
    }
    return uuids
  }
}
