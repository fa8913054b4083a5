/// One resource: a name, an amount, and what tells it from other resources of the same name.
public struct Resource: Hashable, Codable, Sendable {
  public var name: String
  public var value: ResourceValue
  /// The role that the resource is allocated to while it is offered or used; nil in an agent's total.
  public var allocationRole: String?
  private var shared: Shared<ResourceTraits>?

  public init(
    _ name: String, _ value: ResourceValue, traits: ResourceTraits = ResourceTraits(),
    allocationRole: String? = nil
  ) {
    self.name = name
    self.value = value
    self.allocationRole = allocationRole
    self.shared = traits.isPlain ? nil : Shared(traits)
  }

  private init(
    _ name: String, _ value: ResourceValue, shared: Shared<ResourceTraits>?, allocationRole: String?
  ) {
    self.name = name
    self.value = value
    self.shared = shared
    self.allocationRole = allocationRole
  }

  /// The resource as it is when it is allocated to `role`, or at rest (nil).
  func allocated(to role: String?) -> Resource {
    Resource(name, value, shared: shared, allocationRole: role)
  }

  /// What tells this resource from others of the same name.
  public var traits: ResourceTraits {
    get { shared?.value ?? ResourceTraits() }
    set { shared = newValue.isPlain ? nil : Shared(newValue) }
  }

  /// Whether the resource is unreserved, permanent, unshared and not a volume: the usual case.
  public var isPlain: Bool { shared == nil }

  /// The role that the resource is reserved for, the innermost of its reservations; nil if it is unreserved.
  public var reservationRole: String? { shared?.value.reservations.last?.role }

  public var isRevocable: Bool { shared?.value.isRevocable ?? false }
  public var isShared: Bool { shared?.value.isShared ?? false }
  public var disk: DiskInfo? { shared?.value.disk }
  public var isPersistentVolume: Bool { disk?.persistence != nil }

  /// Whether an amount of it may be given to whoever asks for the name alone.
  var isSpendable: Bool {
    guard let traits = shared?.value else { return true }
    return !traits.isRevocable && !traits.isShared && traits.disk == nil
  }

  /// Whether the two differ in their amount alone.
  public func hasSameIdentity(as other: Resource) -> Bool {
    name == other.name && value.kind == other.value.kind && allocationRole == other.allocationRole
      && shared == other.shared
  }

  /// Whether amounts of the two may be added up and taken apart: a persistent volume, a mount or a block device
  /// is only ever there as a whole.
  public func isDivisible(with other: Resource) -> Bool {
    guard hasSameIdentity(as: other) else { return false }
    guard let shared else { return true }
    if shared.value.isShared || isPersistentVolume { return false }
    switch disk?.source?.kind {
    case .mount, .block, .raw: return false
    case .path, .none: return true
    }
  }
}

/// The amount of a resource.
public enum ResourceValue: Hashable, Codable, Sendable {
  case scalar(Scalar)
  case ranges(Ranges)
  case set(ItemSet)

  public enum Kind: Hashable, Codable, Sendable { case scalar, ranges, set }

  public var kind: Kind {
    switch self {
    case .scalar: .scalar
    case .ranges: .ranges
    case .set: .set
    }
  }

  /// Whether there is nothing in it: zero, no range, no item.
  public var isEmpty: Bool {
    switch self {
    case .scalar(let scalar): scalar.isZero
    case .ranges(let ranges): ranges.isEmpty
    case .set(let set): set.isEmpty
    }
  }

  /// The amount as one quantity: the scalar, the number of integers, the number of items.
  public var quantity: Scalar {
    switch self {
    case .scalar(let scalar): scalar
    case .ranges(let ranges): Scalar(Int(min(ranges.count, 9_000_000_000)))
    case .set(let set): Scalar(set.items.count)
    }
  }

  /// Whether all of `other` is in this amount. False for amounts of different kinds.
  public func contains(_ other: ResourceValue) -> Bool {
    if case .scalar(let left) = self, case .scalar(let right) = other { return left >= right }
    return switch (self, other) {
    case (.ranges(let left), .ranges(let right)): left.contains(right)
    case (.set(let left), .set(let right)): left.contains(right)
    default: false
    }
  }

  /// As much of this amount as is in `other`, too; nil if that is nothing, or the kinds differ.
  func common(with other: ResourceValue) -> ResourceValue? {
    let common: ResourceValue
    switch (self, other) {
    case (.scalar(let left), .scalar(let right)): common = .scalar(min(left, right))
    case (.ranges(let left), .ranges(let right)): common = .ranges(right - (right - left))
    case (.set(let left), .set(let right)): common = .set(right - (right - left))
    default: return nil
    }
    return common.isEmpty ? nil : common
  }

  /// Adds an amount of the same kind; leaves the amount unchanged for another kind.
  package mutating func add(_ other: ResourceValue) {
    if case .scalar(let left) = self, case .scalar(let right) = other {
      self = .scalar(left + right)
      return
    }
    switch (self, other) {
    case (.ranges(let left), .ranges(let right)): self = .ranges(left + right)
    case (.set(let left), .set(let right)): self = .set(left + right)
    default: assertionFailure("adding \(other) to \(self)")
    }
  }

  /// Takes away an amount of the same kind that it contains; a scalar stops at zero.
  package mutating func subtract(_ other: ResourceValue) {
    if case .scalar(let left) = self, case .scalar(let right) = other {
      self = .scalar(max(left - right, .zero))
      return
    }
    switch (self, other) {
    case (.ranges(let left), .ranges(let right)): self = .ranges(left - right)
    case (.set(let left), .set(let right)): self = .set(left - right)
    default: assertionFailure("subtracting \(other) from \(self)")
    }
  }
}

extension ResourceValue: CustomStringConvertible {
  public var description: String {
    switch self {
    case .scalar(let scalar): scalar.description
    case .ranges(let ranges): ranges.description
    case .set(let set): set.description
    }
  }
}
