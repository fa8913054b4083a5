import MesetaModel
import MesetaProtocol

/// What the master checks of resources that operations name: Mesos's rules in Mesos's order, with its texts.
enum ResourceValidation {
  /// What is wrong with resources in themselves; nil if nothing is.
  static func problem(with resources: Resources) -> String? {
    resources.lazy.compactMap(problem).first.map { "Invalid resources: \($0)" }
      ?? gpuProblem(with: resources).map { "Invalid 'gpus' resource: \($0)" }
      ?? resources.lazy.compactMap(diskProblem).first.map { "Invalid DiskInfo: \($0)" }
      ?? resources.lazy.compactMap(reservationProblem).first.map { "Invalid ReservationInfo: \($0)" }
  }

  /// What is wrong with a resource in itself.
  static func problem(with resource: Resource) -> String? {
    if resource.name.isEmpty { return "Empty resource name" }
    if case .scalar(let scalar) = resource.value, scalar < .zero {
      return "Invalid scalar resource: value <= 0"
    }
    if resource.disk != nil, resource.name != "disk" {
      return "DiskInfo should not be set for \(resource.name) resource"
    }
    if let problem = stackProblem(with: resource.traits.reservations) { return problem }
    guard resource.isShared else { return nil }
    if resource.name != "disk" { return "Resource \(resource.name) cannot be shared" }
    return resource.isPersistentVolume ? nil : "Only persistent volumes can be shared"
  }

  /// What is wrong with a stack of reservations: each but the first refines the one before.
  private static func stackProblem(with reservations: [Reservation]) -> String? {
    for reservation in reservations {
      if let problem = Role.problem(with: reservation.role) { return problem }
      if reservation.role == Role.anyone { return "Invalid reservation: role \"*\" cannot be reserved" }
    }
    for (outer, inner) in zip(reservations, reservations.dropFirst()) {
      if inner.kind == .fixed { return "Invalid refined reservation: A refined reservation cannot be STATIC" }
      if inner.role == outer.role || !Role.isSameOrBelow(inner.role, outer.role) {
        return "Invalid refined reservation: role '\(inner.role)' is not a refinement of '\(outer.role)'"
      }
    }
    return nil
  }

  private static func gpuProblem(with resources: Resources) -> String? {
    resources.scalar("gpus").milli % 1000 == 0 ? nil : "The 'gpus' resource must be an unsigned integer"
  }

  private static func diskProblem(with resource: Resource) -> String? {
    guard let disk = resource.disk else { return nil }
    guard let persistence = disk.persistence else {
      if disk.volume != nil { return "Non-persistent volume not supported" }
      return disk.source == nil ? "DiskInfo is set but empty" : nil
    }
    if resource.isRevocable { return "Persistent volumes cannot be created from revocable resources" }
    if !resource.isReserved { return "Persistent volumes cannot be created from unreserved resources" }
    guard let volume = disk.volume else { return "Expecting 'volume' to be set for persistent volume" }
    if volume.hostPath != nil { return "Expecting 'host_path' to be unset for persistent volume" }
    return Identifier.problem(with: persistence.id).map {
      "Invalid persistence ID for persistent volume: \($0)"
    }
  }

  private static func reservationProblem(with resource: Resource) -> String? {
    guard resource.isDynamicallyReserved, resource.isRevocable else { return nil }
    return "Dynamically reserved resource \(resource) cannot be created from revocable resources"
  }

  // MARK: What some operations ask for besides

  /// What keeps resources from being persistent volumes, all of them.
  static func volumeProblem(with resources: Resources) -> String? {
    for resource in resources {
      guard let disk = resource.disk else { return "Resource \(resource) does not have DiskInfo" }
      if disk.persistence == nil { return "'persistence' is not set in DiskInfo" }
      guard let volume = disk.volume else { return "Expecting 'volume' to be set for persistent volume" }
      if volume.mode == .readOnly { return "Read-only persistent volume not supported" }
      if let problem = pathProblem(with: volume.containerPath) { return problem }
    }
    return nil
  }

  /// A volume is one entry of the sandbox. Mesos leaves others out without a word.
  private static func pathProblem(with path: String) -> String? {
    Identifier.problem(with: path).map {
      "The container path '\(path)' of a persistent volume must name an entry of the sandbox: \($0)"
    }
  }

  /// Persistence ids are unique per role on each agent, which has some already. A shared volume like one that is there would be
  /// taken for that one if both were added up.
  static func uniquenessProblem(with resources: Resources, on agent: Resources = Resources()) -> String? {
    var known = Set<[String]>()
    for volume in agent.persistentVolumes + resources.persistentVolumes {
      guard let id = volume.disk?.persistence?.id, let role = volume.reservationRole else { continue }
      if !known.insert([role, id]).inserted { return "Persistence ID '\(id)' is not unique" }
    }
    return nil
  }

  /// All come from the agent itself, or all from one provider.
  static func providerProblem(with resources: Resources) -> String? {
    if resources.isEmpty { return "Resources cannot be empty" }
    var providers: [ResourceProviderID?] = []
    for resource in resources where !providers.contains(resource.traits.providerID) {
      providers.append(resource.traits.providerID)
    }
    if providers.count < 2 { return nil }
    let ids = providers.compactMap { $0 }
    if ids.count < providers.count { return "Some resources have a resource provider and some do not" }
    return "The resources have multiple resource providers: \(ids.map(\.value).joined(separator: ", "))"
  }

  /// All are allocated to one role.
  static func allocationProblem(with resources: Resources) -> String? {
    guard let first = resources.first else { return nil }
    for resource in resources {
      guard let role = resource.allocationRole, let firstRole = first.allocationRole else {
        return "The resources are not allocated to a role"
      }
      if role != firstRole {
        return "The resources have multiple allocation roles ('\(role)' and '\(firstRole)') but only one "
          + "allocation role is allowed"
      }
    }
    return nil
  }
}
