// TaskStatus.

package import CMesosWire
package import MesetaModel

extension TaskStatus: WireConvertible {
  package typealias CMessage = Mesos__V1__TaskStatus
  package static var descriptor: MessageDescriptor { mesos__v1__task_status__descriptor_address() }

  /// The number of the field `container_status`.
  private static let containerStatus: UInt32 = 13

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    var uuid: UUID?
    if wire.pointee.has_uuid != 0 {
      uuid = context.uuid(wire.pointee.uuid)
      if uuid == nil {
        throw Self.invalid("uuid", "has \(wire.pointee.uuid.len) bytes, not the 16 of a UUID")
      }
    }
    self.init(
      taskID: try context.required(wire.pointee.task_id, Self.self, "task_id"),
      state: try TaskState(decoding: wire.pointee.state, Self.self, "state"),
      source: wire.pointee.has_source == 0
        ? nil : Source(rawValue: Int32(bitPattern: wire.pointee.source.rawValue)),
      reason: wire.pointee.has_reason == 0
        ? nil : Reason(rawValue: Int32(bitPattern: wire.pointee.reason.rawValue)),
      message: context.optionalText(wire.pointee.message),
      agentID: try context.message(wire.pointee.agent_id),
      executorID: try context.message(wire.pointee.executor_id),
      timestamp: wire.pointee.has_timestamp == 0 ? nil : wire.pointee.timestamp,
      uuid: uuid,
      isHealthy: wire.pointee.has_healthy == 0 ? nil : wire.pointee.healthy != 0,
      data: wire.pointee.has_data == 0 ? nil : context.data(wire.pointee.data),
      labels: try context.labels(wire.pointee.labels),
      unreachableTime: wire.pointee.unreachable_time?.pointee.nanoseconds)
    var raw = RawFields()
    if let status = wire.pointee.container_status {
      containerID = try context.message(status.pointee.container_id)
      // The rest of it, if there is any, goes with the unknown fields.
      var others = status.pointee
      others.container_id = nil
      let rest = context.packed(&others)
      if !rest.isEmpty { raw.append(Self.containerStatus, rest) }
    }
    raw.append(15, wire.pointee.check_status, context)
    raw.append(16, wire.pointee.limitation, context)
    raw.appendUnknown(of: wire)
    unknownFields = UnknownFields(raw)
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.task_id = context.message(taskID)
    wire.pointee.state = .init(rawValue: UInt32(bitPattern: state.rawValue))
    if let source {
      wire.pointee.has_source = 1
      wire.pointee.source = .init(rawValue: UInt32(bitPattern: source.rawValue))
    }
    if let reason {
      wire.pointee.has_reason = 1
      wire.pointee.reason = .init(rawValue: UInt32(bitPattern: reason.rawValue))
    }
    wire.pointee.message = context.text(message)
    wire.pointee.agent_id = context.message(agentID)
    wire.pointee.executor_id = context.message(executorID)
    if let timestamp {
      wire.pointee.has_timestamp = 1
      wire.pointee.timestamp = timestamp
    }
    if let uuid {
      wire.pointee.has_uuid = 1
      wire.pointee.uuid = context.uuid(uuid)
    }
    if let isHealthy {
      wire.pointee.has_healthy = 1
      wire.pointee.healthy = isHealthy ? 1 : 0
    }
    if let data {
      wire.pointee.has_data = 1
      wire.pointee.data = context.data(data)
    }
    wire.pointee.labels = context.labels(labels)
    wire.pointee.unreachable_time = context.time(unreachableTime)
    encodeRest(into: wire, context)
  }

  /// The container's id and the fields that were passed on unread, which may hold the rest of the same message.
  private func encodeRest(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    guard let containerID else { return context.append(unknownFields, to: wire) }
    let status = context.make(
      Mesos__V1__ContainerStatus.self, mesos__v1__container_status__descriptor_address())
    status.pointee.container_id = context.message(containerID)
    wire.pointee.container_status = status
    if let (rest, others) = unknownFields.taking(Self.containerStatus) {
      context.append(rest, to: status)
      context.append(others, to: wire)
    } else {
      context.append(unknownFields, to: wire)
    }
  }
}

extension TaskState {
  /// A required state.
  @inline(__always)
  init<Owner: WireConvertible>(
    decoding state: Mesos__V1__TaskState, _ owner: Owner.Type, _ field: StaticString
  ) throws(WireError) {
    guard let state = TaskState(rawValue: Int32(bitPattern: state.rawValue)) else {
      throw WireError(message: Owner.messageName, path: "\(field)", reason: .unknownEnumValue)
    }
    self = state
  }
}
