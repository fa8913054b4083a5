// Labels, and fault domains.

package import CMesosWire
package import MesetaModel

extension Label: WireConvertible {
  package typealias CMessage = Mesos__V1__Label
  package static var descriptor: MessageDescriptor { mesos__v1__label__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(context.text(wire.pointee.key), context.optionalText(wire.pointee.value))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.key = context.text(key)
    wire.pointee.value = context.text(value)
  }
}

extension DecodingContext {
  func labels(_ wire: UnsafeMutablePointer<Mesos__V1__Labels>?) throws(WireError) -> Labels? {
    guard let wire else { return nil }
    return try messages(wire.pointee.n_labels, wire.pointee.labels)
  }
}

extension EncodingContext {
  func labels(_ labels: Labels?) -> UnsafeMutablePointer<Mesos__V1__Labels>? {
    guard let labels else { return nil }
    let wire = make(Mesos__V1__Labels.self, mesos__v1__labels__descriptor_address())
    wire.pointee.n_labels = labels.count
    wire.pointee.labels = messages(labels)
    return wire
  }
}

extension DecodingContext {
  /// Nil where the domain names no place.
  func domain(_ wire: UnsafeMutablePointer<Mesos__V1__DomainInfo>?) -> FaultDomain? {
    guard let place = wire?.pointee.fault_domain else { return nil }
    return FaultDomain(
      region: text(place.pointee.region?.pointee.name), zone: text(place.pointee.zone?.pointee.name))
  }
}

extension EncodingContext {
  func domain(_ domain: FaultDomain?) -> UnsafeMutablePointer<Mesos__V1__DomainInfo>? {
    guard let domain else { return nil }
    let wire = make(Mesos__V1__DomainInfo.self, mesos__v1__domain_info__descriptor_address())
    let place = make(
      Mesos__V1__DomainInfo__FaultDomain.self, mesos__v1__domain_info__fault_domain__descriptor_address())
    let region = make(
      Mesos__V1__DomainInfo__FaultDomain__RegionInfo.self,
      mesos__v1__domain_info__fault_domain__region_info__descriptor_address())
    let zone = make(
      Mesos__V1__DomainInfo__FaultDomain__ZoneInfo.self,
      mesos__v1__domain_info__fault_domain__zone_info__descriptor_address())
    region.pointee.name = text(domain.region)
    zone.pointee.name = text(domain.zone)
    place.pointee.region = region
    place.pointee.zone = zone
    wire.pointee.fault_domain = place
    return wire
  }
}
