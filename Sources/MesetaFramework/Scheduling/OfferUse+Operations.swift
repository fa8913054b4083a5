// Reservations and volumes, made of what is left of accepted offers.

public import MesetaModel

extension OfferUse {
  /// Reserves resources of those names and amounts for the role of the offers. They are taken from what is not reserved, or
  /// from what is reserved for a role above, and are part of ``remaining`` afterwards.
  ///
  /// Returns them as they then stand there; nil, with nothing done, if they are not left.
  ///
  /// - Parameters:
  ///   - labels: Tell the reservation from others of the role.
  ///   - id: For a framework that wants to hear how the operation went.
  @discardableResult
  public mutating func reserve(
    _ wanted: Resources, labels: Labels? = nil, id: OperationID? = nil
  ) -> Resources? {
    guard let role, role != Role.anyone else { return nil }
    let candidates = Resources(remaining.filter { $0.reservationRole != role })
    guard let found = candidates.find(wanted) else { return nil }
    let reservation = Reservation(.dynamic, role: role, principal: principal, labels: labels)
    let reserved = found.map { $0 = $0.reserved(reservation) }
    return perform(.reserve(resources: reserved, source: Resources()), id: id) ? reserved : nil
  }

  /// Takes back the innermost reservation of resources that stand so in ``remaining``. False, with nothing done, if they do
  /// not.
  @discardableResult
  public mutating func unreserve(_ reserved: Resources, id: OperationID? = nil) -> Bool {
    perform(.unreserve(reserved.allocated(to: role)), id: id)
  }

  /// Makes a persistent volume of disk space that is reserved for the role of the offers. A task that is launched with it
  /// among its resources finds it in its sandbox as `path`.
  ///
  /// Returns the volume as it then stands in ``remaining``; nil, with nothing done, if there is not enough reserved space.
  ///
  /// - Parameters:
  ///   - persistenceID: Unique among the role's volumes on an agent.
  ///   - size: In megabytes. A mounted disk is only used as a whole.
  ///   - source: The disk to use; nil: that of the agent's work directory.
  @discardableResult
  public mutating func createVolume(
    _ persistenceID: String, size: Scalar, at path: String, isShared: Bool = false,
    on source: DiskInfo.Source? = nil, id: OperationID? = nil
  ) -> Resource? {
    guard let role else { return nil }
    let space = remaining.first { resource in
      resource.name == "disk" && resource.reservationRole == role && !resource.isPersistentVolume
        && !resource.isRevocable && resource.disk?.source == source
        && Resources([resource]).contains(resource.withAmount(size))
    }
    guard let space else { return nil }
    let volume = space.withAmount(size).volume(
      DiskInfo.Persistence(id: persistenceID, principal: principal), at: DiskInfo.Volume(path),
      isShared: isShared)
    return perform(.create(volumes: Resources([volume])), id: id) ? volume : nil
  }

  /// Destroys a volume that stands in ``remaining``, with all that is in it. Its space stays reserved. False, with nothing
  /// done, if it is not there.
  @discardableResult
  public mutating func destroyVolume(_ volume: Resource, id: OperationID? = nil) -> Bool {
    perform(.destroy(volumes: Resources([volume]).allocated(to: role)), id: id)
  }

  /// Adds reserved space to a volume; returns the volume as it then is. Nil, with nothing done, if so much space of the
  /// volume's own reservation is not left.
  @discardableResult
  public mutating func growVolume(_ volume: Resource, by size: Scalar, id: OperationID? = nil) -> Resource? {
    guard case .scalar(let present) = volume.value else { return nil }
    let volume = allocated(volume)
    let addition = volume.withoutVolume.withAmount(size)
    guard perform(.growVolume(volume: volume, addition: addition), id: id) else { return nil }
    return volume.withAmount(present + size)
  }

  /// Takes space from a volume, which stays reserved; returns the volume as it then is. Nil, with nothing done, if it is not
  /// there or not larger.
  @discardableResult
  public mutating func shrinkVolume(_ volume: Resource, by size: Scalar, id: OperationID? = nil) -> Resource?
  {
    guard case .scalar(let present) = volume.value, present > size else { return nil }
    let volume = allocated(volume)
    guard perform(.shrinkVolume(volume: volume, subtract: size), id: id) else { return nil }
    return volume.withAmount(present - size)
  }

  /// What some operations, one after the other, need that is not left of the offers.
  func problem(with operations: [Operation]) -> ConversionProblem? {
    guard let role else { return nil }
    do throws(ConversionProblem) {
      var rest = remaining
      for operation in operations {
        rest = try rest.applying(operation.allocatedByDefault(to: role).conversions ?? [])
      }
      return nil
    } catch {
      return error
    }
  }

  private func allocated(_ resource: Resource) -> Resource {
    var resource = resource
    resource.allocationRole = role
    return resource
  }
}
