// The values of the registry's entries.

package import CMesosWire
package import MesetaModel

/// An agent that was admitted.
package struct RegistryAgentRecord: Hashable, Sendable {
  package var id: AgentID
  /// Nil once the agent is unreachable.
  package var info: AgentInfo?
  /// Nanoseconds since the Unix epoch.
  package var unreachableSince: Int64?

  package init(_ id: AgentID, info: AgentInfo? = nil, unreachableSince: Int64? = nil) {
    self.id = id
    self.info = info
    self.unreachableSince = unreachableSince
  }
}

extension RegistryAgentRecord: WireConvertible {
  package typealias CMessage = Meseta__V1__RegistryAgent
  package static var descriptor: MessageDescriptor { meseta__v1__registry_agent__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      try context.required(wire.pointee.id, Self.self, "id"), info: try context.message(wire.pointee.info),
      unreachableSince: wire.pointee.unreachable_time?.pointee.nanoseconds)
    guard (info == nil) != (unreachableSince == nil) else {
      throw Self.invalid("info", "and unreachable_time exclude each other, and one of them has to be there")
    }
    // It is found by its id.
    info?.id = id
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.id = context.message(id)
    wire.pointee.info = context.message(info)
    wire.pointee.unreachable_time = context.time(unreachableSince)
  }
}

/// An agent that was given up for good.
package struct RegistryGoneRecord: Hashable, Sendable {
  package var id: AgentID
  /// Nanoseconds since the Unix epoch.
  package var since: Int64

  package init(_ id: AgentID, since: Int64) {
    self.id = id
    self.since = since
  }
}

extension RegistryGoneRecord: WireConvertible {
  package typealias CMessage = Meseta__V1__RegistryGoneAgent
  package static var descriptor: MessageDescriptor { meseta__v1__registry_gone_agent__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard let time = wire.pointee.time?.pointee.nanoseconds else { throw Self.missing("time") }
    self.init(try context.required(wire.pointee.id, Self.self, "id"), since: time)
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.id = context.message(id)
    wire.pointee.time = context.time(since)
  }
}

/// An agent that an operator took out of use.
package struct RegistryStandingRecord: Hashable, Sendable {
  package var id: AgentID
  package var standing: AgentStanding

  package init(_ id: AgentID, _ standing: AgentStanding) {
    self.id = id
    self.standing = standing
  }
}

extension RegistryStandingRecord: WireConvertible {
  package typealias CMessage = Meseta__V1__RegistryStanding
  package static var descriptor: MessageDescriptor { meseta__v1__registry_standing__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    let info: DrainInfo? = try context.message(wire.pointee.drain_info)
    self.init(
      try context.required(wire.pointee.id, Self.self, "id"), info.map(AgentStanding.drained) ?? .deactivated)
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.id = context.message(id)
    wire.pointee.drain_info = context.message(standing.drainInfo)
  }
}

/// Planned maintenance.
package struct RegistryMaintenanceRecord: Hashable, Sendable {
  package var schedule: MaintenanceSchedule
  /// The machines that are down; they are scheduled, too.
  package var down: [MachineID]

  package init(_ schedule: MaintenanceSchedule = MaintenanceSchedule(), down: [MachineID] = []) {
    self.schedule = schedule
    self.down = down
  }
}

extension RegistryMaintenanceRecord: WireConvertible {
  package typealias CMessage = Meseta__V1__RegistryMaintenance
  package static var descriptor: MessageDescriptor { meseta__v1__registry_maintenance__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      try context.message(wire.pointee.schedule) ?? MaintenanceSchedule(),
      down: try context.messages(wire.pointee.n_down, wire.pointee.down))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.schedule = context.message(schedule)
    wire.pointee.n_down = down.count
    wire.pointee.down = context.messages(down)
  }
}

/// All of a registry.
package struct RegistryExportRecord: Hashable, Sendable {
  /// The form in which this version writes one.
  package static let format: UInt32 = 1

  package var agents: [RegistryAgentRecord] = []
  package var gone: [RegistryGoneRecord] = []
  package var standings: [RegistryStandingRecord] = []
  package var quotas: [RoleQuota] = []
  package var weights: [RoleWeight] = []
  package var maintenance = RegistryMaintenanceRecord()

  package init() {}
}

extension RegistryExportRecord: WireConvertible {
  package typealias CMessage = Meseta__V1__RegistryExport
  package static var descriptor: MessageDescriptor { meseta__v1__registry_export__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard wire.pointee.format == Self.format else {
      throw Self.invalid(
        "format", "is \(wire.pointee.format), and this version of Meseta knows \(Self.format)")
    }
    self.init()
    agents = try context.messages(wire.pointee.n_agents, wire.pointee.agents)
    gone = try context.messages(wire.pointee.n_gone, wire.pointee.gone)
    standings = try context.messages(wire.pointee.n_standings, wire.pointee.standings)
    quotas = try context.messages(wire.pointee.n_quotas, wire.pointee.quotas)
    weights = try context.messages(wire.pointee.n_weights, wire.pointee.weights)
    maintenance = try context.message(wire.pointee.maintenance) ?? RegistryMaintenanceRecord()
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.format = Self.format
    wire.pointee.n_agents = agents.count
    wire.pointee.agents = context.messages(agents)
    wire.pointee.n_gone = gone.count
    wire.pointee.gone = context.messages(gone)
    wire.pointee.n_standings = standings.count
    wire.pointee.standings = context.messages(standings)
    wire.pointee.n_quotas = quotas.count
    wire.pointee.quotas = context.messages(quotas)
    wire.pointee.n_weights = weights.count
    wire.pointee.weights = context.messages(weights)
    wire.pointee.maintenance = context.message(maintenance)
  }
}
