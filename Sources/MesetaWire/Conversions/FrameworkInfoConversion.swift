// FrameworkInfo and its offer filters.

package import CMesosWire
package import MesetaModel

extension FrameworkInfo: WireConvertible {
  package typealias CMessage = Mesos__V1__FrameworkInfo
  package static var descriptor: MessageDescriptor { mesos__v1__framework_info__descriptor_address() }

  /// Where the role of a message without one points to.
  nonisolated(unsafe) private static let defaultRole: UnsafeMutablePointer<CChar>? = {
    var message = CMessage()
    mesos__v1__framework_info__init(&message)
    return message.role
  }()

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      user: context.text(wire.pointee.user), name: context.text(wire.pointee.name),
      id: try context.message(wire.pointee.id),
      failoverTimeout: wire.pointee.has_failover_timeout != 0 ? wire.pointee.failover_timeout : 0,
      checkpoint: wire.pointee.has_checkpoint != 0 && wire.pointee.checkpoint != 0,
      role: wire.pointee.role == Self.defaultRole ? nil : context.optionalText(wire.pointee.role),
      roles: context.texts(wire.pointee.n_roles, wire.pointee.roles),
      hostname: context.optionalText(wire.pointee.hostname),
      principal: context.optionalText(wire.pointee.principal),
      webuiURL: context.optionalText(wire.pointee.webui_url),
      capabilities: Self.capabilities(wire),
      labels: try context.labels(wire.pointee.labels),
      offerFilters: try context.offerFilters(wire.pointee.n_offer_filters, wire.pointee.offer_filters))
    var raw = RawFields()
    raw.appendUnknown(of: wire)
    unknownFields = UnknownFields(raw)
  }

  /// Leaves out those that this version does not know, as Mesos does.
  private static func capabilities(_ wire: UnsafePointer<CMessage>) -> [Capability] {
    guard let list = wire.pointee.capabilities else { return [] }
    return (0..<wire.pointee.n_capabilities).compactMap { index in
      guard let message = list[index], message.pointee.has_type != 0 else { return nil }
      return Capability(rawValue: Int32(bitPattern: message.pointee.type.rawValue))
    }
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.user = context.text(user)
    wire.pointee.name = context.text(name)
    wire.pointee.id = context.message(id)
    wire.pointee.has_failover_timeout = 1
    wire.pointee.failover_timeout = failoverTimeout
    wire.pointee.has_checkpoint = 1
    wire.pointee.checkpoint = checkpoint ? 1 : 0
    if let role { wire.pointee.role = context.text(role) }
    wire.pointee.n_roles = roles.count
    wire.pointee.roles = context.texts(roles)
    wire.pointee.hostname = context.text(hostname)
    wire.pointee.principal = context.text(principal)
    wire.pointee.webui_url = context.text(webuiURL)
    wire.pointee.labels = context.labels(labels)
    if !capabilities.isEmpty {
      let list = context.allocate(
        UnsafeMutablePointer<Mesos__V1__FrameworkInfo__Capability>?.self, capabilities.count)
      for (index, capability) in capabilities.enumerated() {
        let message = context.make(
          Mesos__V1__FrameworkInfo__Capability.self,
          mesos__v1__framework_info__capability__descriptor_address())
        message.pointee.has_type = 1
        message.pointee.type = .init(rawValue: UInt32(bitPattern: capability.rawValue))
        list[index] = message
      }
      wire.pointee.n_capabilities = capabilities.count
      wire.pointee.capabilities = list
    }
    context.encode(offerFilters, into: wire)
    context.append(unknownFields, to: wire)
  }
}

extension DecodingContext {
  /// Of entries with one key the last counts, at the place of the first.
  func offerFilters(
    _ count: Int, _ list: MessageList<Mesos__V1__FrameworkInfo__OfferFiltersEntry>?
  ) throws(WireError) -> [OfferFilter] {
    guard let list else { return [] }
    var filters = KeyedList<OfferFilter>()
    for index in 0..<count {
      guard let entry = list[index] else { continue }
      let role = text(entry.pointee.key)
      var filter = OfferFilter(role: role, minimalQuantities: nil)
      if let minimum = entry.pointee.value?.pointee.min_allocatable_resources {
        var alternatives: [[ResourceQuantity]] = []
        for index in 0..<minimum.pointee.n_quantities {
          guard let quantities = minimum.pointee.quantities?[index] else { continue }
          alternatives.append(try self.quantities(quantities))
        }
        filter.minimalQuantities = alternatives
      }
      filters.set(role, filter)
    }
    return filters.values
  }

  private func quantities(
    _ wire: UnsafeMutablePointer<Mesos__V1__OfferFilters__ResourceQuantities>
  ) throws(WireError) -> [ResourceQuantity] {
    var quantities = KeyedList<ResourceQuantity>()
    for index in 0..<wire.pointee.n_quantities {
      guard let entry = wire.pointee.quantities?[index] else { continue }
      let name = text(entry.pointee.key)
      let value = entry.pointee.value?.pointee.value ?? 0
      quantities.set(
        name, ResourceQuantity(name, try Scalar(decoding: value, of: name, FrameworkInfo.self)))
    }
    return quantities.values
  }
}

extension EncodingContext {
  fileprivate func encode(
    _ filters: [OfferFilter], into wire: UnsafeMutablePointer<Mesos__V1__FrameworkInfo>
  ) {
    if filters.isEmpty { return }
    let list = allocate(
      UnsafeMutablePointer<Mesos__V1__FrameworkInfo__OfferFiltersEntry>?.self, filters.count)
    for (index, filter) in filters.enumerated() {
      let entry = make(
        Mesos__V1__FrameworkInfo__OfferFiltersEntry.self,
        mesos__v1__framework_info__offer_filters_entry__descriptor_address())
      entry.pointee.key = text(filter.role)
      let value = make(Mesos__V1__OfferFilters.self, mesos__v1__offer_filters__descriptor_address())
      if let alternatives = filter.minimalQuantities {
        value.pointee.min_allocatable_resources = minimum(alternatives)
      }
      entry.pointee.value = value
      list[index] = entry
    }
    wire.pointee.n_offer_filters = filters.count
    wire.pointee.offer_filters = list
  }

  private func minimum(
    _ alternatives: [[ResourceQuantity]]
  ) -> UnsafeMutablePointer<Mesos__V1__OfferFilters__MinAllocatableResources> {
    let wire = make(
      Mesos__V1__OfferFilters__MinAllocatableResources.self,
      mesos__v1__offer_filters__min_allocatable_resources__descriptor_address())
    let list = allocate(
      UnsafeMutablePointer<Mesos__V1__OfferFilters__ResourceQuantities>?.self, alternatives.count)
    for (index, quantities) in alternatives.enumerated() {
      let message = make(
        Mesos__V1__OfferFilters__ResourceQuantities.self,
        mesos__v1__offer_filters__resource_quantities__descriptor_address())
      let entries = allocate(
        UnsafeMutablePointer<Mesos__V1__OfferFilters__ResourceQuantities__QuantitiesEntry>?.self,
        quantities.count)
      for (index, quantity) in quantities.enumerated() {
        let entry = make(
          Mesos__V1__OfferFilters__ResourceQuantities__QuantitiesEntry.self,
          mesos__v1__offer_filters__resource_quantities__quantities_entry__descriptor_address())
        entry.pointee.key = text(quantity.name)
        entry.pointee.value = scalar(quantity.scalar.value)
        entries[index] = entry
      }
      message.pointee.n_quantities = quantities.count
      message.pointee.quantities = entries
      list[index] = message
    }
    wire.pointee.n_quantities = alternatives.count
    wire.pointee.quantities = list
    return wire
  }
}

/// The entries of a map field, in the order their keys first came.
struct KeyedList<Value> {
  private(set) var values: [Value] = []
  private var places: [String: Int] = [:]

  mutating func set(_ key: String, _ value: Value) {
    if let place = places[key] {
      values[place] = value
    } else {
      places[key] = values.count
      values.append(value)
    }
  }
}
