// Mesos's operator API of a master: what the native protocol's operators ask as well, and what only comes by HTTP.

package import CMesosWire
package import MesetaModel
package import MesetaProtocol

/// A call of the operator API (`mesos.v1.master.Call`).
package enum MasterAPICall: Hashable, Sendable {
  case node(NodeCall)
  /// To be told what happens.
  case subscribe
  case getExecutors
  case getState
  /// One that operators may also make by the native protocol.
  case other(OperatorCall)
  /// One of Mesos's that this version does not answer.
  case unsupported(String)
}

extension MasterAPICall: WireConvertible {
  package typealias CMessage = Mesos__V1__Master__Call
  package static var descriptor: MessageDescriptor { mesos__v1__master__call__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard wire.pointee.has_type != 0 else { throw Self.notPresent("type") }
    switch wire.pointee.type {
    case MESOS__V1__MASTER__CALL__TYPE__GET_HEALTH: self = .node(.getHealth)
    case MESOS__V1__MASTER__CALL__TYPE__GET_VERSION: self = .node(.getVersion)
    case MESOS__V1__MASTER__CALL__TYPE__GET_EXECUTORS: self = .getExecutors
    case MESOS__V1__MASTER__CALL__TYPE__GET_STATE: self = .getState
    case MESOS__V1__MASTER__CALL__TYPE__GET_FLAGS: self = .node(.getFlags)
    case MESOS__V1__MASTER__CALL__TYPE__GET_METRICS:
      _ = try Self.present(wire.pointee.get_metrics, "get_metrics")
      self = .node(.getMetrics)
    case MESOS__V1__MASTER__CALL__TYPE__GET_LOGGING_LEVEL: self = .node(.getLoggingLevel)
    case MESOS__V1__MASTER__CALL__TYPE__SET_LOGGING_LEVEL:
      let set = try Self.present(wire.pointee.set_logging_level, "set_logging_level")
      let duration = set.pointee.duration?.pointee.nanoseconds ?? 0
      self = .node(.setLoggingLevel(set.pointee.level, duration: duration))
    case MESOS__V1__MASTER__CALL__TYPE__SUBSCRIBE: self = .subscribe
    case MESOS__V1__MASTER__CALL__TYPE__UNKNOWN: self = .unsupported("UNKNOWN")
    default: self = .other(try OperatorCall(decoding: wire, context))
    }
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.has_type = 1
    switch self {
    case .node(.getHealth): wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__GET_HEALTH
    case .node(.getVersion): wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__GET_VERSION
    case .node(.getFlags): wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__GET_FLAGS
    case .node(.getMetrics):
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__GET_METRICS
      wire.pointee.get_metrics = context.make(
        Mesos__V1__Master__Call__GetMetrics.self,
        mesos__v1__master__call__get_metrics__descriptor_address())
    case .node(.getLoggingLevel): wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__GET_LOGGING_LEVEL
    case .node(.setLoggingLevel(let level, let duration)):
      let message = context.make(
        Mesos__V1__Master__Call__SetLoggingLevel.self,
        mesos__v1__master__call__set_logging_level__descriptor_address())
      message.pointee.level = level
      message.pointee.duration = context.duration(duration)
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__SET_LOGGING_LEVEL
      wire.pointee.set_logging_level = message
    case .subscribe: wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__SUBSCRIBE
    case .getExecutors: wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__GET_EXECUTORS
    case .getState: wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__GET_STATE
    case .other(let call): call.encode(into: wire, context)
    case .unsupported: wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__UNKNOWN
    }
  }
}

/// An answer of the operator API (`mesos.v1.master.Response`).
package enum MasterAPIResponse: Sendable {
  case node(NodeAnswer)
  case executors([ExecutorDescription])
  case tasks([TaskDescription])
  case state(ClusterDescription)
  case master(MasterInfo, startTime: Double)
  /// One that operators are also given by the native protocol.
  case other(OperatorResponse)
}

extension MasterAPIResponse: WireConvertible {
  package typealias CMessage = Mesos__V1__Master__Response
  package static var descriptor: MessageDescriptor { mesos__v1__master__response__descriptor_address() }

  /// As far as operators of the native protocol read them.
  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self = .other(try OperatorResponse(decoding: wire, context))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.has_type = 1
    switch self {
    case .node(.health(let isHealthy)):
      let message = context.make(
        Mesos__V1__Master__Response__GetHealth.self,
        mesos__v1__master__response__get_health__descriptor_address())
      message.pointee.healthy = isHealthy ? 1 : 0
      wire.pointee.type = MESOS__V1__MASTER__RESPONSE__TYPE__GET_HEALTH
      wire.pointee.get_health = message
    case .node(.version(let version)):
      let message = context.make(
        Mesos__V1__Master__Response__GetVersion.self,
        mesos__v1__master__response__get_version__descriptor_address())
      message.pointee.version_info = context.versionInfo(version)
      wire.pointee.type = MESOS__V1__MASTER__RESPONSE__TYPE__GET_VERSION
      wire.pointee.get_version = message
    case .node(.flags(let flags)):
      let message = context.make(
        Mesos__V1__Master__Response__GetFlags.self,
        mesos__v1__master__response__get_flags__descriptor_address())
      message.pointee.n_flags = flags.count
      message.pointee.flags = context.flags(flags)
      wire.pointee.type = MESOS__V1__MASTER__RESPONSE__TYPE__GET_FLAGS
      wire.pointee.get_flags = message
    case .node(.loggingLevel(let level)):
      let message = context.make(
        Mesos__V1__Master__Response__GetLoggingLevel.self,
        mesos__v1__master__response__get_logging_level__descriptor_address())
      message.pointee.level = level
      wire.pointee.type = MESOS__V1__MASTER__RESPONSE__TYPE__GET_LOGGING_LEVEL
      wire.pointee.get_logging_level = message
    case .node(.metrics(let metrics)):
      let message = context.make(
        Mesos__V1__Master__Response__GetMetrics.self,
        mesos__v1__master__response__get_metrics__descriptor_address())
      message.pointee.n_metrics = metrics.count
      message.pointee.metrics = context.metrics(metrics)
      wire.pointee.type = MESOS__V1__MASTER__RESPONSE__TYPE__GET_METRICS
      wire.pointee.get_metrics = message
    case .executors(let executors):
      wire.pointee.type = MESOS__V1__MASTER__RESPONSE__TYPE__GET_EXECUTORS
      wire.pointee.get_executors = context.executors(executors)
    case .tasks(let tasks):
      wire.pointee.type = MESOS__V1__MASTER__RESPONSE__TYPE__GET_TASKS
      wire.pointee.get_tasks = context.tasks(tasks)
    case .state(let cluster):
      wire.pointee.type = MESOS__V1__MASTER__RESPONSE__TYPE__GET_STATE
      wire.pointee.get_state = context.state(cluster)
    case .master(let info, let startTime):
      OperatorResponse.master(info).encode(into: wire, context)
      wire.pointee.get_master?.pointee.has_start_time = 1
      wire.pointee.get_master?.pointee.start_time = startTime
      wire.pointee.get_master?.pointee.has_elected_time = 1
      wire.pointee.get_master?.pointee.elected_time = startTime
    case .other(.weights([])): wire.pointee.type = MESOS__V1__MASTER__RESPONSE__TYPE__GET_WEIGHTS
    case .other(let response): wire.pointee = context.whole(response).pointee
    }
  }
}

extension EncodingContext {
  func versionInfo(_ version: String) -> UnsafeMutablePointer<Mesos__V1__VersionInfo> {
    let info = make(Mesos__V1__VersionInfo.self, mesos__v1__version_info__descriptor_address())
    info.pointee.version = text(version)
    return info
  }

  func metrics(_ metrics: [MetricValue]) -> MessageList<Mesos__V1__Metric>? {
    list(metrics) { metric in
      let wire = self.make(Mesos__V1__Metric.self, mesos__v1__metric__descriptor_address())
      wire.pointee.name = self.text(metric.name)
      wire.pointee.has_value = 1
      wire.pointee.value = metric.value
      return wire
    }
  }

  func flags(_ flags: [FlagValue]) -> MessageList<Mesos__V1__Flag>? {
    list(flags) { flag in
      let wire = self.make(Mesos__V1__Flag.self, mesos__v1__flag__descriptor_address())
      wire.pointee.name = self.text(flag.name)
      wire.pointee.value = self.text(flag.value)
      return wire
    }
  }

  /// An answer with all the lists that Mesos writes even if they are empty.
  fileprivate func whole(_ response: OperatorResponse) -> UnsafeMutablePointer<Mesos__V1__Master__Response> {
    let wire = make(Mesos__V1__Master__Response.self, OperatorResponse.descriptor)
    response.encode(into: wire, self)
    if let agents = wire.pointee.get_agents {
      agents.pointee.agents = present(agents.pointee.agents)
      agents.pointee.recovered_agents = present(agents.pointee.recovered_agents)
    }
    if let frameworks = wire.pointee.get_frameworks {
      frameworks.pointee.frameworks = present(frameworks.pointee.frameworks)
      frameworks.pointee.completed_frameworks = present(frameworks.pointee.completed_frameworks)
    }
    return wire
  }

  func state(_ cluster: ClusterDescription) -> UnsafeMutablePointer<Mesos__V1__Master__Response__GetState> {
    let wire = make(
      Mesos__V1__Master__Response__GetState.self,
      mesos__v1__master__response__get_state__descriptor_address())
    wire.pointee.get_tasks = tasks(cluster.tasks)
    wire.pointee.get_executors = executors(cluster.executors)
    wire.pointee.get_frameworks = whole(.frameworks(cluster.frameworks)).pointee.get_frameworks
    let agents = OperatorResponse.agents(cluster.agents, recovered: cluster.recoveredAgents)
    wire.pointee.get_agents = whole(agents).pointee.get_agents
    return wire
  }

  /// A list that is written even if it is empty.
  func present<CMessage>(_ list: MessageList<CMessage>?) -> MessageList<CMessage> {
    list ?? allocate(UnsafeMutablePointer<CMessage>?.self, 1)
  }

  fileprivate func tasks(
    _ tasks: [TaskDescription]
  ) -> UnsafeMutablePointer<Mesos__V1__Master__Response__GetTasks> {
    let wire = make(
      Mesos__V1__Master__Response__GetTasks.self, mesos__v1__master__response__get_tasks__descriptor_address()
    )
    let live = tasks.filter { !$0.isCompleted && !$0.isUnreachable }
    let unreachable = tasks.filter { $0.isUnreachable && !$0.isCompleted }
    let completed = tasks.filter(\.isCompleted)
    wire.pointee.n_tasks = live.count
    wire.pointee.tasks = present(list(live, task))
    wire.pointee.n_completed_tasks = completed.count
    wire.pointee.completed_tasks = present(list(completed, task))
    wire.pointee.n_unreachable_tasks = unreachable.count
    wire.pointee.unreachable_tasks = present(list(unreachable, task))
    return wire
  }

  /// What operators see of a task: less than its framework said of it.
  func task(_ task: TaskDescription) -> UnsafeMutablePointer<Mesos__V1__Task> {
    let wire = make(Mesos__V1__Task.self, mesos__v1__task__descriptor_address())
    let record = task.record
    wire.pointee.framework_id = message(record.frameworkID)
    wire.pointee.state = .init(rawValue: UInt32(bitPattern: record.state.rawValue))
    if let state = record.statusUpdateState {
      wire.pointee.has_status_update_state = 1
      wire.pointee.status_update_state = .init(rawValue: UInt32(bitPattern: state.rawValue))
    }
    if let id = record.statusUpdateUUID {
      wire.pointee.has_status_update_uuid = 1
      wire.pointee.status_update_uuid = uuid(id)
    }
    wire.pointee.n_statuses = task.statuses.count
    wire.pointee.statuses = messages(task.statuses)
    guard let info = message(record.info)?.pointee else { return wire }
    wire.pointee.name = info.name
    wire.pointee.task_id = info.task_id
    wire.pointee.agent_id = info.agent_id
    wire.pointee.executor_id = info.executor?.pointee.executor_id
    wire.pointee.n_resources = info.n_resources
    wire.pointee.resources = info.resources
    wire.pointee.labels = info.labels
    wire.pointee.discovery = info.discovery
    wire.pointee.container = info.container
    wire.pointee.user = info.command?.pointee.user
    wire.pointee.health_check = info.health_check
    wire.pointee.kill_policy = info.kill_policy
    return wire
  }

  fileprivate func executors(
    _ executors: [ExecutorDescription]
  ) -> UnsafeMutablePointer<Mesos__V1__Master__Response__GetExecutors> {
    let wire = make(
      Mesos__V1__Master__Response__GetExecutors.self,
      mesos__v1__master__response__get_executors__descriptor_address())
    wire.pointee.n_executors = executors.count
    wire.pointee.executors = present(
      list(executors) { executor in
        let entry = self.make(
          Mesos__V1__Master__Response__GetExecutors__Executor.self,
          mesos__v1__master__response__get_executors__executor__descriptor_address())
        entry.pointee.executor_info = self.message(executor.info)
        entry.pointee.agent_id = self.message(executor.agentID)
        return entry
      })
    return wire
  }
}
