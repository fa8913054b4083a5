// Mesos's operator API of an agent: files, which operators ask for by the native protocol as well, and what only comes by HTTP.

package import CMesosWire
package import MesetaModel
package import MesetaProtocol

/// A call of the operator API (`mesos.v1.agent.Call`).
package enum AgentAPICall: Hashable, Sendable {
  case getHealth
  case getVersion
  case getFlags
  case getMetrics
  case getLoggingLevel
  /// So much more is logged for so long; nanoseconds.
  case setLoggingLevel(UInt32, duration: Int64)
  case getState
  case getContainers
  case getFrameworks
  case getExecutors
  case getTasks
  case getOperations
  case getAgent
  case getResourceProviders
  /// LIST_FILES or READ_FILE.
  case files(OperatorCall)
  /// One of Mesos's that this version does not answer.
  case unsupported(String)
}

extension AgentAPICall: WireConvertible {
  package typealias CMessage = Mesos__V1__Agent__Call
  package static var descriptor: MessageDescriptor { mesos__v1__agent__call__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard wire.pointee.has_type != 0 else { throw Self.notPresent("type") }
    switch wire.pointee.type {
    case MESOS__V1__AGENT__CALL__TYPE__GET_HEALTH: self = .getHealth
    case MESOS__V1__AGENT__CALL__TYPE__GET_VERSION: self = .getVersion
    case MESOS__V1__AGENT__CALL__TYPE__GET_FLAGS: self = .getFlags
    case MESOS__V1__AGENT__CALL__TYPE__GET_METRICS:
      _ = try Self.present(wire.pointee.get_metrics, "get_metrics")
      self = .getMetrics
    case MESOS__V1__AGENT__CALL__TYPE__GET_LOGGING_LEVEL: self = .getLoggingLevel
    case MESOS__V1__AGENT__CALL__TYPE__SET_LOGGING_LEVEL:
      let set = try Self.present(wire.pointee.set_logging_level, "set_logging_level")
      self = .setLoggingLevel(
        set.pointee.level, duration: set.pointee.duration?.pointee.nanoseconds ?? 0)
    case MESOS__V1__AGENT__CALL__TYPE__GET_STATE: self = .getState
    case MESOS__V1__AGENT__CALL__TYPE__GET_CONTAINERS: self = .getContainers
    case MESOS__V1__AGENT__CALL__TYPE__GET_FRAMEWORKS: self = .getFrameworks
    case MESOS__V1__AGENT__CALL__TYPE__GET_EXECUTORS: self = .getExecutors
    case MESOS__V1__AGENT__CALL__TYPE__GET_TASKS: self = .getTasks
    case MESOS__V1__AGENT__CALL__TYPE__GET_OPERATIONS: self = .getOperations
    case MESOS__V1__AGENT__CALL__TYPE__GET_AGENT: self = .getAgent
    case MESOS__V1__AGENT__CALL__TYPE__GET_RESOURCE_PROVIDERS: self = .getResourceProviders
    case MESOS__V1__AGENT__CALL__TYPE__LIST_FILES, MESOS__V1__AGENT__CALL__TYPE__READ_FILE:
      self = .files(try AgentOperatorCall(decoding: wire, context).call)
    case let type: self = .unsupported(try Self.unsupportedName(type, wire))
    }
  }

  /// The name of a call that is not answered, if it has what it needs.
  private static func unsupportedName(
    _ type: Mesos__V1__Agent__Call__Type, _ wire: UnsafePointer<CMessage>
  ) throws(WireError) -> String {
    func name<Field>(_ name: String, _ field: UnsafeMutablePointer<Field>?, _ path: StaticString)
      throws(WireError) -> String
    {
      _ = try present(field, path)
      return name
    }
    let call = wire.pointee
    return switch type {
    case MESOS__V1__AGENT__CALL__TYPE__LAUNCH_NESTED_CONTAINER:
      try name("LAUNCH_NESTED_CONTAINER", call.launch_nested_container, "launch_nested_container")
    case MESOS__V1__AGENT__CALL__TYPE__WAIT_NESTED_CONTAINER:
      try name("WAIT_NESTED_CONTAINER", call.wait_nested_container, "wait_nested_container")
    case MESOS__V1__AGENT__CALL__TYPE__KILL_NESTED_CONTAINER:
      try name("KILL_NESTED_CONTAINER", call.kill_nested_container, "kill_nested_container")
    case MESOS__V1__AGENT__CALL__TYPE__REMOVE_NESTED_CONTAINER:
      try name("REMOVE_NESTED_CONTAINER", call.remove_nested_container, "remove_nested_container")
    case MESOS__V1__AGENT__CALL__TYPE__LAUNCH_NESTED_CONTAINER_SESSION:
      try name(
        "LAUNCH_NESTED_CONTAINER_SESSION", call.launch_nested_container_session,
        "launch_nested_container_session")
    case MESOS__V1__AGENT__CALL__TYPE__ATTACH_CONTAINER_INPUT:
      try name("ATTACH_CONTAINER_INPUT", call.attach_container_input, "attach_container_input")
    case MESOS__V1__AGENT__CALL__TYPE__ATTACH_CONTAINER_OUTPUT:
      try name("ATTACH_CONTAINER_OUTPUT", call.attach_container_output, "attach_container_output")
    case MESOS__V1__AGENT__CALL__TYPE__LAUNCH_CONTAINER:
      try name("LAUNCH_CONTAINER", call.launch_container, "launch_container")
    case MESOS__V1__AGENT__CALL__TYPE__WAIT_CONTAINER:
      try name("WAIT_CONTAINER", call.wait_container, "wait_container")
    case MESOS__V1__AGENT__CALL__TYPE__KILL_CONTAINER:
      try name("KILL_CONTAINER", call.kill_container, "kill_container")
    case MESOS__V1__AGENT__CALL__TYPE__REMOVE_CONTAINER:
      try name("REMOVE_CONTAINER", call.remove_container, "remove_container")
    case MESOS__V1__AGENT__CALL__TYPE__ADD_RESOURCE_PROVIDER_CONFIG:
      try name(
        "ADD_RESOURCE_PROVIDER_CONFIG", call.add_resource_provider_config, "add_resource_provider_config")
    case MESOS__V1__AGENT__CALL__TYPE__UPDATE_RESOURCE_PROVIDER_CONFIG:
      try name(
        "UPDATE_RESOURCE_PROVIDER_CONFIG", call.update_resource_provider_config,
        "update_resource_provider_config")
    case MESOS__V1__AGENT__CALL__TYPE__REMOVE_RESOURCE_PROVIDER_CONFIG:
      try name(
        "REMOVE_RESOURCE_PROVIDER_CONFIG", call.remove_resource_provider_config,
        "remove_resource_provider_config")
    case MESOS__V1__AGENT__CALL__TYPE__MARK_RESOURCE_PROVIDER_GONE:
      try name("MARK_RESOURCE_PROVIDER_GONE", call.mark_resource_provider_gone, "mark_resource_provider_gone")
    case MESOS__V1__AGENT__CALL__TYPE__PRUNE_IMAGES: "PRUNE_IMAGES"
    default: "The call of type \(type.rawValue)"
    }
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.has_type = 1
    switch self {
    case .getHealth: wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__GET_HEALTH
    case .getVersion: wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__GET_VERSION
    case .getFlags: wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__GET_FLAGS
    case .getMetrics:
      wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__GET_METRICS
      wire.pointee.get_metrics = context.make(
        Mesos__V1__Agent__Call__GetMetrics.self, mesos__v1__agent__call__get_metrics__descriptor_address())
    case .getLoggingLevel: wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__GET_LOGGING_LEVEL
    case .setLoggingLevel(let level, let duration):
      let message = context.make(
        Mesos__V1__Agent__Call__SetLoggingLevel.self,
        mesos__v1__agent__call__set_logging_level__descriptor_address())
      message.pointee.level = level
      message.pointee.duration = context.duration(duration)
      wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__SET_LOGGING_LEVEL
      wire.pointee.set_logging_level = message
    case .getState: wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__GET_STATE
    case .getContainers: wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__GET_CONTAINERS
    case .getFrameworks: wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__GET_FRAMEWORKS
    case .getExecutors: wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__GET_EXECUTORS
    case .getTasks: wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__GET_TASKS
    case .getOperations: wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__GET_OPERATIONS
    case .getAgent: wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__GET_AGENT
    case .getResourceProviders: wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__GET_RESOURCE_PROVIDERS
    case .files(let call): AgentOperatorCall(call)?.encode(into: wire, context)
    case .unsupported: wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__UNKNOWN
    }
  }
}

/// An answer of the operator API (`mesos.v1.agent.Response`).
package enum AgentAPIResponse: Sendable {
  case health(Bool)
  case version(String)
  case flags([FlagValue])
  case metrics([MetricValue])
  case loggingLevel(UInt32)
  case state(AgentContents)
  case containers([AgentContents.Container])
  case frameworks(AgentContents.Frameworks)
  case executors([ExecutorInfo])
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
    case .health(let isHealthy):
      let message = context.make(
        Mesos__V1__Agent__Response__GetHealth.self,
        mesos__v1__agent__response__get_health__descriptor_address())
      message.pointee.healthy = isHealthy ? 1 : 0
      wire.pointee.type = MESOS__V1__AGENT__RESPONSE__TYPE__GET_HEALTH
      wire.pointee.get_health = message
    case .version(let version):
      let message = context.make(
        Mesos__V1__Agent__Response__GetVersion.self,
        mesos__v1__agent__response__get_version__descriptor_address())
      message.pointee.version_info = context.versionInfo(version)
      wire.pointee.type = MESOS__V1__AGENT__RESPONSE__TYPE__GET_VERSION
      wire.pointee.get_version = message
    case .flags(let flags):
      let message = context.make(
        Mesos__V1__Agent__Response__GetFlags.self,
        mesos__v1__agent__response__get_flags__descriptor_address())
      message.pointee.n_flags = flags.count
      message.pointee.flags = context.flags(flags)
      wire.pointee.type = MESOS__V1__AGENT__RESPONSE__TYPE__GET_FLAGS
      wire.pointee.get_flags = message
    case .metrics(let metrics):
      let message = context.make(
        Mesos__V1__Agent__Response__GetMetrics.self,
        mesos__v1__agent__response__get_metrics__descriptor_address())
      message.pointee.n_metrics = metrics.count
      message.pointee.metrics = context.metrics(metrics)
      wire.pointee.type = MESOS__V1__AGENT__RESPONSE__TYPE__GET_METRICS
      wire.pointee.get_metrics = message
    case .loggingLevel(let level):
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
    case .executors(let executors):
      wire.pointee.type = MESOS__V1__AGENT__RESPONSE__TYPE__GET_EXECUTORS
      wire.pointee.get_executors = context.executors(executors)
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

extension EncodingContext {
  fileprivate func state(
    _ contents: AgentContents
  ) -> UnsafeMutablePointer<Mesos__V1__Agent__Response__GetState> {
    let wire = make(
      Mesos__V1__Agent__Response__GetState.self, mesos__v1__agent__response__get_state__descriptor_address())
    wire.pointee.get_tasks = tasks(contents.tasks)
    wire.pointee.get_executors = executors(contents.executors)
    wire.pointee.get_frameworks = frameworks(contents.frameworks)
    return wire
  }

  fileprivate func agent(
    _ info: AgentInfo, _ drain: DrainConfig?
  ) -> UnsafeMutablePointer<Mesos__V1__Agent__Response__GetAgent> {
    let wire = make(
      Mesos__V1__Agent__Response__GetAgent.self, mesos__v1__agent__response__get_agent__descriptor_address())
    wire.pointee.agent_info = message(info)
    wire.pointee.drain_config = message(drain)
    return wire
  }

  fileprivate func tasks(
    _ tasks: AgentContents.Tasks
  ) -> UnsafeMutablePointer<Mesos__V1__Agent__Response__GetTasks> {
    let wire = make(
      Mesos__V1__Agent__Response__GetTasks.self, mesos__v1__agent__response__get_tasks__descriptor_address())
    wire.pointee.n_queued_tasks = tasks.queued.count
    wire.pointee.queued_tasks = present(list(tasks.queued, task))
    wire.pointee.n_launched_tasks = tasks.launched.count
    wire.pointee.launched_tasks = present(list(tasks.launched, task))
    wire.pointee.n_terminated_tasks = tasks.terminated.count
    wire.pointee.terminated_tasks = present(list(tasks.terminated, task))
    wire.pointee.pending_tasks = present(nil)
    wire.pointee.completed_tasks = present(nil)
    return wire
  }

  fileprivate func executors(
    _ executors: [ExecutorInfo]
  ) -> UnsafeMutablePointer<Mesos__V1__Agent__Response__GetExecutors> {
    let wire = make(
      Mesos__V1__Agent__Response__GetExecutors.self,
      mesos__v1__agent__response__get_executors__descriptor_address())
    wire.pointee.n_executors = executors.count
    wire.pointee.executors = present(
      list(executors) { info in
        let entry = self.make(
          Mesos__V1__Agent__Response__GetExecutors__Executor.self,
          mesos__v1__agent__response__get_executors__executor__descriptor_address())
        entry.pointee.executor_info = self.message(info)
        return entry
      })
    wire.pointee.completed_executors = present(nil)
    return wire
  }

  fileprivate func frameworks(
    _ frameworks: AgentContents.Frameworks
  ) -> UnsafeMutablePointer<Mesos__V1__Agent__Response__GetFrameworks> {
    let wire = make(
      Mesos__V1__Agent__Response__GetFrameworks.self,
      mesos__v1__agent__response__get_frameworks__descriptor_address())
    wire.pointee.n_frameworks = frameworks.active.count
    wire.pointee.frameworks = present(list(frameworks.active, framework))
    wire.pointee.n_completed_frameworks = frameworks.completed.count
    wire.pointee.completed_frameworks = present(list(frameworks.completed, framework))
    return wire
  }

  private func framework(
    _ info: FrameworkInfo
  ) -> UnsafeMutablePointer<Mesos__V1__Agent__Response__GetFrameworks__Framework> {
    let entry = make(
      Mesos__V1__Agent__Response__GetFrameworks__Framework.self,
      mesos__v1__agent__response__get_frameworks__framework__descriptor_address())
    entry.pointee.framework_info = message(info)
    return entry
  }

  fileprivate func containers(
    _ containers: [AgentContents.Container]
  ) -> UnsafeMutablePointer<Mesos__V1__Agent__Response__GetContainers> {
    let wire = make(
      Mesos__V1__Agent__Response__GetContainers.self,
      mesos__v1__agent__response__get_containers__descriptor_address())
    wire.pointee.n_containers = containers.count
    wire.pointee.containers = list(containers) { container in
      let entry = self.make(
        Mesos__V1__Agent__Response__GetContainers__Container.self,
        mesos__v1__agent__response__get_containers__container__descriptor_address())
      entry.pointee.framework_id = self.message(container.frameworkID)
      entry.pointee.executor_id = self.message(container.executorID)
      entry.pointee.executor_name = self.text(container.executorName)
      entry.pointee.container_id = self.message(ContainerID.root(container.id))
      let status = self.make(
        Mesos__V1__ContainerStatus.self, mesos__v1__container_status__descriptor_address())
      status.pointee.container_id = self.message(ContainerID.root(container.id))
      entry.pointee.container_status = status
      entry.pointee.resource_statistics = container.used.map { self.statistics($0, of: container) }
      return entry
    }
    return wire
  }

  /// The time of processors is not told apart: all of it counts as that of programs.
  private func statistics(
    _ used: AgentContents.Statistics, of container: AgentContents.Container
  ) -> UnsafeMutablePointer<Mesos__V1__ResourceStatistics> {
    let wire = make(
      Mesos__V1__ResourceStatistics.self, mesos__v1__resource_statistics__descriptor_address())
    wire.pointee.timestamp = used.timestamp
    wire.pointee.has_cpus_user_time_secs = 1
    wire.pointee.cpus_user_time_secs = used.processorSeconds
    wire.pointee.has_cpus_system_time_secs = 1
    wire.pointee.has_cpus_limit = 1
    wire.pointee.cpus_limit = Double(container.allocated.scalar("cpus").milli) / 1000
    wire.pointee.has_mem_limit_bytes = 1
    wire.pointee.mem_limit_bytes = UInt64(max(container.allocated.scalar("mem").milli, 0)) * 1_048_576 / 1000
    wire.pointee.has_mem_rss_bytes = 1
    wire.pointee.mem_rss_bytes = used.memoryBytes
    return wire
  }
}
