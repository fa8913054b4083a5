// The answers of Mesos's operator API of an agent.

package import CMesosWire
package import MesetaModel
package import MesetaProtocol

/// An answer of the operator API (`mesos.v1.agent.Response`).
package enum AgentAPIResponse: Sendable {
  case node(NodeAnswer)
  case state(AgentContents)
  case containers([AgentContents.Container])
  case frameworks(AgentContents.Frameworks)
  case executors([ExecutorInfo], completed: [ExecutorInfo])
  case tasks(AgentContents.Tasks)
  case operations([OperationRecord])
  case agent(AgentInfo, DrainConfig?)
  /// There are none.
  case resourceProviders
  case files(OperatorResponse)

  package typealias CMessage = Mesos__V1__Agent__Response
  package static var descriptor: MessageDescriptor { mesos__v1__agent__response__descriptor_address() }
}

extension AgentAPIResponse: WireConvertible {
  /// As far as operators of the native protocol read them.
  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self = .files(try AgentOperatorResponse(decoding: wire, context).response)
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.has_type = 1
    switch self {
    case .node(.health(let isHealthy)):
      let message = context.make(
        Mesos__V1__Agent__Response__GetHealth.self,
        mesos__v1__agent__response__get_health__descriptor_address())
      message.pointee.healthy = isHealthy ? 1 : 0
      wire.pointee.type = MESOS__V1__AGENT__RESPONSE__TYPE__GET_HEALTH
      wire.pointee.get_health = message
    case .node(.version(let version)):
      let message = context.make(
        Mesos__V1__Agent__Response__GetVersion.self,
        mesos__v1__agent__response__get_version__descriptor_address())
      message.pointee.version_info = context.versionInfo(version)
      wire.pointee.type = MESOS__V1__AGENT__RESPONSE__TYPE__GET_VERSION
      wire.pointee.get_version = message
    case .node(.flags(let flags)):
      let message = context.make(
        Mesos__V1__Agent__Response__GetFlags.self,
        mesos__v1__agent__response__get_flags__descriptor_address())
      message.pointee.n_flags = flags.count
      message.pointee.flags = context.flags(flags)
      wire.pointee.type = MESOS__V1__AGENT__RESPONSE__TYPE__GET_FLAGS
      wire.pointee.get_flags = message
    case .node(.metrics(let metrics)):
      let message = context.make(
        Mesos__V1__Agent__Response__GetMetrics.self,
        mesos__v1__agent__response__get_metrics__descriptor_address())
      message.pointee.n_metrics = metrics.count
      message.pointee.metrics = context.metrics(metrics)
      wire.pointee.type = MESOS__V1__AGENT__RESPONSE__TYPE__GET_METRICS
      wire.pointee.get_metrics = message
    case .node(.loggingLevel(let level)):
      let message = context.make(
        Mesos__V1__Agent__Response__GetLoggingLevel.self,
        mesos__v1__agent__response__get_logging_level__descriptor_address())
      message.pointee.level = level
      wire.pointee.type = MESOS__V1__AGENT__RESPONSE__TYPE__GET_LOGGING_LEVEL
      wire.pointee.get_logging_level = message
    case .state(let contents):
      wire.pointee.type = MESOS__V1__AGENT__RESPONSE__TYPE__GET_STATE
      wire.pointee.get_state = context.state(contents)
    case .containers(let containers):
      wire.pointee.type = MESOS__V1__AGENT__RESPONSE__TYPE__GET_CONTAINERS
      // As in Mesos, whose answer has no list if there are none.
      if !containers.isEmpty { wire.pointee.get_containers = context.containers(containers) }
    case .frameworks(let frameworks):
      wire.pointee.type = MESOS__V1__AGENT__RESPONSE__TYPE__GET_FRAMEWORKS
      wire.pointee.get_frameworks = context.frameworks(frameworks)
    case .executors(let executors, let completed):
      wire.pointee.type = MESOS__V1__AGENT__RESPONSE__TYPE__GET_EXECUTORS
      wire.pointee.get_executors = context.executors(executors, completed: completed)
    case .tasks(let tasks):
      wire.pointee.type = MESOS__V1__AGENT__RESPONSE__TYPE__GET_TASKS
      wire.pointee.get_tasks = context.tasks(tasks)
    case .operations(let operations):
      let message = context.make(
        Mesos__V1__Agent__Response__GetOperations.self,
        mesos__v1__agent__response__get_operations__descriptor_address())
      message.pointee.n_operations = operations.count
      message.pointee.operations = context.messages(operations)
      wire.pointee.type = MESOS__V1__AGENT__RESPONSE__TYPE__GET_OPERATIONS
      wire.pointee.get_operations = message
    case .agent(let info, let drain):
      wire.pointee.type = MESOS__V1__AGENT__RESPONSE__TYPE__GET_AGENT
      wire.pointee.get_agent = context.agent(info, drain)
    case .resourceProviders:
      wire.pointee.type = MESOS__V1__AGENT__RESPONSE__TYPE__GET_RESOURCE_PROVIDERS
      wire.pointee.get_resource_providers = context.make(
        Mesos__V1__Agent__Response__GetResourceProviders.self,
        mesos__v1__agent__response__get_resource_providers__descriptor_address())
    case .files(let response): AgentOperatorResponse(response)?.encode(into: wire, context)
    }
  }
}
