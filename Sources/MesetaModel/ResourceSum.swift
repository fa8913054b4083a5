/// A sum of resources that is quick to add to and to compare, for laws that are checked again and again: most of what there is
/// are plain scalars of the well-known names, and these are kept as numbers.
package struct ResourceSum: Equatable, Sendable {
  private static let names = ["cpus", "mem", "disk", "gpus"]

  /// Thousandths of the plain scalars of the well-known names that are allocated to no role.
  private var known = SIMD4<Int64>()
  /// All else.
  private var others = Resources()

  package init() {}

  /// Adds resources as they are.
  package mutating func add(_ resources: Resources) {
    for index in resources.resources.indices
    where resources.resources[index].allocationRole != nil || !addKnown(resources, index) {
      others.add(resources.resources[index])
    }
  }

  /// Adds resources as they are at rest: allocated to no role.
  package mutating func addAtRest(_ resources: Resources) {
    for index in resources.resources.indices where !addKnown(resources, index) {
      var resource = resources.resources[index]
      resource.allocationRole = nil
      others.add(resource)
    }
  }

  /// Adds a plain scalar of a well-known name, whatever role it is allocated to; false, with nothing done, if it is none.
  private mutating func addKnown(_ resources: Resources, _ index: Int) -> Bool {
    guard resources.resources[index].isPlain, case .scalar(let scalar) = resources.resources[index].value,
      let place = Self.place(of: resources, index)
    else { return false }
    known[place] &+= scalar.milli
    return true
  }

  /// Looks first where the name mostly stands: to see that two names differ takes longer than to see that they are the same.
  private static func place(of resources: Resources, _ index: Int) -> Int? {
    if index < names.count, resources.resources[index].name == names[index] { return index }
    for place in names.indices where resources.resources[index].name == names[place] { return place }
    return nil
  }

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
  package var description: String { "\(resources)" }
}
