// AgentInfo and MasterInfo: machines as they describe themselves.

package import CMesosWire
package import MesetaModel

extension AgentInfo: WireConvertible {
  package typealias CMessage = Mesos__V1__AgentInfo
  package static var descriptor: MessageDescriptor { mesos__v1__agent_info__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      hostname: context.text(wire.pointee.hostname),
      port: wire.pointee.has_port != 0 ? wire.pointee.port : 5051,
      resources: try context.resources(wire.pointee.n_resources, wire.pointee.resources),
      attributes: try context.messages(wire.pointee.n_attributes, wire.pointee.attributes),
      id: try context.message(wire.pointee.id),
      domain: context.domain(wire.pointee.domain))
    var raw = RawFields()
    raw.appendUnknown(of: wire)
    unknownFields = UnknownFields(raw)
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.hostname = context.text(hostname)
    wire.pointee.has_port = 1
    wire.pointee.port = port
    wire.pointee.n_resources = resources.count
    wire.pointee.resources = context.resources(resources)
    wire.pointee.n_attributes = attributes.count
    wire.pointee.attributes = context.messages(attributes)
    wire.pointee.id = context.message(id)
    wire.pointee.domain = context.domain(domain)
    context.append(unknownFields, to: wire)
  }
}

extension DecodingContext {
  /// Leaves out those that this version does not know.
  func capabilities(_ count: Int, _ list: MessageList<Mesos__V1__AgentInfo__Capability>?) -> [AgentCapability]
  {
    guard let list else { return [] }
    return (0..<count).compactMap { index in
      guard let message = list[index], message.pointee.has_type != 0 else { return nil }
      return AgentCapability(rawValue: Int32(bitPattern: message.pointee.type.rawValue))
    }
  }
}

extension EncodingContext {
  func capabilities(_ capabilities: [AgentCapability]) -> MessageList<Mesos__V1__AgentInfo__Capability>? {
    if capabilities.isEmpty { return nil }
    let list = allocate(UnsafeMutablePointer<Mesos__V1__AgentInfo__Capability>?.self, capabilities.count)
    for (index, capability) in capabilities.enumerated() {
      let message = make(
        Mesos__V1__AgentInfo__Capability.self, mesos__v1__agent_info__capability__descriptor_address())
      message.pointee.has_type = 1
      message.pointee.type = .init(rawValue: UInt32(bitPattern: capability.rawValue))
      list[index] = message
    }
    return list
  }
}

extension MasterInfo: WireConvertible {
  package typealias CMessage = Mesos__V1__MasterInfo
  package static var descriptor: MessageDescriptor { mesos__v1__master_info__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard let port = Int32(exactly: wire.pointee.port) else {
      throw Self.invalid("port", "is \(wire.pointee.port), not a number from 0 to 65535")
    }
    let address = wire.pointee.address
    let ip = address.flatMap { context.optionalText($0.pointee.ip) }
    self.init(
      id: context.text(wire.pointee.id),
      hostname: context.optionalText(wire.pointee.hostname) ?? context.text(address?.pointee.hostname),
      ip: ip ?? Self.text(ofIP: wire.pointee.ip), port: port, version: context.text(wire.pointee.version),
      domain: context.domain(wire.pointee.domain))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.id = context.text(id)
    wire.pointee.ip = Self.number(ofIP: ip)
    wire.pointee.port = UInt32(clamping: port)
    wire.pointee.pid = context.text("master@\(ip):\(port)")
    wire.pointee.hostname = context.text(hostname)
    wire.pointee.version = context.text(version)
    let address = context.make(Mesos__V1__Address.self, mesos__v1__address__descriptor_address())
    address.pointee.hostname = context.text(hostname)
    address.pointee.ip = context.text(ip)
    address.pointee.port = port
    wire.pointee.address = address
    let capabilities = Self.capabilities
    let list = context.allocate(
      UnsafeMutablePointer<Mesos__V1__MasterInfo__Capability>?.self, capabilities.count)
    for (index, type) in capabilities.enumerated() {
      let capability = context.make(
        Mesos__V1__MasterInfo__Capability.self, mesos__v1__master_info__capability__descriptor_address())
      capability.pointee.has_type = 1
      capability.pointee.type = type
      list[index] = capability
    }
    wire.pointee.n_capabilities = capabilities.count
    wire.pointee.capabilities = list
    wire.pointee.domain = context.domain(domain)
  }

  /// What every master of this version can do.
  private static var capabilities: [Mesos__V1__MasterInfo__Capability__Type] {
    [
      MESOS__V1__MASTER_INFO__CAPABILITY__TYPE__AGENT_UPDATE,
      MESOS__V1__MASTER_INFO__CAPABILITY__TYPE__AGENT_DRAINING,
      MESOS__V1__MASTER_INFO__CAPABILITY__TYPE__QUOTA_V2,
    ]
  }

  /// The four parts of an IPv4 address, the first in the lowest byte; 0 for what is none.
  static func number(ofIP text: String) -> UInt32 {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard parts.count == 4 else { return 0 }
    var number: UInt32 = 0
    for part in parts.reversed() {
      guard let part else { return 0 }
      number = number << 8 | UInt32(part)
    }
    return number
  }

  static func text(ofIP number: UInt32) -> String {
    "\(number & 255).\(number >> 8 & 255).\(number >> 16 & 255).\(number >> 24)"
  }
}
