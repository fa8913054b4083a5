// What operators are told of agents, frameworks, tasks and files.

package import CMesosWire
import MesetaModel
package import MesetaProtocol

extension AgentDescription: WireConvertible {
  package typealias CMessage = Mesos__V1__Master__Response__GetAgents__Agent
  package static var descriptor: MessageDescriptor {
    mesos__v1__master__response__get_agents__agent__descriptor_address()
  }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      try context.required(wire.pointee.agent_info, Self.self, "agent_info"),
      isActive: wire.pointee.active != 0, version: context.text(wire.pointee.version),
      nativeAddress: context.optionalText(wire.pointee.pid),
      registeredTime: wire.pointee.registered_time?.pointee.nanoseconds ?? 0,
      allocated: try context.resources(
        wire.pointee.n_allocated_resources, wire.pointee.allocated_resources),
      offered: try context.resources(wire.pointee.n_offered_resources, wire.pointee.offered_resources),
      total: try context.resources(wire.pointee.n_total_resources, wire.pointee.total_resources),
      standing: try Self.standing(wire, context),
      drainStartTime: wire.pointee.estimated_drain_start_time?.pointee.nanoseconds)
    reregisteredTime = wire.pointee.reregistered_time?.pointee.nanoseconds
    capabilities = context.capabilities(wire.pointee.n_capabilities, wire.pointee.capabilities)
  }

  private static func standing(
    _ wire: UnsafePointer<CMessage>, _ context: DecodingContext
  ) throws(WireError) -> AgentStanding? {
    if let info: DrainInfo = try context.message(wire.pointee.drain_info) { return .drained(info) }
    return wire.pointee.has_deactivated != 0 && wire.pointee.deactivated != 0 ? .deactivated : nil
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.agent_info = context.message(info)
    wire.pointee.active = isActive ? 1 : 0
    wire.pointee.version = context.text(version)
    // In Mesos too this is where the agent takes its own kind of messages.
    wire.pointee.pid = context.text(nativeAddress)
    wire.pointee.registered_time = context.time(registeredTime)
    wire.pointee.reregistered_time = context.time(reregisteredTime)
    wire.pointee.n_capabilities = capabilities.count
    wire.pointee.capabilities = context.capabilities(capabilities)
    wire.pointee.n_total_resources = total.count
    wire.pointee.total_resources = context.resources(total)
    wire.pointee.n_allocated_resources = allocated.count
    wire.pointee.allocated_resources = context.resources(allocated)
    wire.pointee.n_offered_resources = offered.count
    wire.pointee.offered_resources = context.resources(offered)
    wire.pointee.has_deactivated = 1
    wire.pointee.deactivated = standing == nil ? 0 : 1
    wire.pointee.drain_info = context.message(standing?.drainInfo)
    wire.pointee.estimated_drain_start_time = context.time(drainStartTime)
  }
}

extension FrameworkDescription: WireConvertible {
  package typealias CMessage = Mesos__V1__Master__Response__GetFrameworks__Framework
  package static var descriptor: MessageDescriptor {
    mesos__v1__master__response__get_frameworks__framework__descriptor_address()
  }

  /// Whether the framework is completed is said by the list it is in.
  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      try context.required(wire.pointee.framework_info, Self.self, "framework_info"),
      isConnected: wire.pointee.connected != 0, isCompleted: false,
      registeredTime: wire.pointee.registered_time?.pointee.nanoseconds ?? 0,
      allocated: try context.resources(
        wire.pointee.n_allocated_resources, wire.pointee.allocated_resources),
      offered: try context.resources(wire.pointee.n_offered_resources, wire.pointee.offered_resources),
      offerConstraints: try context.message(wire.pointee.offer_constraints) ?? [:])
    isRecovered = wire.pointee.recovered != 0
    reregisteredTime = wire.pointee.reregistered_time?.pointee.nanoseconds
    unregisteredTime = wire.pointee.unregistered_time?.pointee.nanoseconds
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.offer_constraints = context.message(offerConstraints)
    wire.pointee.framework_info = context.message(info)
    wire.pointee.active = isConnected ? 1 : 0
    wire.pointee.connected = isConnected ? 1 : 0
    wire.pointee.recovered = isRecovered ? 1 : 0
    wire.pointee.registered_time = context.time(registeredTime)
    wire.pointee.reregistered_time = context.time(reregisteredTime)
    wire.pointee.unregistered_time = context.time(unregisteredTime)
    wire.pointee.n_allocated_resources = allocated.count
    wire.pointee.allocated_resources = context.resources(allocated)
    wire.pointee.n_offered_resources = offered.count
    wire.pointee.offered_resources = context.resources(offered)
  }
}

extension TaskDescription: WireConvertible {
  package typealias CMessage = Meseta__V1__TaskDescription
  package static var descriptor: MessageDescriptor { meseta__v1__task_description__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      try context.required(wire.pointee.record, Self.self, "record"),
      statuses: try context.messages(wire.pointee.n_statuses, wire.pointee.statuses),
      isCompleted: wire.pointee.has_completed != 0 && wire.pointee.completed != 0,
      isUnreachable: wire.pointee.has_unreachable != 0 && wire.pointee.unreachable != 0)
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.record = context.message(record)
    wire.pointee.n_statuses = statuses.count
    wire.pointee.statuses = context.messages(statuses)
    if isCompleted {
      wire.pointee.has_completed = 1
      wire.pointee.completed = 1
    }
    if isUnreachable {
      wire.pointee.has_unreachable = 1
      wire.pointee.unreachable = 1
    }
  }
}

extension FileInfo: WireConvertible {
  package typealias CMessage = Mesos__V1__FileInfo
  package static var descriptor: MessageDescriptor { mesos__v1__file_info__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      path: context.text(wire.pointee.path),
      linkCount: wire.pointee.has_nlink == 0 ? 0 : wire.pointee.nlink,
      size: wire.pointee.has_size == 0 ? 0 : wire.pointee.size,
      modificationTime: wire.pointee.mtime?.pointee.nanoseconds ?? 0,
      mode: wire.pointee.has_mode == 0 ? 0 : wire.pointee.mode,
      user: context.text(wire.pointee.uid), group: context.text(wire.pointee.gid))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.path = context.text(path)
    wire.pointee.has_nlink = 1
    wire.pointee.nlink = linkCount
    wire.pointee.has_size = 1
    wire.pointee.size = size
    wire.pointee.mtime = context.time(modificationTime)
    wire.pointee.has_mode = 1
    wire.pointee.mode = mode
    wire.pointee.uid = context.text(user)
    wire.pointee.gid = context.text(group)
  }
}
