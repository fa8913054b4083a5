// What the master tells an agent.

package import CMesosWire
import MesetaModel
package import MesetaProtocol

extension MasterMessage: WireConvertible {
  package typealias CMessage = Meseta__V1__MasterMessage
  package static var descriptor: MessageDescriptor { meseta__v1__master_message__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    switch wire.pointee.message_case {
    case MESETA__V1__MASTER_MESSAGE__MESSAGE_AGENT_REGISTERED:
      let message = try Self.present(wire.pointee.agent_registered, "agent_registered")
      self = .registered(
        try context.required(message.pointee.agent_id, Self.self, "agent_registered.agent_id"),
        pingTimeout: message.pointee.ping_timeout)
    case MESETA__V1__MASTER_MESSAGE__MESSAGE_AGENT_REREGISTERED:
      let message = try Self.present(wire.pointee.agent_reregistered, "agent_reregistered")
      let operations = context.uuids(
        message.pointee.n_reconcile_operations, message.pointee.reconcile_operations)
      guard let operations else {
        throw Self.invalid("agent_reregistered.reconcile_operations", "does not have the 16 bytes of a UUID")
      }
      self = .reregistered(
        try context.required(message.pointee.agent_id, Self.self, "agent_reregistered.agent_id"),
        pingTimeout: message.pointee.ping_timeout,
        reconcile: AgentReconciliation(
          tasks: try context.messages(message.pointee.n_reconcile, message.pointee.reconcile),
          executors: try context.messages(
            message.pointee.n_reconcile_executors, message.pointee.reconcile_executors),
          frameworks: try context.messages(message.pointee.n_frameworks, message.pointee.frameworks),
          operations: operations))
    case MESETA__V1__MASTER_MESSAGE__MESSAGE_PING:
      self = .ping(isConnected: try Self.present(wire.pointee.ping, "ping").pointee.connected != 0)
    case MESETA__V1__MASTER_MESSAGE__MESSAGE_RUN_TASK:
      let message = try Self.present(wire.pointee.run_task, "run_task")
      self = .runTask(
        try context.required(message.pointee.framework, Self.self, "run_task.framework"),
        try context.required(message.pointee.task, Self.self, "run_task.task"),
        launchesExecutor: message.pointee.launch_executor != 0)
    case MESETA__V1__MASTER_MESSAGE__MESSAGE_KILL_TASK:
      let message = try Self.present(wire.pointee.kill_task, "kill_task")
      self = .killTask(
        try context.required(message.pointee.framework_id, Self.self, "kill_task.framework_id"),
        try context.required(message.pointee.task_id, Self.self, "kill_task.task_id"),
        gracePeriod: message.pointee.has_grace_period == 0 ? nil : message.pointee.grace_period)
    case MESETA__V1__MASTER_MESSAGE__MESSAGE_ACKNOWLEDGEMENT:
      let message = try Self.present(wire.pointee.acknowledgement, "acknowledgement")
      guard let uuid = context.uuid(message.pointee.uuid) else {
        throw Self.invalid("acknowledgement.uuid", "does not have the 16 bytes of a UUID")
      }
      self = .acknowledge(
        try context.required(message.pointee.framework_id, Self.self, "acknowledgement.framework_id"),
        try context.required(message.pointee.task_id, Self.self, "acknowledgement.task_id"), uuid)
    default: self = try Self.rare(wire, context)
    }
  }

  private static func rare(_ wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError)
    -> Self
  {
    switch wire.pointee.message_case {
    case MESETA__V1__MASTER_MESSAGE__MESSAGE_SHUTDOWN_EXECUTOR:
      let message = try present(wire.pointee.shutdown_executor, "shutdown_executor")
      return .shutdownExecutor(
        try context.required(message.pointee.framework_id, Self.self, "shutdown_executor.framework_id"),
        try context.required(message.pointee.executor_id, Self.self, "shutdown_executor.executor_id"))
    case MESETA__V1__MASTER_MESSAGE__MESSAGE_SHUTDOWN_FRAMEWORK:
      let message = try present(wire.pointee.shutdown_framework, "shutdown_framework")
      return .shutdownFramework(
        try context.required(message.pointee.framework_id, Self.self, "shutdown_framework.framework_id"))
    case MESETA__V1__MASTER_MESSAGE__MESSAGE_FRAMEWORK_MESSAGE:
      let message = try present(wire.pointee.framework_message, "framework_message")
      return .frameworkMessage(
        try context.required(message.pointee.framework_id, Self.self, "framework_message.framework_id"),
        try context.required(message.pointee.executor_id, Self.self, "framework_message.executor_id"),
        data: context.data(message.pointee.data))
    case MESETA__V1__MASTER_MESSAGE__MESSAGE_UPDATE_FRAMEWORK:
      let message = try present(wire.pointee.update_framework, "update_framework")
      return .updateFramework(
        try context.required(message.pointee.framework, Self.self, "update_framework.framework"))
    case MESETA__V1__MASTER_MESSAGE__MESSAGE_SHUTDOWN_AGENT:
      return .shutdown(
        context.text(try present(wire.pointee.shutdown_agent, "shutdown_agent").pointee.message))
    case MESETA__V1__MASTER_MESSAGE__MESSAGE_APPLY_OPERATION:
      return .applyOperation(try context.required(wire.pointee.apply_operation, Self.self, "apply_operation"))
    case MESETA__V1__MASTER_MESSAGE__MESSAGE_OPERATION_ACKNOWLEDGEMENT:
      let message = try present(wire.pointee.operation_acknowledgement, "operation_acknowledgement")
      return .acknowledgeOperation(
        try uuid(message.pointee.operation_uuid, "operation_acknowledgement.operation_uuid", context),
        status: try uuid(message.pointee.status_uuid, "operation_acknowledgement.status_uuid", context))
    case MESETA__V1__MASTER_MESSAGE__MESSAGE_DRAIN_AGENT:
      let message = try present(wire.pointee.drain_agent, "drain_agent")
      return .drain(try context.required(message.pointee.config, Self.self, "drain_agent.config"))
    default: throw invalid("", "is of a kind that this version does not know")
    }
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    switch self {
    case .registered(let id, let pingTimeout):
      let message = context.make(
        Meseta__V1__AgentRegistered.self, meseta__v1__agent_registered__descriptor_address())
      message.pointee.agent_id = context.message(id)
      message.pointee.ping_timeout = pingTimeout
      wire.pointee.message_case = MESETA__V1__MASTER_MESSAGE__MESSAGE_AGENT_REGISTERED
      wire.pointee.agent_registered = message
    case .reregistered(let id, let pingTimeout, let reconcile):
      let message = context.make(
        Meseta__V1__AgentReregistered.self, meseta__v1__agent_reregistered__descriptor_address())
      message.pointee.agent_id = context.message(id)
      message.pointee.ping_timeout = pingTimeout
      message.pointee.n_reconcile = reconcile.tasks.count
      message.pointee.reconcile = context.messages(reconcile.tasks)
      message.pointee.n_reconcile_executors = reconcile.executors.count
      message.pointee.reconcile_executors = context.messages(reconcile.executors)
      message.pointee.n_frameworks = reconcile.frameworks.count
      message.pointee.frameworks = context.messages(reconcile.frameworks)
      message.pointee.n_reconcile_operations = reconcile.operations.count
      message.pointee.reconcile_operations = context.uuids(reconcile.operations)
      wire.pointee.message_case = MESETA__V1__MASTER_MESSAGE__MESSAGE_AGENT_REREGISTERED
      wire.pointee.agent_reregistered = message
    case .ping(let isConnected):
      let message = context.make(Meseta__V1__Ping.self, meseta__v1__ping__descriptor_address())
      message.pointee.connected = isConnected ? 1 : 0
      wire.pointee.message_case = MESETA__V1__MASTER_MESSAGE__MESSAGE_PING
      wire.pointee.ping = message
    case .runTask(let framework, let task, let launchesExecutor):
      let message = context.make(Meseta__V1__RunTask.self, meseta__v1__run_task__descriptor_address())
      message.pointee.framework = context.message(framework)
      message.pointee.task = context.message(task)
      message.pointee.has_launch_executor = 1
      message.pointee.launch_executor = launchesExecutor ? 1 : 0
      wire.pointee.message_case = MESETA__V1__MASTER_MESSAGE__MESSAGE_RUN_TASK
      wire.pointee.run_task = message
    case .killTask(let frameworkID, let taskID, let gracePeriod):
      let message = context.make(Meseta__V1__KillTask.self, meseta__v1__kill_task__descriptor_address())
      message.pointee.framework_id = context.message(frameworkID)
      message.pointee.task_id = context.message(taskID)
      if let gracePeriod {
        message.pointee.has_grace_period = 1
        message.pointee.grace_period = gracePeriod
      }
      wire.pointee.message_case = MESETA__V1__MASTER_MESSAGE__MESSAGE_KILL_TASK
      wire.pointee.kill_task = message
    case .acknowledge(let frameworkID, let taskID, let uuid):
      let message = context.make(
        Meseta__V1__StatusUpdateAcknowledgement.self,
        meseta__v1__status_update_acknowledgement__descriptor_address())
      message.pointee.framework_id = context.message(frameworkID)
      message.pointee.task_id = context.message(taskID)
      message.pointee.uuid = context.uuid(uuid)
      wire.pointee.message_case = MESETA__V1__MASTER_MESSAGE__MESSAGE_ACKNOWLEDGEMENT
      wire.pointee.acknowledgement = message
    case .shutdownExecutor, .shutdownFramework, .frameworkMessage, .updateFramework, .drain, .shutdown,
      .applyOperation, .acknowledgeOperation:
      encodeRare(into: wire, context)
    }
  }

  private func encodeRare(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    switch self {
    case .shutdownExecutor(let frameworkID, let executorID):
      let message = context.make(
        Meseta__V1__ShutdownExecutor.self, meseta__v1__shutdown_executor__descriptor_address())
      message.pointee.framework_id = context.message(frameworkID)
      message.pointee.executor_id = context.message(executorID)
      wire.pointee.message_case = MESETA__V1__MASTER_MESSAGE__MESSAGE_SHUTDOWN_EXECUTOR
      wire.pointee.shutdown_executor = message
    case .shutdownFramework(let frameworkID):
      let message = context.make(
        Meseta__V1__ShutdownFramework.self, meseta__v1__shutdown_framework__descriptor_address())
      message.pointee.framework_id = context.message(frameworkID)
      wire.pointee.message_case = MESETA__V1__MASTER_MESSAGE__MESSAGE_SHUTDOWN_FRAMEWORK
      wire.pointee.shutdown_framework = message
    case .frameworkMessage(let frameworkID, let executorID, let data):
      let message = context.make(
        Meseta__V1__FrameworkMessage.self, meseta__v1__framework_message__descriptor_address())
      message.pointee.framework_id = context.message(frameworkID)
      message.pointee.executor_id = context.message(executorID)
      message.pointee.data = context.data(data)
      wire.pointee.message_case = MESETA__V1__MASTER_MESSAGE__MESSAGE_FRAMEWORK_MESSAGE
      wire.pointee.framework_message = message
    case .updateFramework(let framework):
      let message = context.make(
        Meseta__V1__UpdateFramework.self, meseta__v1__update_framework__descriptor_address())
      message.pointee.framework = context.message(framework)
      wire.pointee.message_case = MESETA__V1__MASTER_MESSAGE__MESSAGE_UPDATE_FRAMEWORK
      wire.pointee.update_framework = message
    case .shutdown(let text):
      let message = context.make(
        Meseta__V1__ShutdownAgent.self, meseta__v1__shutdown_agent__descriptor_address())
      message.pointee.message = context.text(text)
      wire.pointee.message_case = MESETA__V1__MASTER_MESSAGE__MESSAGE_SHUTDOWN_AGENT
      wire.pointee.shutdown_agent = message
    case .applyOperation(let apply):
      wire.pointee.message_case = MESETA__V1__MASTER_MESSAGE__MESSAGE_APPLY_OPERATION
      wire.pointee.apply_operation = context.message(apply)
    case .acknowledgeOperation(let operation, let status):
      let message = context.make(
        Meseta__V1__OperationStatusAcknowledgement.self,
        meseta__v1__operation_status_acknowledgement__descriptor_address())
      message.pointee.operation_uuid = context.uuid(operation)
      message.pointee.status_uuid = context.uuid(status)
      wire.pointee.message_case = MESETA__V1__MASTER_MESSAGE__MESSAGE_OPERATION_ACKNOWLEDGEMENT
      wire.pointee.operation_acknowledgement = message
    case .drain(let config):
      let message = context.make(
        Meseta__V1__DrainAgent.self, meseta__v1__drain_agent__descriptor_address())
      message.pointee.config = context.message(config)
      wire.pointee.message_case = MESETA__V1__MASTER_MESSAGE__MESSAGE_DRAIN_AGENT
      wire.pointee.drain_agent = message
    default: break
    }
  }
}

extension FrameworkTask: WireConvertible {
  package typealias CMessage = Meseta__V1__FrameworkTask
  package static var descriptor: MessageDescriptor { meseta__v1__framework_task__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      try context.required(wire.pointee.framework_id, Self.self, "framework_id"),
      try context.required(wire.pointee.task_id, Self.self, "task_id"))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.framework_id = context.message(frameworkID)
    wire.pointee.task_id = context.message(taskID)
  }
}

extension FrameworkExecutor: WireConvertible {
  package typealias CMessage = Meseta__V1__FrameworkExecutor
  package static var descriptor: MessageDescriptor { meseta__v1__framework_executor__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      try context.required(wire.pointee.framework_id, Self.self, "framework_id"),
      try context.required(wire.pointee.executor_id, Self.self, "executor_id"))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.framework_id = context.message(frameworkID)
    wire.pointee.executor_id = context.message(executorID)
  }
}
