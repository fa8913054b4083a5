// What tells resources of one name apart: reservations, disks, and who may use them how.
//
// Mesos has two generations of fields for reservations: `role` and `reservation`, and since 1.4 the stack
// `reservations`. A master reads both, and both at once (then the stack counts); ResourceFormat says what is written.

package import CMesosWire
package import MesetaModel

extension ResourceTraits {
  init(
    decoding wire: UnsafePointer<Mesos__V1__Resource>, of name: String, _ context: DecodingContext
  ) throws(WireError) {
    self.init(
      reservations: try Self.reservations(wire, of: name, context),
      disk: try context.message(wire.pointee.disk),
      isRevocable: wire.pointee.revocable != nil,
      isShared: wire.pointee.shared != nil,
      providerID: try context.message(wire.pointee.provider_id))
  }

  /// Whether this is `*`, or unset.
  @inline(__always)
  static func isDefaultRole(_ role: UnsafeMutablePointer<CChar>?) -> Bool {
    guard let role else { return true }
    return role[0] == CChar(bitPattern: UInt8(ascii: "*")) && role[1] == 0
  }

  private static func reservations(
    _ wire: UnsafePointer<Mesos__V1__Resource>, of name: String, _ context: DecodingContext
  ) throws(WireError) -> [Reservation] {
    if wire.pointee.n_reservations > 0 {
      return try context.messages(wire.pointee.n_reservations, wire.pointee.reservations)
    }
    if isDefaultRole(wire.pointee.role) {
      guard wire.pointee.reservation == nil else {
        throw Resource.invalid("reservation", "of \"\(name)\" is for the role \"*\", which reserves nothing")
      }
      return []
    }
    let role = context.text(wire.pointee.role)
    guard let dynamic = wire.pointee.reservation else { return [Reservation(.fixed, role: role)] }
    return [
      Reservation(
        .dynamic, role: role, principal: context.optionalText(dynamic.pointee.principal),
        labels: try context.labels(dynamic.pointee.labels))
    ]
  }

  func encode(into wire: UnsafeMutablePointer<Mesos__V1__Resource>, _ context: EncodingContext) {
    encodeReservations(into: wire, context)
    wire.pointee.disk = context.message(disk)
    if isRevocable {
      wire.pointee.revocable = context.make(
        Mesos__V1__Resource__RevocableInfo.self, mesos__v1__resource__revocable_info__descriptor_address())
    }
    if isShared {
      wire.pointee.shared = context.make(
        Mesos__V1__Resource__SharedInfo.self, mesos__v1__resource__shared_info__descriptor_address())
    }
    wire.pointee.provider_id = context.message(providerID)
  }

  private func encodeReservations(
    into wire: UnsafeMutablePointer<Mesos__V1__Resource>, _ context: EncodingContext
  ) {
    if context.format == .reservations || context.format == .both || reservations.count > 1 {
      wire.pointee.n_reservations = reservations.count
      wire.pointee.reservations = context.messages(reservations)
    }
    guard context.format != .reservations, reservations.count <= 1 else { return }
    guard let reservation = reservations.first else {
      wire.pointee.role = context.text(Role.anyone)
      return
    }
    wire.pointee.role = context.text(reservation.role)
    guard reservation.kind == .dynamic else { return }
    // The old form says neither role nor type here.
    let dynamic = context.make(Reservation.CMessage.self, Reservation.descriptor)
    dynamic.pointee.principal = context.text(reservation.principal)
    dynamic.pointee.labels = context.labels(reservation.labels)
    wire.pointee.reservation = dynamic
  }
}

extension Reservation: WireConvertible {
  package typealias CMessage = Mesos__V1__Resource__ReservationInfo
  package static var descriptor: MessageDescriptor {
    mesos__v1__resource__reservation_info__descriptor_address()
  }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard let role = context.optionalText(wire.pointee.role) else { throw Self.notPresent("role") }
    let kind: Kind
    switch wire.pointee.type {
    case MESOS__V1__RESOURCE__RESERVATION_INFO__TYPE__STATIC where wire.pointee.has_type != 0: kind = .fixed
    case MESOS__V1__RESOURCE__RESERVATION_INFO__TYPE__DYNAMIC where wire.pointee.has_type != 0:
      kind = .dynamic
    default: throw Self.invalid("type", "of the reservation for \"\(role)\" is neither STATIC nor DYNAMIC")
    }
    self.init(
      kind, role: role, principal: context.optionalText(wire.pointee.principal),
      labels: try context.labels(wire.pointee.labels))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.has_type = 1
    switch kind {
    case .fixed: wire.pointee.type = MESOS__V1__RESOURCE__RESERVATION_INFO__TYPE__STATIC
    case .dynamic: wire.pointee.type = MESOS__V1__RESOURCE__RESERVATION_INFO__TYPE__DYNAMIC
    }
    wire.pointee.role = context.text(role)
    wire.pointee.principal = context.text(principal)
    wire.pointee.labels = context.labels(labels)
  }
}

extension DiskInfo: WireConvertible {
  package typealias CMessage = Mesos__V1__Resource__DiskInfo
  package static var descriptor: MessageDescriptor { mesos__v1__resource__disk_info__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      persistence: wire.pointee.persistence.map {
        Persistence(
          id: context.text($0.pointee.id), principal: context.optionalText($0.pointee.principal))
      },
      volume: try context.message(wire.pointee.volume),
      source: try context.message(wire.pointee.source))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    if let persistence {
      let message = context.make(
        Mesos__V1__Resource__DiskInfo__Persistence.self,
        mesos__v1__resource__disk_info__persistence__descriptor_address())
      message.pointee.id = context.text(persistence.id)
      message.pointee.principal = context.text(persistence.principal)
      wire.pointee.persistence = message
    }
    wire.pointee.source = context.message(source)
    wire.pointee.volume = context.message(volume)
  }
}

extension DiskInfo.Source: WireConvertible {
  package typealias CMessage = Mesos__V1__Resource__DiskInfo__Source
  package static var descriptor: MessageDescriptor {
    mesos__v1__resource__disk_info__source__descriptor_address()
  }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard let kind = Kind(rawValue: Int32(bitPattern: wire.pointee.type.rawValue)) else {
      throw Self.invalid("type", "is none of PATH, MOUNT, BLOCK and RAW")
    }
    self.init(
      kind,
      root: kind == .path
        ? wire.pointee.path.flatMap { context.optionalText($0.pointee.root) }
        : wire.pointee.mount.flatMap { context.optionalText($0.pointee.root) },
      id: context.optionalText(wire.pointee.id),
      metadata: try context.labels(wire.pointee.metadata),
      profile: context.optionalText(wire.pointee.profile),
      vendor: context.optionalText(wire.pointee.vendor))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.type = .init(rawValue: UInt32(bitPattern: kind.rawValue))
    if let root, kind == .path {
      let path = context.make(
        Mesos__V1__Resource__DiskInfo__Source__Path.self,
        mesos__v1__resource__disk_info__source__path__descriptor_address())
      path.pointee.root = context.text(root)
      wire.pointee.path = path
    } else if let root {
      let mount = context.make(
        Mesos__V1__Resource__DiskInfo__Source__Mount.self,
        mesos__v1__resource__disk_info__source__mount__descriptor_address())
      mount.pointee.root = context.text(root)
      wire.pointee.mount = mount
    }
    wire.pointee.id = context.text(id)
    wire.pointee.metadata = context.labels(metadata)
    wire.pointee.profile = context.text(profile)
    wire.pointee.vendor = context.text(vendor)
  }
}

extension DiskInfo.Volume: WireConvertible {
  package typealias CMessage = Mesos__V1__Volume
  package static var descriptor: MessageDescriptor { mesos__v1__volume__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard let mode = Mode(rawValue: Int32(bitPattern: wire.pointee.mode.rawValue)) else {
      throw Self.invalid("mode", "is neither RW nor RO")
    }
    self.init(
      context.text(wire.pointee.container_path), hostPath: context.optionalText(wire.pointee.host_path),
      mode: mode)
    var fields = RawFields()
    fields.append(4, wire.pointee.image, context)
    fields.append(5, wire.pointee.source, context)
    fields.appendUnknown(of: wire)
    unknownFields = UnknownFields(fields)
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.container_path = context.text(containerPath)
    wire.pointee.host_path = context.text(hostPath)
    wire.pointee.mode = .init(rawValue: UInt32(bitPattern: mode.rawValue))
    context.append(unknownFields, to: wire)
  }
}
