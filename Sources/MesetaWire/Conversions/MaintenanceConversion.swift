// Machines, their maintenance, inverse offers and the draining of agents.

package import CMesosWire
package import MesetaModel

extension MachineID: WireConvertible {
  package typealias CMessage = Mesos__V1__MachineID
  package static var descriptor: MessageDescriptor { mesos__v1__machine_id__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(hostname: context.text(wire.pointee.hostname), ip: context.text(wire.pointee.ip))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.hostname = context.text(hostname.isEmpty ? nil : hostname)
    wire.pointee.ip = context.text(ip.isEmpty ? nil : ip)
  }
}

extension MaintenanceWindow: WireConvertible {
  package typealias CMessage = Mesos__V1__Maintenance__Window
  package static var descriptor: MessageDescriptor { mesos__v1__maintenance__window__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard let unavailability = context.unavailability(wire.pointee.unavailability) else {
      throw Self.missing("unavailability")
    }
    self.init(
      try context.messages(wire.pointee.n_machine_ids, wire.pointee.machine_ids), unavailability)
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.n_machine_ids = machines.count
    wire.pointee.machine_ids = context.messages(machines)
    wire.pointee.unavailability = context.unavailability(unavailability)
  }
}

extension MaintenanceSchedule: WireConvertible {
  package typealias CMessage = Mesos__V1__Maintenance__Schedule
  package static var descriptor: MessageDescriptor { mesos__v1__maintenance__schedule__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(try context.messages(wire.pointee.n_windows, wire.pointee.windows))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.n_windows = windows.count
    wire.pointee.windows = context.messages(windows)
  }
}

extension InverseOfferAnswer: WireConvertible {
  package typealias CMessage = Mesos__V1__Allocator__InverseOfferStatus
  package static var descriptor: MessageDescriptor {
    mesos__v1__allocator__inverse_offer_status__descriptor_address()
  }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      try context.required(wire.pointee.framework_id, Self.self, "framework_id"),
      isAccepted: wire.pointee.status == MESOS__V1__ALLOCATOR__INVERSE_OFFER_STATUS__STATUS__ACCEPT,
      time: wire.pointee.timestamp?.pointee.nanoseconds ?? 0)
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.status =
      isAccepted
      ? MESOS__V1__ALLOCATOR__INVERSE_OFFER_STATUS__STATUS__ACCEPT
      : MESOS__V1__ALLOCATOR__INVERSE_OFFER_STATUS__STATUS__DECLINE
    wire.pointee.framework_id = context.message(frameworkID)
    wire.pointee.timestamp = context.time(time)
  }
}

extension MaintenanceStatus: WireConvertible {
  package typealias CMessage = Mesos__V1__Maintenance__ClusterStatus
  package static var descriptor: MessageDescriptor {
    mesos__v1__maintenance__cluster_status__descriptor_address()
  }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      draining: try context.messages(wire.pointee.n_draining_machines, wire.pointee.draining_machines),
      down: try context.messages(wire.pointee.n_down_machines, wire.pointee.down_machines))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.n_draining_machines = draining.count
    wire.pointee.draining_machines = context.messages(draining)
    wire.pointee.n_down_machines = down.count
    wire.pointee.down_machines = context.messages(down)
  }
}

extension MaintenanceStatus.DrainingMachine: WireConvertible {
  package typealias CMessage = Mesos__V1__Maintenance__ClusterStatus__DrainingMachine
  package static var descriptor: MessageDescriptor {
    mesos__v1__maintenance__cluster_status__draining_machine__descriptor_address()
  }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      try context.required(wire.pointee.id, Self.self, "id"),
      answers: try context.messages(wire.pointee.n_statuses, wire.pointee.statuses))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.id = context.message(id)
    wire.pointee.n_statuses = answers.count
    wire.pointee.statuses = context.messages(answers)
  }
}

extension InverseOffer: WireConvertible {
  package typealias CMessage = Mesos__V1__InverseOffer
  package static var descriptor: MessageDescriptor { mesos__v1__inverse_offer__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard let unavailability = context.unavailability(wire.pointee.unavailability) else {
      throw Self.missing("unavailability")
    }
    self.init(
      id: try context.required(wire.pointee.id, Self.self, "id"),
      frameworkID: try context.required(wire.pointee.framework_id, Self.self, "framework_id"),
      agentID: try context.message(wire.pointee.agent_id), unavailability: unavailability,
      resources: try context.resources(wire.pointee.n_resources, wire.pointee.resources))
    var raw = RawFields()
    raw.append(2, wire.pointee.url, context)
    raw.appendUnknown(of: wire)
    unknownFields = UnknownFields(raw)
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.id = context.message(id)
    wire.pointee.framework_id = context.message(frameworkID)
    wire.pointee.agent_id = context.message(agentID)
    wire.pointee.unavailability = context.unavailability(unavailability)
    wire.pointee.n_resources = resources.count
    wire.pointee.resources = context.resources(resources)
    context.append(unknownFields, to: wire)
  }
}

extension DrainConfig: WireConvertible {
  package typealias CMessage = Mesos__V1__DrainConfig
  package static var descriptor: MessageDescriptor { mesos__v1__drain_config__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      maxGracePeriod: wire.pointee.max_grace_period?.pointee.nanoseconds,
      marksGone: wire.pointee.has_mark_gone != 0 && wire.pointee.mark_gone != 0)
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.max_grace_period = context.duration(maxGracePeriod)
    wire.pointee.has_mark_gone = 1
    wire.pointee.mark_gone = marksGone ? 1 : 0
  }
}

extension DrainInfo: WireConvertible {
  package typealias CMessage = Mesos__V1__DrainInfo
  package static var descriptor: MessageDescriptor { mesos__v1__drain_info__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      wire.pointee.state == MESOS__V1__DRAIN_STATE__DRAINED ? .drained : .draining,
      try context.required(wire.pointee.config, Self.self, "config"))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.state =
      state == .drained ? MESOS__V1__DRAIN_STATE__DRAINED : MESOS__V1__DRAIN_STATE__DRAINING
    wire.pointee.config = context.message(config)
  }
}
