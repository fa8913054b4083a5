/// A sum of resources that is quick to add to and to compare, for laws that are checked again and again: most of what there is
/// are plain scalars of the well-known names, and these are kept as numbers.
@usableFromInline
package struct ResourceSum: Equatable, Sendable {
  private static let names = ["cpus", "mem", "disk", "gpus"]

  /// Thousandths of the plain scalars of the well-known names that are allocated to no role.
  // One by one: what holds a vector has to be aligned as that is, which malloc is slow at.
  @usableFromInline var cpus: Int64 = 0
  @usableFromInline var mem: Int64 = 0
  @usableFromInline var disk: Int64 = 0
  @usableFromInline var gpus: Int64 = 0
  /// All else.
  @usableFromInline var others = Resources()

  package init() {}

  /// The same as a vector: cpus, mem, disk and gpus.
  @inlinable package var known: SIMD4<Int64> { SIMD4(cpus, mem, disk, gpus) }

  /// Whether all that was added is in ``known``.
  @inlinable package var isKnown: Bool { others.isEmpty }

  /// Adds resources as they are.
  package mutating func add(_ resources: Resources) {
    if !addWhole(resources, isAtRest: false) { addEach(resources, isAtRest: false) }
  }

  /// Adds resources as they are at rest: allocated to no role.
  package mutating func addAtRest(_ resources: Resources) {
    if !addWhole(resources, isAtRest: true) { addEach(resources, isAtRest: true) }
  }

  @inlinable
  package static func += (left: inout ResourceSum, right: ResourceSum) {
    left.cpus &+= right.cpus
    left.mem &+= right.mem
    left.disk &+= right.disk
    left.gpus &+= right.gpus
    if !right.others.isEmpty { left.others += right.others }
  }

  @inlinable
  package static func == (left: ResourceSum, right: ResourceSum) -> Bool {
    left.cpus == right.cpus && left.mem == right.mem && left.disk == right.disk && left.gpus == right.gpus
      && (left.others.isEmpty && right.others.isEmpty || left.others == right.others)
  }

  /// Adds resources that are all plain scalars of well-known names; false, with nothing done, if some are not.
  @inline(__always)
  private mutating func addWhole(_ resources: Resources, isAtRest: Bool) -> Bool {
    guard let amounts = Self.amounts(of: resources, isAtRest: isAtRest) else { return false }
    add(amounts)
    return true
  }

  /// Adds thousandths of cpus, mem, disk and gpus.
  @inlinable
  package mutating func add(_ amounts: SIMD4<Int64>) {
    cpus &+= amounts[0]
    mem &+= amounts[1]
    disk &+= amounts[2]
    gpus &+= amounts[3]
  }

  /// The thousandths of cpus, mem, disk and gpus of resources that are all plain scalars of those names, allocated to no role;
  /// nil if some are not.
  package static func amounts(of resources: Resources) -> SIMD4<Int64>? {
    amounts(of: resources, isAtRest: false)
  }

  @inline(__always)
  private static func amounts(of resources: Resources, isAtRest: Bool) -> SIMD4<Int64>? {
    resources.resources.withUnsafeBufferPointer { bag in
      var (cpus, mem, disk, gpus) = (Int64(0), Int64(0), Int64(0), Int64(0))
      // Counted by hand: a range costs as much as all that is looked at.
      var index = 0
      while index < bag.count {
        guard bag[index].isPlain, isAtRest || bag[index].allocationRole == nil,
          case .scalar(let scalar) = bag[index].value
        else { return nil }
        switch place(of: bag[index].name, index) {
        case 0: cpus &+= scalar.milli
        case 1: mem &+= scalar.milli
        case 2: disk &+= scalar.milli
        case 3: gpus &+= scalar.milli
        default: return nil
        }
        index += 1
      }
      return SIMD4(cpus, mem, disk, gpus)
    }
  }

  @inline(never)
  private mutating func addEach(_ resources: Resources, isAtRest: Bool) {
    for (index, resource) in resources.resources.enumerated() {
      if resource.isPlain, isAtRest || resource.allocationRole == nil,
        case .scalar(let scalar) = resource.value,
        let place = Self.place(of: resource.name, index)
      {
        switch place {
        case 0: cpus &+= scalar.milli
        case 1: mem &+= scalar.milli
        case 2: disk &+= scalar.milli
        default: gpus &+= scalar.milli
        }
      } else {
        var resource = resource
        if isAtRest { resource.allocationRole = nil }
        others.add(resource)
      }
    }
  }

  /// Looks first where the name mostly stands: to see that two names differ takes longer than to see that they are the same.
  @inline(__always)
  private static func place(of name: String, _ index: Int) -> Int? {
    switch index {
    case 0 where name == "cpus": 0
    case 1 where name == "mem": 1
    case 2 where name == "disk": 2
    default: findPlace(of: name)
    }
  }

  @inline(never)
  private static func findPlace(of name: String) -> Int? { names.firstIndex(of: name) }

  /// The same as a bag.
  package var resources: Resources {
    var all = others
    for place in Self.names.indices {
      all.add(Resource(Self.names[place], .scalar(Scalar(milli: known[place]))))
    }
    return all
  }
}

extension ResourceSum: CustomStringConvertible {
  @usableFromInline
  package var description: String { "\(resources)" }
}
