// The answers to operators: master.Response, and agent.Response for files.

package import CMesosWire
import MesetaModel
package import MesetaProtocol

extension OperatorResponse: WireConvertible {
  package typealias CMessage = Mesos__V1__Master__Response
  package static var descriptor: MessageDescriptor { mesos__v1__master__response__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    switch wire.pointee.type {
    case MESOS__V1__MASTER__RESPONSE__TYPE__GET_AGENTS:
      let message = try Self.present(wire.pointee.get_agents, "get_agents")
      self = .agents(
        try context.messages(message.pointee.n_agents, message.pointee.agents),
        recovered: try context.messages(
          message.pointee.n_recovered_agents, message.pointee.recovered_agents))
    case MESOS__V1__MASTER__RESPONSE__TYPE__GET_FRAMEWORKS:
      let message = try Self.present(wire.pointee.get_frameworks, "get_frameworks")
      let completed: [FrameworkDescription] = try context.messages(
        message.pointee.n_completed_frameworks, message.pointee.completed_frameworks)
      self = .frameworks(
        try context.messages(message.pointee.n_frameworks, message.pointee.frameworks)
          + completed.map { Self.completed($0) })
    case MESOS__V1__MASTER__RESPONSE__TYPE__GET_MASTER:
      let message = try Self.present(wire.pointee.get_master, "get_master")
      self = .master(
        try context.required(message.pointee.master_info, Self.self, "get_master.master_info"))
    case MESOS__V1__MASTER__RESPONSE__TYPE__GET_OPERATIONS:
      let message = try Self.present(wire.pointee.get_operations, "get_operations")
      self = .operations(try context.messages(message.pointee.n_operations, message.pointee.operations))
    case MESOS__V1__MASTER__RESPONSE__TYPE__LIST_FILES:
      let message = try Self.present(wire.pointee.list_files, "list_files")
      self = .files(try context.messages(message.pointee.n_file_infos, message.pointee.file_infos))
    case MESOS__V1__MASTER__RESPONSE__TYPE__READ_FILE:
      let message = try Self.present(wire.pointee.read_file, "read_file")
      self = .file(size: message.pointee.size, data: context.data(message.pointee.data))
    default:
      if let response = try Self.roleResponse(wire, context) {
        self = response
      } else if let response = try Self.maintenanceResponse(wire, context) {
        self = response
      } else {
        throw Self.unknownType(wire.pointee.type.rawValue)
      }
    }
  }

  private static func completed(_ framework: FrameworkDescription) -> FrameworkDescription {
    var framework = framework
    framework.isCompleted = true
    return framework
  }

  /// Tasks (a `mesos.v1.Task` cannot hold them whole), explanations and `done` have no form here; the envelope has its own, and
  /// one for roles that says more.
  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.has_type = 1
    switch self {
    case .agents(let agents, let recovered):
      let message = context.make(
        Mesos__V1__Master__Response__GetAgents.self,
        mesos__v1__master__response__get_agents__descriptor_address())
      message.pointee.n_agents = agents.count
      message.pointee.agents = context.messages(agents)
      message.pointee.n_recovered_agents = recovered.count
      message.pointee.recovered_agents = context.messages(recovered)
      wire.pointee.type = MESOS__V1__MASTER__RESPONSE__TYPE__GET_AGENTS
      wire.pointee.get_agents = message
    case .frameworks(let frameworks):
      let message = context.make(
        Mesos__V1__Master__Response__GetFrameworks.self,
        mesos__v1__master__response__get_frameworks__descriptor_address())
      let live = frameworks.filter { !$0.isCompleted }
      let completed = frameworks.filter(\.isCompleted)
      message.pointee.n_frameworks = live.count
      message.pointee.frameworks = context.messages(live)
      message.pointee.n_completed_frameworks = completed.count
      message.pointee.completed_frameworks = context.messages(completed)
      wire.pointee.type = MESOS__V1__MASTER__RESPONSE__TYPE__GET_FRAMEWORKS
      wire.pointee.get_frameworks = message
    case .master(let master):
      let message = context.make(
        Mesos__V1__Master__Response__GetMaster.self,
        mesos__v1__master__response__get_master__descriptor_address())
      message.pointee.master_info = context.message(master)
      wire.pointee.type = MESOS__V1__MASTER__RESPONSE__TYPE__GET_MASTER
      wire.pointee.get_master = message
    case .operations(let operations):
      let message = context.make(
        Mesos__V1__Master__Response__GetOperations.self,
        mesos__v1__master__response__get_operations__descriptor_address())
      message.pointee.n_operations = operations.count
      message.pointee.operations = context.messages(operations)
      wire.pointee.type = MESOS__V1__MASTER__RESPONSE__TYPE__GET_OPERATIONS
      wire.pointee.get_operations = message
    case .files(let files):
      let message = context.make(
        Mesos__V1__Master__Response__ListFiles.self,
        mesos__v1__master__response__list_files__descriptor_address())
      message.pointee.n_file_infos = files.count
      message.pointee.file_infos = context.messages(files)
      wire.pointee.type = MESOS__V1__MASTER__RESPONSE__TYPE__LIST_FILES
      wire.pointee.list_files = message
    case .file(let size, let data):
      let message = context.make(
        Mesos__V1__Master__Response__ReadFile.self,
        mesos__v1__master__response__read_file__descriptor_address())
      message.pointee.size = size
      message.pointee.data = context.data(data)
      wire.pointee.type = MESOS__V1__MASTER__RESPONSE__TYPE__READ_FILE
      wire.pointee.read_file = message
    case .quota, .weights, .roles: encodeRoleResponse(into: wire, context)
    case .maintenanceSchedule, .maintenanceStatus: encodeMaintenanceResponse(into: wire, context)
    case .tasks, .explanation, .done: break
    }
  }

}

/// An answer in the form that agents give: files.
package struct AgentOperatorResponse: WireConvertible {
  package var response: OperatorResponse

  /// Nil for an answer that only a master gives.
  package init?(_ response: OperatorResponse) {
    switch response {
    case .files, .file: self.response = response
    default: return nil
    }
  }

  package typealias CMessage = Mesos__V1__Agent__Response
  package static var descriptor: MessageDescriptor { mesos__v1__agent__response__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    switch wire.pointee.type {
    case MESOS__V1__AGENT__RESPONSE__TYPE__LIST_FILES:
      let message = try Self.present(wire.pointee.list_files, "list_files")
      response = .files(try context.messages(message.pointee.n_file_infos, message.pointee.file_infos))
    case MESOS__V1__AGENT__RESPONSE__TYPE__READ_FILE:
      let message = try Self.present(wire.pointee.read_file, "read_file")
      response = .file(size: message.pointee.size, data: context.data(message.pointee.data))
    default: throw Self.unknownType(wire.pointee.type.rawValue)
    }
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.has_type = 1
    switch response {
    case .files(let files):
      let message = context.make(
        Mesos__V1__Agent__Response__ListFiles.self,
        mesos__v1__agent__response__list_files__descriptor_address())
      message.pointee.n_file_infos = files.count
      message.pointee.file_infos = context.messages(files)
      wire.pointee.type = MESOS__V1__AGENT__RESPONSE__TYPE__LIST_FILES
      wire.pointee.list_files = message
    case .file(let size, let data):
      let message = context.make(
        Mesos__V1__Agent__Response__ReadFile.self,
        mesos__v1__agent__response__read_file__descriptor_address())
      message.pointee.size = size
      message.pointee.data = context.data(data)
      wire.pointee.type = MESOS__V1__AGENT__RESPONSE__TYPE__READ_FILE
      wire.pointee.read_file = message
    default: break
    }
  }
}

extension WireConvertible {
  /// That a message's type is one that this version has no use for.
  static func unknownType(_ number: UInt32) -> WireError {
    invalid("type", "is \(nameOfType(number) ?? String(number)), which this version does not know")
  }

  /// The schema's name for a value of a message's `type`.
  static func nameOfType(_ number: UInt32) -> String? {
    guard let field = protobuf_c_message_descriptor_get_field_by_name(descriptor, "type"),
      let values = field.pointee.descriptor?.assumingMemoryBound(to: ProtobufCEnumDescriptor.self),
      let value = protobuf_c_enum_descriptor_get_value(values, Int32(bitPattern: number))
    else { return nil }
    return String(cString: value.pointee.name)
  }

  /// Whether the schema has a field for a message that is not there.
  static func lacksMessage(_ field: String, _ wire: UnsafePointer<CMessage>) -> Bool {
    guard let field = protobuf_c_message_descriptor_get_field_by_name(descriptor, field),
      field.pointee.type == PROTOBUF_C_TYPE_MESSAGE, field.pointee.label == PROTOBUF_C_LABEL_OPTIONAL
    else { return false }
    let place = UnsafeRawPointer(wire) + Int(field.pointee.offset)
    return place.load(as: UnsafeRawPointer?.self) == nil
  }
}
