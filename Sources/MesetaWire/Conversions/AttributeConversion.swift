// The attributes of agents.

package import CMesosWire
package import MesetaModel

extension Attribute: WireConvertible {
  package typealias CMessage = Mesos__V1__Attribute
  package static var descriptor: MessageDescriptor { mesos__v1__attribute__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    let name = context.text(wire.pointee.name)
    switch wire.pointee.type {
    case MESOS__V1__VALUE__TYPE__SCALAR:
      guard let scalar = wire.pointee.scalar else { throw Self.missing("scalar") }
      self.init(name, .scalar(try Scalar(decoding: scalar.pointee.value, of: name, Self.self)))
    case MESOS__V1__VALUE__TYPE__RANGES:
      self.init(name, .ranges(try context.ranges(wire.pointee.ranges, of: name, Self.self)))
    case MESOS__V1__VALUE__TYPE__SET:
      guard let set = wire.pointee.set else { throw Self.missing("set") }
      self.init(name, .set(ItemSet(context.texts(set.pointee.n_item, set.pointee.item))))
    default:
      guard let text = wire.pointee.text else { throw Self.missing("text") }
      self.init(name, .text(context.text(text.pointee.value)))
    }
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.name = context.text(name)
    switch value {
    case .scalar(let scalar):
      wire.pointee.type = MESOS__V1__VALUE__TYPE__SCALAR
      wire.pointee.scalar = context.scalar(scalar.value)
    case .ranges(let ranges):
      wire.pointee.type = MESOS__V1__VALUE__TYPE__RANGES
      wire.pointee.ranges = context.ranges(ranges)
    case .set(let set):
      wire.pointee.type = MESOS__V1__VALUE__TYPE__SET
      wire.pointee.set = context.set(set)
    case .text(let text):
      wire.pointee.type = MESOS__V1__VALUE__TYPE__TEXT
      let message = context.make(
        Mesos__V1__Value__Text.self, mesos__v1__value__text__descriptor_address())
      message.pointee.value = context.text(text)
      wire.pointee.text = message
    }
  }
}
