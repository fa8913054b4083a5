// executor.Event.

package import CMesosWire
import MesetaModel
package import MesetaProtocol

extension ExecutorEvent: WireConvertible {
  package typealias CMessage = Mesos__V1__Executor__Event
  package static var descriptor: MessageDescriptor { mesos__v1__executor__event__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard wire.pointee.has_type != 0 else { throw Self.notPresent("type") }
    switch wire.pointee.type {
    case MESOS__V1__EXECUTOR__EVENT__TYPE__SUBSCRIBED:
      let event = try Self.present(wire.pointee.subscribed, "subscribed")
      self = .subscribed(
        try context.required(event.pointee.executor_info, Self.self, "subscribed.executor_info"),
        try context.required(event.pointee.framework_info, Self.self, "subscribed.framework_info"),
        try context.required(event.pointee.agent_info, Self.self, "subscribed.agent_info"),
        containerID: try context.message(event.pointee.container_id))
    case MESOS__V1__EXECUTOR__EVENT__TYPE__LAUNCH:
      let event = try Self.present(wire.pointee.launch, "launch")
      self = .launch(try context.required(event.pointee.task, Self.self, "launch.task"))
    case MESOS__V1__EXECUTOR__EVENT__TYPE__LAUNCH_GROUP:
      let group = try Self.present(wire.pointee.launch_group, "launch_group").pointee.task_group
      self = .launchGroup(try context.messages(group?.pointee.n_tasks ?? 0, group?.pointee.tasks))
    case MESOS__V1__EXECUTOR__EVENT__TYPE__KILL:
      let event = try Self.present(wire.pointee.kill, "kill")
      self = .kill(
        try context.required(event.pointee.task_id, Self.self, "kill.task_id"),
        gracePeriod: context.gracePeriod(event.pointee.kill_policy))
    case MESOS__V1__EXECUTOR__EVENT__TYPE__ACKNOWLEDGED:
      let event = try Self.present(wire.pointee.acknowledged, "acknowledged")
      guard let uuid = context.uuid(event.pointee.uuid) else {
        throw Self.invalid("acknowledged.uuid", "is not a valid UUID: it does not have 16 bytes")
      }
      self = .acknowledged(
        try context.required(event.pointee.task_id, Self.self, "acknowledged.task_id"), uuid)
    case MESOS__V1__EXECUTOR__EVENT__TYPE__MESSAGE:
      self = .message(context.data(try Self.present(wire.pointee.message, "message").pointee.data))
    case MESOS__V1__EXECUTOR__EVENT__TYPE__ERROR:
      self = .error(context.text(try Self.present(wire.pointee.error, "error").pointee.message))
    case MESOS__V1__EXECUTOR__EVENT__TYPE__SHUTDOWN: self = .shutdown
    case MESOS__V1__EXECUTOR__EVENT__TYPE__HEARTBEAT: self = .heartbeat
    default: self = .unknown(type: Int32(bitPattern: wire.pointee.type.rawValue))
    }
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.has_type = 1
    switch self {
    case .subscribed(let executor, let framework, let agent, let containerID):
      let message = context.make(
        Mesos__V1__Executor__Event__Subscribed.self,
        mesos__v1__executor__event__subscribed__descriptor_address())
      message.pointee.executor_info = context.message(executor)
      message.pointee.framework_info = context.message(framework)
      message.pointee.agent_info = context.message(agent)
      message.pointee.container_id = context.message(containerID)
      wire.pointee.type = MESOS__V1__EXECUTOR__EVENT__TYPE__SUBSCRIBED
      wire.pointee.subscribed = message
    case .launch(let task):
      let message = context.make(
        Mesos__V1__Executor__Event__Launch.self, mesos__v1__executor__event__launch__descriptor_address())
      message.pointee.task = context.message(task)
      wire.pointee.type = MESOS__V1__EXECUTOR__EVENT__TYPE__LAUNCH
      wire.pointee.launch = message
    case .launchGroup(let tasks):
      let message = context.make(
        Mesos__V1__Executor__Event__LaunchGroup.self,
        mesos__v1__executor__event__launch_group__descriptor_address())
      message.pointee.task_group = context.taskGroup(tasks)
      wire.pointee.type = MESOS__V1__EXECUTOR__EVENT__TYPE__LAUNCH_GROUP
      wire.pointee.launch_group = message
    case .kill(let id, let gracePeriod):
      let message = context.make(
        Mesos__V1__Executor__Event__Kill.self, mesos__v1__executor__event__kill__descriptor_address())
      message.pointee.task_id = context.message(id)
      message.pointee.kill_policy = context.killPolicy(gracePeriod)
      wire.pointee.type = MESOS__V1__EXECUTOR__EVENT__TYPE__KILL
      wire.pointee.kill = message
    case .acknowledged(let id, let uuid):
      let message = context.make(
        Mesos__V1__Executor__Event__Acknowledged.self,
        mesos__v1__executor__event__acknowledged__descriptor_address())
      message.pointee.task_id = context.message(id)
      message.pointee.uuid = context.uuid(uuid)
      wire.pointee.type = MESOS__V1__EXECUTOR__EVENT__TYPE__ACKNOWLEDGED
      wire.pointee.acknowledged = message
    case .message(let data):
      let message = context.make(
        Mesos__V1__Executor__Event__Message.self, mesos__v1__executor__event__message__descriptor_address())
      message.pointee.data = context.data(data)
      wire.pointee.type = MESOS__V1__EXECUTOR__EVENT__TYPE__MESSAGE
      wire.pointee.message = message
    case .error(let text):
      let message = context.make(
        Mesos__V1__Executor__Event__Error.self, mesos__v1__executor__event__error__descriptor_address())
      message.pointee.message = context.text(text)
      wire.pointee.type = MESOS__V1__EXECUTOR__EVENT__TYPE__ERROR
      wire.pointee.error = message
    case .shutdown: wire.pointee.type = MESOS__V1__EXECUTOR__EVENT__TYPE__SHUTDOWN
    case .heartbeat: wire.pointee.type = MESOS__V1__EXECUTOR__EVENT__TYPE__HEARTBEAT
    case .unknown(let type): wire.pointee.type = .init(rawValue: UInt32(bitPattern: type))
    }
  }
}
