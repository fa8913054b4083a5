// executor.Call.

package import CMesosWire
import MesetaModel
package import MesetaProtocol

extension ExecutorCall: WireConvertible {
  package typealias CMessage = Mesos__V1__Executor__Call
  package static var descriptor: MessageDescriptor { mesos__v1__executor__call__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard wire.pointee.has_type != 0 else { throw Self.notPresent("type") }
    self.init(
      frameworkID: try context.required(wire.pointee.framework_id, Self.self, "framework_id"),
      executorID: try context.required(wire.pointee.executor_id, Self.self, "executor_id"),
      try Self.kind(wire, context))
  }

  private static func kind(_ wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError)
    -> Kind
  {
    switch wire.pointee.type {
    case MESOS__V1__EXECUTOR__CALL__TYPE__SUBSCRIBE:
      let subscribe = try present(wire.pointee.subscribe, "subscribe")
      var updates: [TaskStatus] = []
      for index in 0..<subscribe.pointee.n_unacknowledged_updates {
        guard let update = subscribe.pointee.unacknowledged_updates?[index] else { continue }
        updates.append(
          try context.required(update.pointee.status, Self.self, "subscribe.unacknowledged_updates.status"))
      }
      return .subscribe(
        unacknowledgedTasks: try context.messages(
          subscribe.pointee.n_unacknowledged_tasks, subscribe.pointee.unacknowledged_tasks),
        unacknowledgedUpdates: updates)
    case MESOS__V1__EXECUTOR__CALL__TYPE__UPDATE:
      let update = try present(wire.pointee.update, "update")
      return .update(try context.required(update.pointee.status, Self.self, "update.status"))
    case MESOS__V1__EXECUTOR__CALL__TYPE__MESSAGE:
      return .message(context.data(try present(wire.pointee.message, "message").pointee.data))
    case MESOS__V1__EXECUTOR__CALL__TYPE__HEARTBEAT: return .heartbeat
    default: return .unknown(type: Int32(bitPattern: wire.pointee.type.rawValue))
    }
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.framework_id = context.message(frameworkID)
    wire.pointee.executor_id = context.message(executorID)
    wire.pointee.has_type = 1
    switch kind {
    case .subscribe(let tasks, let updates):
      let message = context.make(
        Mesos__V1__Executor__Call__Subscribe.self, mesos__v1__executor__call__subscribe__descriptor_address())
      message.pointee.n_unacknowledged_tasks = tasks.count
      message.pointee.unacknowledged_tasks = context.messages(tasks)
      let list = context.allocate(
        UnsafeMutablePointer<Mesos__V1__Executor__Call__Update>?.self, updates.count)
      for (index, status) in updates.enumerated() { list[index] = Self.update(status, context) }
      message.pointee.n_unacknowledged_updates = updates.count
      message.pointee.unacknowledged_updates = list
      wire.pointee.type = MESOS__V1__EXECUTOR__CALL__TYPE__SUBSCRIBE
      wire.pointee.subscribe = message
    case .update(let status):
      wire.pointee.type = MESOS__V1__EXECUTOR__CALL__TYPE__UPDATE
      wire.pointee.update = Self.update(status, context)
    case .message(let data):
      let message = context.make(
        Mesos__V1__Executor__Call__Message.self, mesos__v1__executor__call__message__descriptor_address())
      message.pointee.data = context.data(data)
      wire.pointee.type = MESOS__V1__EXECUTOR__CALL__TYPE__MESSAGE
      wire.pointee.message = message
    case .heartbeat: wire.pointee.type = MESOS__V1__EXECUTOR__CALL__TYPE__HEARTBEAT
    case .unknown(let type): wire.pointee.type = .init(rawValue: UInt32(bitPattern: type))
    }
  }

  private static func update(
    _ status: TaskStatus, _ context: EncodingContext
  ) -> UnsafeMutablePointer<Mesos__V1__Executor__Call__Update> {
    let message = context.make(
      Mesos__V1__Executor__Call__Update.self, mesos__v1__executor__call__update__descriptor_address())
    message.pointee.status = context.message(status)
    return message
  }
}
