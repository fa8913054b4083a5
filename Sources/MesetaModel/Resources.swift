/// A bag of resources. Amounts of one identity are kept as one entry, in the order they first came.
///
/// Addition, subtraction and containment are O(n·m) in the number of distinct resources, which is a handful.
public struct Resources: Codable, Sendable, RandomAccessCollection {
  /// The resources; each identity that can be added up stands once.
  public private(set) var resources: [Resource]

  public init() { self.resources = [] }

  public init(_ resources: some Sequence<Resource>) {
    self.resources = []
    for resource in resources { add(resource) }
  }

  /// Plain scalars, in the order given.
  public init(_ quantities: KeyValuePairs<String, Scalar>) {
    self.init(quantities.map { Resource($0.key, .scalar($0.value)) })
  }

  /// Makes room for `count` entries.
  package mutating func reserveCapacity(_ count: Int) { resources.reserveCapacity(count) }

  @inlinable public var startIndex: Int { 0 }
  @inlinable public var endIndex: Int { resources.count }
  @inlinable public subscript(position: Int) -> Resource { resources[position] }

  // MARK: Arithmetic

  /// Adds one resource; an empty amount adds nothing.
  public mutating func add(_ resource: Resource) {
    guard !resource.value.isEmpty else { return }
    for index in resources.indices where resources[index].isDivisible(with: resource) {
      resources[index].value.add(resource.value)
      return
    }
    // A shared resource is there once, however often it is used.
    if resource.isShared, resources.contains(resource) { return }
    resources.append(resource)
  }

  /// Takes one resource away, as far as it is there.
  public mutating func subtract(_ resource: Resource) {
    for index in resources.indices {
      if resources[index].isDivisible(with: resource) {
        resources[index].value.subtract(resource.value)
        if resources[index].value.isEmpty { resources.remove(at: index) }
        return
      }
      if resources[index] == resource {
        resources.remove(at: index)
        return
      }
    }
  }

  public static func += (left: inout Resources, right: Resources) {
    if left.resources.isEmpty {
      left = right
      return
    }
    for index in right.resources.indices where !left.addScalar(like: right, index) {
      left.add(right.resources[index])
    }
  }

  public static func -= (left: inout Resources, right: Resources) {
    for index in right.resources.indices where !left.takeScalar(like: right, index) {
      left.subtract(right.resources[index])
    }
  }

  /// The index of a plain entry like that of others at a place. Looks at the same place first: bags mostly hold the same things
  /// in the same order, and to see that two names differ takes longer than to see that they are the same.
  private func firstIndex(like other: Resources, _ place: Int) -> Int? {
    if place < resources.count, resources[place].isPlain, resources[place].isAkin(to: other, place) {
      return place
    }
    for index in resources.indices where index != place && resources[index].isPlain {
      if resources[index].isAkin(to: other, place) { return index }
    }
    return nil
  }

  /// The same of an entry at rest, whatever the others are allocated to.
  private func firstIndex(likeRested other: Resources, _ place: Int) -> Int? {
    func isLike(_ index: Int) -> Bool {
      resources[index].isPlain && resources[index].allocationRole == nil
        && resources[index].name == other.resources[place].name
    }
    if place < resources.count, isLike(place) { return place }
    return resources.indices.first(where: isLike)
  }

  /// The plain scalar at a place of others, and that of the same identity here; nil if there is none. Looks at the entries where
  /// they stand, and copies none. `isAtRest`: as if the others were allocated to no role.
  @inline(__always)
  private func scalars(
    like other: Resources, _ place: Int, isAtRest: Bool = false
  ) -> (index: Int, there: Scalar, amount: Scalar)? {
    guard other.resources[place].isPlain, case .scalar(let amount) = other.resources[place].value,
      let index = isAtRest ? firstIndex(likeRested: other, place) : firstIndex(like: other, place),
      case .scalar(let there) = resources[index].value
    else { return nil }
    return (index, there, amount)
  }

  /// Adds the plain scalar at a place of others to that of its identity; false, with nothing done, if there is none.
  @inline(__always)
  private mutating func addScalar(like other: Resources, _ place: Int) -> Bool {
    guard let (index, there, amount) = scalars(like: other, place), !(there + amount).isZero else {
      return false
    }
    resources[index].value = .scalar(there + amount)
    return true
  }

  /// Takes the plain scalar at a place of others from that of its identity, as far as it is there; false, with nothing done, if
  /// there is none.
  @inline(__always)
  private mutating func takeScalar(like other: Resources, _ place: Int) -> Bool {
    guard let (index, there, amount) = scalars(like: other, place) else { return false }
    take(amount, of: there, at: index)
    return true
  }

  /// Takes as much of what there is at an index.
  @inline(__always)
  private mutating func take(_ amount: Scalar, of there: Scalar, at index: Int) {
    if there > amount {
      resources[index].value = .scalar(there - amount)
    } else if resources.count > 1 {
      resources.remove(at: index)
    } else {
      resources = []  // the memory may be shared, and would be copied to be emptied
    }
  }

  /// Adds others as they are at rest; false, with nothing done, unless each is a plain scalar of which there is some here: the
  /// usual case, in which nothing is copied.
  package mutating func addAtRest(_ others: Resources) -> Bool {
    for place in others.resources.indices {
      guard let (_, there, amount) = scalars(like: others, place, isAtRest: true), !(there + amount).isZero
      else { return false }
    }
    for place in others.resources.indices {
      guard let (index, there, amount) = scalars(like: others, place, isAtRest: true) else { continue }
      resources[index].value = .scalar(there + amount)
    }
    return true
  }

  /// Takes others away as they are at rest; false, with nothing done, unless each is a plain scalar of which there is so much
  /// here, by another name than the others: the usual case, in which nothing is copied.
  package mutating func takeAtRest(_ others: Resources) -> Bool {
    var used: UInt64 = 0
    for place in others.resources.indices {
      guard let (index, there, amount) = scalars(like: others, place, isAtRest: true), there >= amount,
        index < 64, used & 1 << index == 0
      else { return false }
      used |= 1 << index
    }
    for place in others.resources.indices {
      guard let (index, there, amount) = scalars(like: others, place, isAtRest: true) else { continue }
      take(amount, of: there, at: index)
    }
    return true
  }

  public static func + (left: Resources, right: Resources) -> Resources {
    var sum = left
    sum += right
    return sum
  }

  public static func - (left: Resources, right: Resources) -> Resources {
    var difference = left
    difference -= right
    return difference
  }

  // MARK: Questions

  /// Whether all of `other` is in this bag, identity by identity.
  public func contains(_ other: Resources) -> Bool {
    // What can be added up stands once, so that it is enough to look for each: only what is there as a whole has to be
    // counted off.
    if other.resources.allSatisfy({ $0.isPlain }) {
      return other.resources.indices.allSatisfy { containsEntry(of: other, $0) }
    }
    var rest = self
    for resource in other.resources {
      guard rest.contains(resource) else { return false }
      if !resource.isShared { rest.subtract(resource) }
    }
    return true
  }

  /// Whether there is as much here as `other` has at a place. Copies nothing that is plain.
  package func containsEntry(of other: Resources, _ place: Int) -> Bool {
    if other.resources[place].isPlain, case .scalar(let amount) = other.resources[place].value,
      let index = firstIndex(like: other, place), case .scalar(let there) = resources[index].value
    {
      return there >= amount
    }
    return contains(other.resources[place])
  }

  public func contains(_ resource: Resource) -> Bool {
    for index in resources.indices {
      if resources[index].isDivisible(with: resource) {
        return resources[index].value.contains(resource.value)
      }
      if resources[index] == resource { return true }
    }
    return false
  }

  /// The sum of all scalars of that name, whatever their identity.
  public func scalar(_ name: String) -> Scalar {
    var sum = Scalar.zero
    for case .scalar(let scalar) in resources.lazy.filter({ $0.name == name }).map(\.value) { sum += scalar }
    return sum
  }

  /// All ranges of that name, whatever their identity.
  public func ranges(_ name: String) -> Ranges {
    var union = Ranges()
    for case .ranges(let ranges) in resources.lazy.filter({ $0.name == name }).map(\.value) {
      union = union + ranges
    }
    return union
  }

  /// The same resources with `change` made to each, added up anew.
  public func map(_ change: (inout Resource) -> Void) -> Resources {
    Resources(
      resources.map {
        var resource = $0
        change(&resource)
        return resource
      })
  }

  /// The resources as they are when offered to `role`, or at rest (nil).
  public func allocated(to role: String?) -> Resources {
    // The identities of the entries of one allocation stay distinct when all get the same role.
    if hasOneAllocation {
      if resources.isEmpty || resources[0].allocationRole == role { return self }
      var result = Resources()
      result.resources = resources.map { $0.allocated(to: role) }
      return result
    }
    return map { $0.allocationRole = role }
  }

  /// Whether all are allocated to the same role, or to none.
  private var hasOneAllocation: Bool {
    for index in resources.indices.dropFirst()
    where resources[index].allocationRole != resources[0].allocationRole { return false }
    return true
  }

  /// Finds amounts of the wanted names and kinds, whatever their reservation: first among what is reserved (to
  /// whom reservations may be used), then among the unreserved; never revocable, shared or volume disk.
  ///
  /// Returns nil if there is not enough. The result has this bag's identities, so it can be subtracted from it.
  public func find(_ wanted: Resources) -> Resources? {
    var rest = self
    return rest.take(wanted)
  }

  /// Whether ``find(_:)`` finds something.
  public func canFind(_ wanted: Resources) -> Bool {
    mayHold(wanted) && (leavesNoChoice(wanted) || find(wanted) != nil)
  }

  /// Takes away what ``find(_:)`` finds; takes nothing if there is not enough.
  public mutating func take(_ wanted: Resources) -> Resources? {
    if leavesNoChoice(wanted) { return takeFirst(wanted) }
    guard mayHold(wanted) else { return nil }
    var rest = self
    var found = Resources()
    found.resources.reserveCapacity(wanted.count)
    for want in wanted.resources {
      var missing = want.value
      rest.take(&missing, of: want.name, reserved: true, into: &found)
      if !missing.isEmpty { rest.take(&missing, of: want.name, reserved: false, into: &found) }
      guard missing.isEmpty else { return nil }
    }
    self = rest
    return found
  }

  /// Whether each wanted scalar, by another name than the others, is in one plain entry, and nothing of its name is special:
  /// the usual case, in which nothing has to be tried out.
  private func leavesNoChoice(_ wanted: Resources) -> Bool {
    var used: UInt64 = 0
    for want in wanted.resources.indices {
      guard case .scalar(let amount) = wanted.resources[want].value, amount > .zero,
        let index = firstIndex(named: wanted.resources[want].name), index < 64, used & 1 << index == 0,
        case .scalar(let there) = resources[index].value, there >= amount
      else { return false }
      used |= 1 << index
      for other in resources.indices
      where !resources[other].isPlain && resources[other].name == wanted.resources[want].name { return false }
    }
    return true
  }

  /// False if there is too little of some scalar, whatever its identity: the usual case when an offer is used up, in which
  /// nothing has to be tried out either.
  private func mayHold(_ wanted: Resources) -> Bool {
    for want in wanted.resources.indices {
      guard case .scalar(let amount) = wanted.resources[want].value else { continue }
      var sum = Scalar.zero
      for index in resources.indices where resources[index].name == wanted.resources[want].name {
        if case .scalar(let there) = resources[index].value { sum += there }
      }
      if sum < amount { return false }
    }
    return true
  }

  private func firstIndex(named name: String) -> Int? {
    for index in resources.indices where resources[index].name == name { return index }
    return nil
  }

  /// Takes each wanted scalar from the first entry of its name, which holds so much.
  private mutating func takeFirst(_ wanted: Resources) -> Resources {
    var found = Resources()
    found.resources.reserveCapacity(wanted.count)
    for want in wanted.resources.indices {
      guard let index = firstIndex(named: wanted.resources[want].name) else { continue }
      found.resources.append(resources[index])
      found.resources[found.resources.count - 1].value = wanted.resources[want].value
      resources[index].value.subtract(wanted.resources[want].value)
      if resources[index].value.isEmpty { resources.remove(at: index) }
    }
    return found
  }

  /// Takes away as much of what is wanted as ``find(_:)`` would find.
  public mutating func takeAvailable(_ wanted: Resources) -> Resources {
    var found = Resources()
    for want in wanted.resources {
      var missing = want.value
      take(&missing, of: want.name, reserved: true, into: &found)
      if !missing.isEmpty { take(&missing, of: want.name, reserved: false, into: &found) }
    }
    return found
  }

  /// Moves as much of what is missing as there is, with or without a reservation, to `found`.
  private mutating func take(
    _ missing: inout ResourceValue, of name: String, reserved: Bool, into found: inout Resources
  ) {
    var index = 0
    while index < resources.count, !missing.isEmpty {
      guard resources[index].name == name, (resources[index].reservationRole != nil) == reserved,
        resources[index].isSpendable, let part = resources[index].value.common(with: missing)
      else {
        index += 1
        continue
      }
      var taken = resources[index]
      taken.value = part
      missing.subtract(part)
      found.add(taken)
      resources[index].value.subtract(part)
      if resources[index].value.isEmpty { resources.remove(at: index) } else { index += 1 }
    }
  }
}

extension Resource {
  /// Whether it has the name and the role of the one at a place of others.
  @inline(__always)
  fileprivate func isAkin(to others: Resources, _ place: Int) -> Bool {
    name == others.resources[place].name && allocationRole == others.resources[place].allocationRole
  }
}

extension Resources: Hashable {
  /// The order of entries does not matter.
  public static func == (left: Resources, right: Resources) -> Bool {
    left.resources == right.resources
      || (left.resources.count == right.resources.count && left.contains(right) && right.contains(left))
  }

  public func hash(into hasher: inout Hasher) {
    var sum = 0  // commutative, because the order of entries does not matter
    for resource in resources {
      var entry = Hasher()
      entry.combine(resource)
      sum &+= entry.finalize()
    }
    hasher.combine(sum)
  }
}
