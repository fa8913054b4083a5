// What operators are told of roles.

package import CMesosWire
import MesetaModel
package import MesetaProtocol

extension RoleDescription: WireConvertible {
  package typealias CMessage = Meseta__V1__RoleDescription
  package static var descriptor: MessageDescriptor { meseta__v1__role_description__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    guard let role = wire.pointee.role else { throw Self.missing("role") }
    let quota: RoleQuota? = try context.message(wire.pointee.quota)
    self.init(
      context.text(role.pointee.name), weight: role.pointee.weight,
      frameworks: try context.messages(role.pointee.n_frameworks, role.pointee.frameworks),
      allocated: try context.sums(wire.pointee.n_allocated, wire.pointee.allocated),
      offered: try context.sums(wire.pointee.n_offered, wire.pointee.offered),
      reserved: try context.sums(wire.pointee.n_reserved, wire.pointee.reserved),
      consumed: try context.sums(wire.pointee.n_consumed, wire.pointee.consumed),
      quota: quota?.quota ?? Quota())
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.role = context.role(self, withResources: false)
    wire.pointee.n_allocated = allocated.count
    wire.pointee.allocated = context.sums(allocated)
    wire.pointee.n_offered = offered.count
    wire.pointee.offered = context.sums(offered)
    wire.pointee.n_reserved = reserved.count
    wire.pointee.reserved = context.sums(reserved)
    wire.pointee.n_consumed = consumed.count
    wire.pointee.consumed = context.sums(consumed)
    if !quota.isDefault { wire.pointee.quota = context.message(RoleQuota(name, quota)) }
  }
}

extension Scalar {
  /// Checks an amount that many others may have been added up to; `name` is whose it is.
  init<Owner: WireConvertible>(
    decodingSum value: Double, of name: String, _ owner: Owner.Type
  ) throws(WireError) {
    guard value.isFinite, value >= 0, value <= 9e15 else {
      throw Owner.invalid("scalar.value", "of \"\(name)\" is \(value), not a number from 0 to 9·10¹⁵")
    }
    self.init(milli: Int64((value * 1000).rounded()))
  }
}

extension DecodingContext {
  fileprivate func sums(
    _ count: Int, _ list: MessageList<Meseta__V1__ResourceQuantity>?
  ) throws(WireError) -> [ResourceQuantity] {
    guard let list else { return [] }
    var quantities: [ResourceQuantity] = []
    for index in 0..<count {
      guard let wire = list[index] else { continue }
      let name = text(wire.pointee.name)
      let value = wire.pointee.scalar?.pointee.value ?? 0
      quantities.append(
        ResourceQuantity(name, try Scalar(decodingSum: value, of: name, RoleDescription.self)))
    }
    return quantities
  }
}

extension EncodingContext {
  fileprivate func sums(_ quantities: [ResourceQuantity]) -> MessageList<Meseta__V1__ResourceQuantity>? {
    list(quantities) { quantity in
      let wire = make(
        Meseta__V1__ResourceQuantity.self, meseta__v1__resource_quantity__descriptor_address())
      wire.pointee.name = text(quantity.name)
      wire.pointee.scalar = scalar(quantity.scalar.value)
      return wire
    }
  }

  /// Mesos's form, which has one list for what is allocated and what is offered.
  func role(_ role: RoleDescription, withResources: Bool) -> UnsafeMutablePointer<Mesos__V1__Role> {
    let wire = make(Mesos__V1__Role.self, mesos__v1__role__descriptor_address())
    wire.pointee.name = text(role.name)
    wire.pointee.weight = role.weight
    wire.pointee.n_frameworks = role.frameworks.count
    wire.pointee.frameworks = messages(role.frameworks)
    guard withResources else { return wire }
    let told = ["cpus", "disk", "gpus", "mem"]
    let held = (role.allocated + role.offered).filter { told.contains($0.name) }
    let resources = Resources(held.map { Resource($0.name, .scalar($0.scalar)) })
    wire.pointee.n_resources = resources.count
    wire.pointee.resources = messages(resources.resources)
    return wire
  }
}
