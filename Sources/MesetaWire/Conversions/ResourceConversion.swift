// Resources and their amounts. What tells resources of one name apart is in TraitsConversion.swift.

package import CMesosWire
package import MesetaModel

extension Resource: WireConvertible {
  package typealias CMessage = Mesos__V1__Resource
  package static var descriptor: MessageDescriptor { mesos__v1__resource__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    let name = context.text(wire.pointee.name)
    let value: ResourceValue
    switch wire.pointee.type {
    case MESOS__V1__VALUE__TYPE__SCALAR:
      guard let scalar = wire.pointee.scalar else { throw Self.missing("scalar") }
      value = .scalar(try Scalar(decoding: scalar.pointee.value, of: name, Self.self))
    case MESOS__V1__VALUE__TYPE__RANGES:
      value = .ranges(try context.ranges(wire.pointee.ranges, of: name, Self.self))
    case MESOS__V1__VALUE__TYPE__SET:
      guard let set = wire.pointee.set else { throw Self.missing("set") }
      value = .set(ItemSet(context.texts(set.pointee.n_item, set.pointee.item)))
    default:
      throw Self.invalid("type", "of \"\(name)\" is none of SCALAR, RANGES and SET")
    }
    self = context.plainResource
    self.name = name
    self.value = value
    self.allocationRole = context.allocationRole(wire.pointee.allocation_info)
    if !Self.isPlain(wire) { traits = try ResourceTraits(decoding: wire, of: name, context) }
  }

  private static func isPlain(_ wire: UnsafePointer<CMessage>) -> Bool {
    wire.pointee.n_reservations == 0 && wire.pointee.reservation == nil && wire.pointee.disk == nil
      && wire.pointee.revocable == nil && wire.pointee.shared == nil && wire.pointee.provider_id == nil
      && ResourceTraits.isDefaultRole(wire.pointee.role)
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
    }
    if let allocationRole { wire.pointee.allocation_info = context.allocation(allocationRole) }
    if !isPlain {
      traits.encode(into: wire, context)
    } else if context.format != .reservations {
      wire.pointee.role = context.text(Role.anyone)
    }
  }
}

extension Scalar {
  /// Checks an amount; `name` is whose it is.
  @inline(__always)
  init<Owner: WireConvertible>(decoding value: Double, of name: String, _ owner: Owner.Type) throws(WireError)
  {
    guard let scalar = Scalar(checking: value) else {
      throw Owner.invalid("scalar.value", "of \"\(name)\" is \(value), not a number from 0 to 9·10⁹")
    }
    self = scalar
  }
}

extension DecodingContext {
  func ranges<Owner: WireConvertible>(
    _ wire: UnsafeMutablePointer<Mesos__V1__Value__Ranges>?, of name: String, _ owner: Owner.Type
  ) throws(WireError) -> Ranges {
    guard let wire else { throw Owner.missing("ranges") }
    guard let list = wire.pointee.range else { return Ranges() }
    var ranges: [ClosedRange<UInt64>] = []
    ranges.reserveCapacity(wire.pointee.n_range)
    for index in 0..<wire.pointee.n_range {
      guard let range = list[index] else { continue }
      let (begin, end) = (range.pointee.begin, range.pointee.end)
      guard begin <= end else {
        throw Owner.invalid("ranges.range", "of \"\(name)\" is \(begin)-\(end), which ends before it begins")
      }
      ranges.append(begin...end)
    }
    return Ranges(array: ranges)
  }
}

extension Resources {
  init(
    decoding list: UnsafeMutableBufferPointer<UnsafeMutablePointer<Mesos__V1__Resource>?>,
    _ context: DecodingContext
  ) throws(WireError) {
    guard context.admits(resources: list.count) else {
      throw Resource.invalid(
        "", "lists are too long to compare in this message: one of them has \(list.count)")
    }
    self.init()
    reserveCapacity(list.count)
    for case let wire? in list { add(try Resource(decoding: wire, context)) }
    // What was added up is within the bound of a single amount, so that the next node takes it too.
    if count < list.count {
      for resource in resources {
        if case .scalar(let sum) = resource.value, sum > .maximum {
          throw Resource.invalid("scalar.value", "of \"\(resource.name)\" adds up to \(sum), more than 9·10⁹")
        }
      }
    }
  }
}

extension EncodingContext {
  @inline(__always)
  func scalar(_ value: Double) -> UnsafeMutablePointer<Mesos__V1__Value__Scalar> {
    let wire = make(Mesos__V1__Value__Scalar.self, mesos__v1__value__scalar__descriptor_address())
    wire.pointee.value = value
    return wire
  }

  func ranges(_ ranges: Ranges) -> UnsafeMutablePointer<Mesos__V1__Value__Ranges> {
    let wire = make(Mesos__V1__Value__Ranges.self, mesos__v1__value__ranges__descriptor_address())
    let ranges = ranges.ranges
    if ranges.isEmpty { return wire }
    let list = allocate(UnsafeMutablePointer<Mesos__V1__Value__Range>?.self, ranges.count)
    for index in ranges.indices {
      let range = make(Mesos__V1__Value__Range.self, mesos__v1__value__range__descriptor_address())
      range.pointee.begin = ranges[index].lowerBound
      range.pointee.end = ranges[index].upperBound
      list[index] = range
    }
    wire.pointee.n_range = ranges.count
    wire.pointee.range = list
    return wire
  }

  func set(_ set: ItemSet) -> UnsafeMutablePointer<Mesos__V1__Value__Set> {
    let wire = make(Mesos__V1__Value__Set.self, mesos__v1__value__set__descriptor_address())
    wire.pointee.n_item = set.items.count
    wire.pointee.item = texts(set.items)
    return wire
  }
}
