// Quotas and weights of roles.

package import CMesosWire
package import MesetaModel
package import MesetaProtocol

extension QuotaConfig: WireConvertible {
  package typealias CMessage = Mesos__V1__Quota__QuotaConfig
  package static var descriptor: MessageDescriptor { mesos__v1__quota__quota_config__descriptor_address() }

  /// Takes any number: what is wrong with it is said in Mesos's words later.
  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      role: context.text(wire.pointee.role),
      guarantees: context.writtenQuantities(wire.pointee.n_guarantees, wire.pointee.guarantees) {
        ($0.pointee.key, $0.pointee.value)
      },
      limits: context.writtenQuantities(wire.pointee.n_limits, wire.pointee.limits) {
        ($0.pointee.key, $0.pointee.value)
      })
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.role = context.text(role)
    wire.pointee.n_guarantees = guarantees.count
    wire.pointee.guarantees = context.list(guarantees) { quantity in
      let entry = context.make(
        Mesos__V1__Quota__QuotaConfig__GuaranteesEntry.self,
        mesos__v1__quota__quota_config__guarantees_entry__descriptor_address())
      entry.pointee.key = context.text(quantity.name)
      entry.pointee.value = context.scalar(quantity.value)
      return entry
    }
    wire.pointee.n_limits = limits.count
    wire.pointee.limits = context.list(limits) { quantity in
      let entry = context.make(
        Mesos__V1__Quota__QuotaConfig__LimitsEntry.self,
        mesos__v1__quota__quota_config__limits_entry__descriptor_address())
      entry.pointee.key = context.text(quantity.name)
      entry.pointee.value = context.scalar(quantity.value)
      return entry
    }
  }
}

extension RoleQuota: WireConvertible {
  package typealias CMessage = Mesos__V1__Quota__QuotaConfig
  package static var descriptor: MessageDescriptor { QuotaConfig.descriptor }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    let config = try QuotaConfig(decoding: wire, context)
    self.init(
      config.role,
      Quota(guarantees: try Self.exact(config.guarantees), limits: try Self.exact(config.limits)))
  }

  private static func exact(_ quantities: [WrittenQuantity]) throws(WireError) -> [ResourceQuantity] {
    var exact: [ResourceQuantity] = []
    for quantity in quantities {
      exact.append(
        ResourceQuantity(
          quantity.name, try Scalar(decoding: quantity.value, of: quantity.name, QuotaConfig.self)))
    }
    return exact
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    QuotaConfig(self).encode(into: wire, context)
  }
}

extension QuotaRequest: WireConvertible {
  package typealias CMessage = Mesos__V1__Quota__QuotaRequest
  package static var descriptor: MessageDescriptor { mesos__v1__quota__quota_request__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      role: context.optionalText(wire.pointee.role),
      guarantee: try context.messages(wire.pointee.n_guarantee, wire.pointee.guarantee),
      isForced: wire.pointee.has_force != 0 && wire.pointee.force != 0)
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.role = context.text(role)
    wire.pointee.n_guarantee = guarantee.count
    wire.pointee.guarantee = context.messages(guarantee)
    wire.pointee.has_force = isForced ? 1 : 0
    wire.pointee.force = isForced ? 1 : 0
  }
}

extension RoleWeight: WireConvertible {
  package typealias CMessage = Mesos__V1__WeightInfo
  package static var descriptor: MessageDescriptor { mesos__v1__weight_info__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(role: context.text(wire.pointee.role), weight: wire.pointee.weight)
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.role = context.text(role)
    wire.pointee.weight = weight
  }
}

extension DecodingContext {
  /// Of entries with one name the last counts, at the place of the first.
  fileprivate func writtenQuantities<Entry>(
    _ count: Int, _ list: MessageList<Entry>?,
    _ parts: (UnsafeMutablePointer<Entry>) -> (
      key: UnsafeMutablePointer<CChar>?, value: UnsafeMutablePointer<Mesos__V1__Value__Scalar>?
    )
  ) -> [WrittenQuantity] {
    guard let list else { return [] }
    var quantities = KeyedList<WrittenQuantity>()
    for index in 0..<count {
      guard let entry = list[index] else { continue }
      let (key, value) = parts(entry)
      let name = text(key)
      quantities.set(name, WrittenQuantity(name, value?.pointee.value ?? 0))
    }
    return quantities.values
  }
}

extension EncodingContext {
  /// A list of messages, each made by `make`.
  func list<Value, CMessage>(
    _ values: [Value], _ make: (Value) -> UnsafeMutablePointer<CMessage>
  ) -> MessageList<CMessage>? {
    if values.isEmpty { return nil }
    let list = allocate(UnsafeMutablePointer<CMessage>?.self, values.count)
    for (index, value) in values.enumerated() { list[index] = make(value) }
    return list
  }
}
