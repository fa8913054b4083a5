// What an agent tells the master.

package import CMesosWire
import MesetaModel
package import MesetaProtocol

extension AgentMessage: WireConvertible {
  package typealias CMessage = Meseta__V1__AgentMessage
  package static var descriptor: MessageDescriptor { meseta__v1__agent_message__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    switch wire.pointee.message_case {
    case MESETA__V1__AGENT_MESSAGE__MESSAGE_REGISTER_AGENT:
      self = .register(try context.required(wire.pointee.register_agent, Self.self, "register_agent"))
    case MESETA__V1__AGENT_MESSAGE__MESSAGE_REREGISTER_AGENT:
      self = .reregister(try context.required(wire.pointee.reregister_agent, Self.self, "reregister_agent"))
    case MESETA__V1__AGENT_MESSAGE__MESSAGE_UNREGISTER_AGENT:
      let message = try Self.present(wire.pointee.unregister_agent, "unregister_agent")
      self = .unregister(
        try context.required(message.pointee.agent_id, Self.self, "unregister_agent.agent_id"))
    case MESETA__V1__AGENT_MESSAGE__MESSAGE_STATUS_UPDATE:
      self = .statusUpdate(try context.required(wire.pointee.status_update, Self.self, "status_update"))
    case MESETA__V1__AGENT_MESSAGE__MESSAGE_EXITED_EXECUTOR:
      let message = try Self.present(wire.pointee.exited_executor, "exited_executor")
      self = .exitedExecutor(
        try context.required(message.pointee.agent_id, Self.self, "exited_executor.agent_id"),
        try context.required(message.pointee.framework_id, Self.self, "exited_executor.framework_id"),
        try context.required(message.pointee.executor_id, Self.self, "exited_executor.executor_id"),
        status: message.pointee.status)
    case MESETA__V1__AGENT_MESSAGE__MESSAGE_EXECUTOR_MESSAGE:
      let message = try Self.present(wire.pointee.executor_message, "executor_message")
      self = .executorMessage(
        try context.required(message.pointee.agent_id, Self.self, "executor_message.agent_id"),
        try context.required(message.pointee.framework_id, Self.self, "executor_message.framework_id"),
        try context.required(message.pointee.executor_id, Self.self, "executor_message.executor_id"),
        data: context.data(message.pointee.data))
    case MESETA__V1__AGENT_MESSAGE__MESSAGE_PONG: self = .pong
    case MESETA__V1__AGENT_MESSAGE__MESSAGE_UPDATE_OPERATION_STATUS:
      self = .updateOperationStatus(
        try context.required(wire.pointee.update_operation_status, Self.self, "update_operation_status"))
    case MESETA__V1__AGENT_MESSAGE__MESSAGE_UPDATE_RESOURCES:
      let message = try Self.present(wire.pointee.update_resources, "update_resources")
      self = .updateResources(
        checkpointed: try context.resources(
          message.pointee.n_checkpointed_resources, message.pointee.checkpointed_resources),
        version: try Self.uuid(message.pointee.resource_version, "update_resources.resource_version", context)
      )
    case MESETA__V1__AGENT_MESSAGE__MESSAGE_UPDATE_OVERSUBSCRIBED:
      let message = try Self.present(wire.pointee.update_oversubscribed, "update_oversubscribed")
      self = .updateOversubscribed(
        try context.resources(message.pointee.n_resources, message.pointee.resources))
    default: throw Self.invalid("", "is of a kind that this version does not know")
    }
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    switch self {
    case .register(let registration):
      wire.pointee.message_case = MESETA__V1__AGENT_MESSAGE__MESSAGE_REGISTER_AGENT
      wire.pointee.register_agent = context.message(registration)
    case .reregister(let reregistration):
      wire.pointee.message_case = MESETA__V1__AGENT_MESSAGE__MESSAGE_REREGISTER_AGENT
      wire.pointee.reregister_agent = context.message(reregistration)
    case .unregister(let id):
      let message = context.make(
        Meseta__V1__UnregisterAgent.self, meseta__v1__unregister_agent__descriptor_address())
      message.pointee.agent_id = context.message(id)
      wire.pointee.message_case = MESETA__V1__AGENT_MESSAGE__MESSAGE_UNREGISTER_AGENT
      wire.pointee.unregister_agent = message
    case .statusUpdate(let update):
      wire.pointee.message_case = MESETA__V1__AGENT_MESSAGE__MESSAGE_STATUS_UPDATE
      wire.pointee.status_update = context.message(update)
    case .exitedExecutor(let agentID, let frameworkID, let executorID, let status):
      let message = context.make(
        Meseta__V1__ExitedExecutor.self, meseta__v1__exited_executor__descriptor_address())
      message.pointee.agent_id = context.message(agentID)
      message.pointee.framework_id = context.message(frameworkID)
      message.pointee.executor_id = context.message(executorID)
      message.pointee.status = status
      wire.pointee.message_case = MESETA__V1__AGENT_MESSAGE__MESSAGE_EXITED_EXECUTOR
      wire.pointee.exited_executor = message
    case .executorMessage(let agentID, let frameworkID, let executorID, let data):
      let message = context.make(
        Meseta__V1__ExecutorMessage.self, meseta__v1__executor_message__descriptor_address())
      message.pointee.agent_id = context.message(agentID)
      message.pointee.framework_id = context.message(frameworkID)
      message.pointee.executor_id = context.message(executorID)
      message.pointee.data = context.data(data)
      wire.pointee.message_case = MESETA__V1__AGENT_MESSAGE__MESSAGE_EXECUTOR_MESSAGE
      wire.pointee.executor_message = message
    case .pong:
      wire.pointee.message_case = MESETA__V1__AGENT_MESSAGE__MESSAGE_PONG
      wire.pointee.pong = context.make(Meseta__V1__Pong.self, meseta__v1__pong__descriptor_address())
    case .updateOperationStatus(let update):
      wire.pointee.message_case = MESETA__V1__AGENT_MESSAGE__MESSAGE_UPDATE_OPERATION_STATUS
      wire.pointee.update_operation_status = context.message(update)
    case .updateResources(let checkpointed, let version):
      let message = context.make(
        Meseta__V1__UpdateResources.self, meseta__v1__update_resources__descriptor_address())
      message.pointee.n_checkpointed_resources = checkpointed.count
      message.pointee.checkpointed_resources = context.resources(checkpointed)
      message.pointee.resource_version = context.uuid(version)
      wire.pointee.message_case = MESETA__V1__AGENT_MESSAGE__MESSAGE_UPDATE_RESOURCES
      wire.pointee.update_resources = message
    case .updateOversubscribed(let resources):
      let message = context.make(
        Meseta__V1__UpdateOversubscribed.self, meseta__v1__update_oversubscribed__descriptor_address())
      message.pointee.n_resources = resources.count
      message.pointee.resources = context.resources(resources)
      wire.pointee.message_case = MESETA__V1__AGENT_MESSAGE__MESSAGE_UPDATE_OVERSUBSCRIBED
      wire.pointee.update_oversubscribed = message
    }
  }
}

extension AgentRegistration: WireConvertible {
  package typealias CMessage = Meseta__V1__RegisterAgent
  package static var descriptor: MessageDescriptor { meseta__v1__register_agent__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      try context.required(wire.pointee.info, Self.self, "info"),
      version: context.text(wire.pointee.version),
      capabilities: context.capabilities(wire.pointee.n_capabilities, wire.pointee.capabilities),
      nativeAddress: context.optionalText(wire.pointee.native_address),
      checkpointedResources: try context.resources(
        wire.pointee.n_checkpointed_resources, wire.pointee.checkpointed_resources),
      resourceVersion: wire.pointee.has_resource_version == 0
        ? nil : try Self.uuid(wire.pointee.resource_version, "resource_version", context))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.info = context.message(info)
    wire.pointee.version = context.text(version)
    wire.pointee.n_capabilities = capabilities.count
    wire.pointee.capabilities = context.capabilities(capabilities)
    wire.pointee.native_address = context.text(nativeAddress)
    wire.pointee.n_checkpointed_resources = checkpointedResources.count
    wire.pointee.checkpointed_resources = context.resources(checkpointedResources)
    if let resourceVersion {
      wire.pointee.has_resource_version = 1
      wire.pointee.resource_version = context.uuid(resourceVersion)
    }
  }
}

extension AgentReregistration: WireConvertible {
  package typealias CMessage = Meseta__V1__ReregisterAgent
  package static var descriptor: MessageDescriptor { meseta__v1__reregister_agent__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      try context.required(wire.pointee.registration, Self.self, "registration"),
      tasks: try context.messages(wire.pointee.n_tasks, wire.pointee.tasks),
      executors: try context.messages(wire.pointee.n_executors, wire.pointee.executors),
      frameworks: try context.messages(wire.pointee.n_frameworks, wire.pointee.frameworks),
      operations: try context.messages(wire.pointee.n_operations, wire.pointee.operations))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.registration = context.message(registration)
    wire.pointee.n_tasks = tasks.count
    wire.pointee.tasks = context.messages(tasks)
    wire.pointee.n_executors = executors.count
    wire.pointee.executors = context.messages(executors)
    wire.pointee.n_frameworks = frameworks.count
    wire.pointee.frameworks = context.messages(frameworks)
    wire.pointee.n_operations = operations.count
    wire.pointee.operations = context.messages(operations)
  }
}

extension TaskRecord: WireConvertible {
  package typealias CMessage = Meseta__V1__TaskRecord
  package static var descriptor: MessageDescriptor { meseta__v1__task_record__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    var uuid: UUID?
    if wire.pointee.has_status_update_uuid != 0 {
      uuid = context.uuid(wire.pointee.status_update_uuid)
      if uuid == nil { throw Self.invalid("status_update_uuid", "does not have the 16 bytes of a UUID") }
    }
    self.init(
      try context.required(wire.pointee.framework_id, Self.self, "framework_id"),
      try context.required(wire.pointee.info, Self.self, "info"),
      state: try TaskState(decoding: wire.pointee.state, Self.self, "state"),
      statusUpdateState: wire.pointee.has_status_update_state == 0
        ? nil : TaskState(rawValue: Int32(bitPattern: wire.pointee.status_update_state.rawValue)),
      statusUpdateUUID: uuid)
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.framework_id = context.message(frameworkID)
    wire.pointee.info = context.message(info)
    wire.pointee.state = .init(rawValue: UInt32(bitPattern: state.rawValue))
    if let statusUpdateState {
      wire.pointee.has_status_update_state = 1
      wire.pointee.status_update_state = .init(rawValue: UInt32(bitPattern: statusUpdateState.rawValue))
    }
    if let statusUpdateUUID {
      wire.pointee.has_status_update_uuid = 1
      wire.pointee.status_update_uuid = context.uuid(statusUpdateUUID)
    }
  }
}

extension StatusUpdate: WireConvertible {
  package typealias CMessage = Meseta__V1__StatusUpdate
  package static var descriptor: MessageDescriptor { meseta__v1__status_update__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      try context.required(wire.pointee.framework_id, Self.self, "framework_id"),
      try context.required(wire.pointee.status, Self.self, "status"),
      latestState: try TaskState(decoding: wire.pointee.latest_state, Self.self, "latest_state"))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.framework_id = context.message(frameworkID)
    wire.pointee.status = context.message(status)
    wire.pointee.latest_state = .init(rawValue: UInt32(bitPattern: latestState.rawValue))
  }
}
