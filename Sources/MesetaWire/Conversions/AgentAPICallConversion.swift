// Mesos's operator API of an agent: files, which operators ask for by the native protocol as well, and what only comes by HTTP.

package import CMesosWire
package import MesetaProtocol

/// A call of the operator API (`mesos.v1.agent.Call`).
package enum AgentAPICall: Hashable, Sendable {
  case node(NodeCall)
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
    case MESOS__V1__AGENT__CALL__TYPE__GET_HEALTH: self = .node(.getHealth)
    case MESOS__V1__AGENT__CALL__TYPE__GET_VERSION: self = .node(.getVersion)
    case MESOS__V1__AGENT__CALL__TYPE__GET_FLAGS: self = .node(.getFlags)
    case MESOS__V1__AGENT__CALL__TYPE__GET_METRICS:
      _ = try Self.present(wire.pointee.get_metrics, "get_metrics")
      self = .node(.getMetrics)
    case MESOS__V1__AGENT__CALL__TYPE__GET_LOGGING_LEVEL: self = .node(.getLoggingLevel)
    case MESOS__V1__AGENT__CALL__TYPE__SET_LOGGING_LEVEL:
      let set = try Self.present(wire.pointee.set_logging_level, "set_logging_level")
      let duration = set.pointee.duration?.pointee.nanoseconds ?? 0
      self = .node(.setLoggingLevel(set.pointee.level, duration: duration))
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
    case let type:
      guard let name = Self.nameOfType(type.rawValue) else {
        self = .unsupported("The call of type \(type.rawValue)")
        return
      }
      // What a call is about is in a field of its name, which only this one may lack.
      let field = name.lowercased()
      if type != MESOS__V1__AGENT__CALL__TYPE__PRUNE_IMAGES, Self.lacksMessage(field, wire) {
        throw Self.notPresent(field)
      }
      self = .unsupported(name)
    }
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.has_type = 1
    switch self {
    case .node(.getHealth): wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__GET_HEALTH
    case .node(.getVersion): wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__GET_VERSION
    case .node(.getFlags): wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__GET_FLAGS
    case .node(.getMetrics):
      wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__GET_METRICS
      wire.pointee.get_metrics = context.make(
        Mesos__V1__Agent__Call__GetMetrics.self, mesos__v1__agent__call__get_metrics__descriptor_address())
    case .node(.getLoggingLevel): wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__GET_LOGGING_LEVEL
    case .node(.setLoggingLevel(let level, let duration)):
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
