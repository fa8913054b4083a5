// Offer, and what goes with offers: unavailability and filters.

package import CMesosWire
package import MesetaModel

extension Offer: WireConvertible {
  package typealias CMessage = Mesos__V1__Offer
  package static var descriptor: MessageDescriptor { mesos__v1__offer__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      id: try context.required(wire.pointee.id, Self.self, "id"),
      frameworkID: try context.frameworkID(wire.pointee.framework_id, Self.self, "framework_id"),
      agentID: try context.required(wire.pointee.agent_id, Self.self, "agent_id"),
      hostname: context.text(wire.pointee.hostname),
      resources: try context.resources(wire.pointee.n_resources, wire.pointee.resources),
      attributes: try context.messages(wire.pointee.n_attributes, wire.pointee.attributes),
      executorIDs: try context.messages(wire.pointee.n_executor_ids, wire.pointee.executor_ids),
      // A master leaves it out for frameworks without MULTI_ROLE.
      allocationRole: context.allocationRole(wire.pointee.allocation_info) ?? Role.anyone,
      domain: context.domain(wire.pointee.domain),
      unavailability: context.unavailability(wire.pointee.unavailability))
    var raw = RawFields()
    raw.append(8, wire.pointee.url, context)
    raw.appendUnknown(of: wire)
    unknownFields = UnknownFields(raw)
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.id = context.message(id)
    wire.pointee.framework_id = context.frameworkID(frameworkID)
    wire.pointee.agent_id = context.message(agentID)
    wire.pointee.hostname = context.text(hostname)
    wire.pointee.n_resources = resources.count
    wire.pointee.resources = context.resources(resources)
    wire.pointee.n_attributes = attributes.count
    wire.pointee.attributes = context.messages(attributes)
    wire.pointee.n_executor_ids = executorIDs.count
    wire.pointee.executor_ids = context.messages(executorIDs)
    wire.pointee.allocation_info = context.allocation(allocationRole)
    wire.pointee.domain = context.domain(domain)
    wire.pointee.unavailability = context.unavailability(unavailability)
    context.append(unknownFields, to: wire)
  }
}

extension DecodingContext {
  func unavailability(_ wire: UnsafeMutablePointer<Mesos__V1__Unavailability>?) -> Unavailability? {
    guard let wire else { return nil }
    return Unavailability(
      start: wire.pointee.start?.pointee.nanoseconds ?? 0,
      duration: wire.pointee.duration?.pointee.nanoseconds)
  }

  func filters(_ wire: UnsafeMutablePointer<Mesos__V1__Filters>?) -> Filters {
    guard let wire, wire.pointee.has_refuse_seconds != 0 else { return Filters() }
    return Filters(refuseSeconds: wire.pointee.refuse_seconds)
  }
}

extension EncodingContext {
  func unavailability(_ value: Unavailability?) -> UnsafeMutablePointer<Mesos__V1__Unavailability>? {
    guard let value else { return nil }
    let wire = make(Mesos__V1__Unavailability.self, mesos__v1__unavailability__descriptor_address())
    wire.pointee.start = time(value.start)
    wire.pointee.duration = duration(value.duration)
    return wire
  }

  func filters(_ filters: Filters) -> UnsafeMutablePointer<Mesos__V1__Filters> {
    let wire = make(Mesos__V1__Filters.self, mesos__v1__filters__descriptor_address())
    wire.pointee.has_refuse_seconds = 1
    wire.pointee.refuse_seconds = filters.refuseSeconds
    return wire
  }
}
