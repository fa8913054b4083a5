// The operator's calls: master.Call, and agent.Call for files.

package import CMesosWire
import MesetaModel
package import MesetaProtocol

extension OperatorCall: WireConvertible {
  package typealias CMessage = Mesos__V1__Master__Call
  package static var descriptor: MessageDescriptor { mesos__v1__master__call__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard wire.pointee.has_type != 0 else { throw Self.notPresent("type") }
    switch wire.pointee.type {
    case MESOS__V1__MASTER__CALL__TYPE__GET_AGENTS: self = .getAgents
    case MESOS__V1__MASTER__CALL__TYPE__GET_FRAMEWORKS: self = .getFrameworks
    case MESOS__V1__MASTER__CALL__TYPE__GET_TASKS: self = .getTasks
    case MESOS__V1__MASTER__CALL__TYPE__GET_MASTER: self = .getMaster
    case MESOS__V1__MASTER__CALL__TYPE__TEARDOWN:
      let teardown = try Self.present(wire.pointee.teardown, "teardown")
      self = .teardown(
        try context.required(teardown.pointee.framework_id, Self.self, "teardown.framework_id"))
    case MESOS__V1__MASTER__CALL__TYPE__LIST_FILES:
      self = .listFiles(
        path: context.text(try Self.present(wire.pointee.list_files, "list_files").pointee.path))
    case MESOS__V1__MASTER__CALL__TYPE__READ_FILE:
      let read = try Self.present(wire.pointee.read_file, "read_file")
      self = .readFile(
        path: context.text(read.pointee.path), offset: read.pointee.offset,
        length: read.pointee.has_length == 0 ? nil : read.pointee.length)
    case MESOS__V1__MASTER__CALL__TYPE__GET_OPERATIONS: self = .getOperations
    default:
      if let call = try Self.roleCall(wire, context) {
        self = call
      } else if let call = try Self.operation(wire, context) {
        self = call
      } else if let call = try Self.maintenanceCall(wire, context) {
        self = call
      } else {
        throw Self.unknownType(wire.pointee.type.rawValue)
      }
    }
  }

  /// EXPLAIN has no form here; the envelope has its own.
  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.has_type = 1
    switch self {
    case .getAgents: wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__GET_AGENTS
    case .getFrameworks: wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__GET_FRAMEWORKS
    case .getTasks: wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__GET_TASKS
    case .getMaster: wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__GET_MASTER
    case .teardown(let id):
      let message = context.make(
        Mesos__V1__Master__Call__Teardown.self, mesos__v1__master__call__teardown__descriptor_address())
      message.pointee.framework_id = context.message(id)
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__TEARDOWN
      wire.pointee.teardown = message
    case .operate(let agent, let operation): Self.encode(operation, on: agent, into: wire, context)
    case .getOperations: wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__GET_OPERATIONS
    case .listFiles(let path):
      let message = context.make(
        Mesos__V1__Master__Call__ListFiles.self, mesos__v1__master__call__list_files__descriptor_address())
      message.pointee.path = context.text(path)
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__LIST_FILES
      wire.pointee.list_files = message
    case .readFile(let path, let offset, let length):
      let message = context.make(
        Mesos__V1__Master__Call__ReadFile.self, mesos__v1__master__call__read_file__descriptor_address())
      message.pointee.path = context.text(path)
      message.pointee.offset = offset
      if let length {
        message.pointee.has_length = 1
        message.pointee.length = length
      }
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__READ_FILE
      wire.pointee.read_file = message
    case .getQuota, .updateQuota, .setQuota, .removeQuota, .getWeights, .updateWeights, .getRoles:
      encodeRoleCall(into: wire, context)
    case .getMaintenanceSchedule, .getMaintenanceStatus, .updateMaintenanceSchedule, .startMaintenance,
      .stopMaintenance, .deactivateAgent, .drainAgent, .reactivateAgent, .markAgentGone:
      encodeMaintenanceCall(into: wire, context)
    case .explain: break
    }
  }
}

/// An operator's call in the form that agents take.
package struct AgentOperatorCall: WireConvertible {
  package var call: OperatorCall

  /// Nil for a call that only a master answers.
  package init?(_ call: OperatorCall) {
    switch call {
    case .listFiles, .readFile: self.call = call
    default: return nil
    }
  }

  package typealias CMessage = Mesos__V1__Agent__Call
  package static var descriptor: MessageDescriptor { mesos__v1__agent__call__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard wire.pointee.has_type != 0 else { throw Self.notPresent("type") }
    switch wire.pointee.type {
    case MESOS__V1__AGENT__CALL__TYPE__LIST_FILES:
      call = .listFiles(
        path: context.text(try Self.present(wire.pointee.list_files, "list_files").pointee.path))
    case MESOS__V1__AGENT__CALL__TYPE__READ_FILE:
      let read = try Self.present(wire.pointee.read_file, "read_file")
      call = .readFile(
        path: context.text(read.pointee.path), offset: read.pointee.offset,
        length: read.pointee.has_length == 0 ? nil : read.pointee.length)
    default: throw Self.unknownType(wire.pointee.type.rawValue)
    }
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.has_type = 1
    switch call {
    case .listFiles(let path):
      let message = context.make(
        Mesos__V1__Agent__Call__ListFiles.self, mesos__v1__agent__call__list_files__descriptor_address())
      message.pointee.path = context.text(path)
      wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__LIST_FILES
      wire.pointee.list_files = message
    case .readFile(let path, let offset, let length):
      let message = context.make(
        Mesos__V1__Agent__Call__ReadFile.self, mesos__v1__agent__call__read_file__descriptor_address())
      message.pointee.path = context.text(path)
      message.pointee.offset = offset
      if let length {
        message.pointee.has_length = 1
        message.pointee.length = length
      }
      wire.pointee.type = MESOS__V1__AGENT__CALL__TYPE__READ_FILE
      wire.pointee.read_file = message
    default: break
    }
  }
}
