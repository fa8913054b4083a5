// What becomes of one resource when it is reserved, made a volume of, and the way back.

extension Resource {
  public var isReserved: Bool { reservationRole != nil }

  /// Whether the innermost reservation was made at run time.
  public var isDynamicallyReserved: Bool { traits.reservations.last?.kind == .dynamic }

  /// Whether a reservation was refined: `eng`, then `eng/backend`.
  public var hasRefinedReservations: Bool { traits.reservations.count > 1 }

  /// With one more reservation on top of those that are there.
  public func reserved(_ reservation: Reservation) -> Resource {
    with { $0.reservations.append(reservation) }
  }

  /// Without the innermost reservation.
  public var unreserved: Resource { with { _ = $0.reservations.popLast() } }

  /// Without all reservations.
  public var fullyUnreserved: Resource { with { $0.reservations = [] } }

  /// The disk space that a persistent volume is made of.
  public var withoutVolume: Resource {
    with { traits in
      traits.isShared = false
      traits.disk = traits.disk?.source.map { DiskInfo(source: $0) }
    }
  }

  /// A persistent volume made of disk space.
  public func volume(
    _ persistence: DiskInfo.Persistence, at volume: DiskInfo.Volume, isShared: Bool = false
  ) -> Resource {
    with { traits in
      traits.disk = DiskInfo(persistence: persistence, volume: volume, source: traits.disk?.source)
      traits.isShared = isShared
    }
  }

  /// The same resource in another amount.
  public func withAmount(_ scalar: Scalar) -> Resource {
    var resource = self
    resource.value = .scalar(scalar)
    return resource
  }

  private func with(_ change: (inout ResourceTraits) -> Void) -> Resource {
    var resource = self
    var traits = resource.traits
    change(&traits)
    resource.traits = traits
    return resource
  }
}

extension Resources {
  /// Whether none of them is reserved, revocable, shared or a volume: the usual case.
  public var isPlain: Bool {
    for index in resources.indices where !resources[index].isPlain { return false }
    return true
  }

  /// The persistent volumes among them.
  public var persistentVolumes: [Resource] { resources.filter(\.isPersistentVolume) }

  /// What an agent has to remember: all that operations made of what it was set up with.
  public var checkpointed: Resources {
    Resources(resources.filter { $0.isDynamicallyReserved || $0.isPersistentVolume })
  }

  /// These resources, which an agent was set up with, with those in the form that operations gave them.
  ///
  /// - Throws: ``IncompatibleResources`` if they could not have been made of these.
  public func applying(checkpointed: Resources) throws(IncompatibleResources) -> Resources {
    var total = self
    for resource in checkpointed.resources {
      var origin = resource.withoutVolume
      while origin.isDynamicallyReserved { origin = origin.unreserved }
      guard total.contains(origin) else {
        throw IncompatibleResources(resource: resource, origin: origin, configured: self)
      }
      total.subtract(origin)
    }
    for resource in checkpointed.resources { total.add(resource) }
    return total
  }
}

/// An agent remembers reservations or volumes that what it is set up with does not have room for.
public struct IncompatibleResources: Error, Hashable, CustomStringConvertible {
  /// What is remembered, and what it was made of.
  public let resource: Resource
  public let origin: Resource
  public let configured: Resources
  /// Tasks of an earlier life use it still.
  private var isInUse = false

  init(resource: Resource, origin: Resource, configured: Resources) {
    self.resource = resource
    self.origin = origin
    self.configured = configured
  }

  /// What tasks of an earlier life use is not there.
  package init(inUse resource: Resource, configured: Resources) {
    self.init(resource: resource, origin: resource, configured: configured)
    self.isInUse = true
  }

  public var description: String {
    isInUse
      ? "Incompatible agent resources: of \(configured) not as much as \(resource) is left for what still runs here"
      : "Incompatible agent resources: \(configured) does not contain \(origin), of which \(resource) was made"
  }
}
