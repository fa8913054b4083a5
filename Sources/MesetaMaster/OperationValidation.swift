import MesetaModel
import MesetaProtocol

/// What the master checks of an operation before it applies it: Mesos's rules in Mesos's order, with its texts.
struct OperationValidation {
  /// Who wants the operation, and who they have proven, or say, to be.
  enum Requester {
    /// The resources are allocated to one of the framework's roles.
    case framework(FrameworkInfo)
    /// The resources are at rest.
    case `operator`

    var framework: FrameworkInfo? {
      if case .framework(let info) = self { info } else { nil }
    }
  }

  var requester: Requester
  var principal: String?
  var agentCapabilities: [AgentCapability]
  /// All that the agent has, at rest.
  var total: Resources
  /// What is used on the agent, at rest.
  var used: Resources

  /// What is wrong with an operation; nil if nothing is.
  func problem(with operation: Operation) -> String? {
    switch operation.kind {
    case .reserve(let resources, let source):
      ResourceValidation.problem(with: resources).map { "Invalid resources: \($0)" }
        ?? ResourceValidation.problem(with: source).map { "Invalid source: \($0)" }
        ?? (source.isEmpty ? nil : refinementProblem(resources, source))
        ?? ResourceValidation.providerProblem(with: resources).map { "Invalid resources: \($0)" }
        ?? resources.lazy.compactMap(problem(withReserving:)).first
        ?? singleRoleProblem(with: resources).map { "Invalid reservation resources: \($0)" }
    case .unreserve(let resources):
      ResourceValidation.problem(with: resources).map { "Invalid resources: \($0)" }
        ?? ResourceValidation.providerProblem(with: resources).map { "Invalid resources: \($0)" }
        ?? resources.lazy.compactMap(problem(withUnreserving:)).first
    case .create(let volumes):
      volumesProblem(with: volumes)
        ?? ResourceValidation.uniquenessProblem(with: volumes, on: total)
        ?? volumes.lazy.compactMap(problem(withCreating:)).first
        ?? singleRoleProblem(with: volumes).map { "Invalid volume resources: \($0)" }
    case .destroy(let volumes):
      volumesProblem(with: volumes) ?? problem(withDestroying: volumes.allocated(to: nil))
    case .growVolume(let volume, let addition): problem(withGrowing: volume, by: addition)
    case .shrinkVolume(let volume, let subtract): problem(withShrinking: volume, by: subtract)
    case .launch, .launchGroup: nil
    case .unknown: "This operation is not supported by this version"
    }
  }

  private func has(_ capability: AgentCapability) -> Bool { agentCapabilities.contains(capability) }

  private func singleRoleProblem(with resources: Resources) -> String? {
    requester.framework == nil ? nil : ResourceValidation.allocationProblem(with: resources)
  }

  // MARK: Reservations

  /// A reservation that replaces others: of the same amounts, and each side of one kind.
  private func refinementProblem(_ resources: Resources, _ source: Resources) -> String? {
    func mixed(_ resources: Resources) -> String? {
      guard let first = resources.first else { return "Resource cannot be empty" }
      return resources.allSatisfy { $0.traits.reservations == first.traits.reservations }
        ? nil : "Mixed reservations are not supported \(resources)"
    }
    if let problem = mixed(source) { return "Invalid source: \(problem)" }
    if let problem = mixed(resources) { return "Invalid resources: \(problem)" }
    let (from, to) = (source.map { $0 = $0.fullyUnreserved }, resources.map { $0 = $0.fullyUnreserved })
    return from == to
      ? nil
      : "Source and target resources should refer to identical resource quantities: \(from) vs. \(to)"
  }

  private func problem(withReserving resource: Resource) -> String? {
    guard resource.isDynamicallyReserved, let reservation = resource.traits.reservations.last else {
      return "Resource \(resource) is not dynamically reserved"
    }
    return capabilityProblem(with: resource, "Resource", "reserved")
      ?? principalProblem(with: reservation)
      ?? allocationProblem(with: resource, reservation)
  }

  private func capabilityProblem(with resource: Resource, _ what: String, _ done: String) -> String? {
    let role = resource.reservationRole ?? Role.anyone
    if role.contains("/"), !has(.hierarchicalRole) {
      return "\(what) \(resource) with reservation for hierarchical role '\(role)' cannot be \(done) on an "
        + "agent without HIERARCHICAL_ROLE capability"
    }
    if resource.hasRefinedReservations, !has(.reservationRefinement) {
      return "\(what) \(resource) with reservation refinement cannot be \(done) on an agent without "
        + "RESERVATION_REFINEMENT capability"
    }
    return nil
  }

  private func principalProblem(with reservation: Reservation) -> String? {
    guard let principal else { return nil }
    guard let named = reservation.principal else {
      return
        "A reserve operation was attempted by principal '\(principal)', but there is a reserved resource "
        + "in the request with no principal set"
    }
    if named == principal { return nil }
    return
      "A reserve operation was attempted by authenticated principal '\(principal)', which does not match "
      + "a reserved resource in the request with principal '\(named)'"
  }

  private func allocationProblem(with resource: Resource, _ reservation: Reservation) -> String? {
    guard let framework = requester.framework else {
      guard resource.allocationRole != nil else { return nil }
      return "A reserve operation was attempted with an allocated resource, but the operator API only allows "
        + "reservations to be made to unallocated resources"
    }
    guard let role = resource.allocationRole else {
      return "A reserve operation was attempted on unallocated resource \(resource), but frameworks can only "
        + "perform reservations on allocated resources"
    }
    if role != reservation.role {
      return "A reserve operation was attempted for a resource with role '\(reservation.role)', but the "
        + "resource was allocated to role '\(role)'"
    }
    let roles = framework.subscribedRoles
    if !roles.contains(role) {
      return
        "A reserve operation was attempted for a resource allocated to role '\(role)', but the framework "
        + "only has roles '\(roles.braced)'"
    }
    return nil
  }

  private func problem(withUnreserving resource: Resource) -> String? {
    if !resource.isDynamicallyReserved { return "Resource \(resource) is not dynamically reserved" }
    if resource.isPersistentVolume {
      return "A dynamically reserved persistent volume \(resource) cannot be unreserved directly. Please "
        + "destroy the persistent volume first then unreserve the resource"
    }
    return nil
  }

  // MARK: Volumes

  private func volumesProblem(with volumes: Resources) -> String? {
    ResourceValidation.problem(with: volumes).map { "Invalid resources: \($0)" }
      ?? ResourceValidation.providerProblem(with: volumes).map { "Invalid resources: \($0)" }
      ?? ResourceValidation.volumeProblem(with: volumes).map { "Not a persistent volume: \($0)" }
  }

  private func problem(withCreating volume: Resource) -> String? {
    if let framework = requester.framework, volume.isShared, !framework.has(.sharedResources) {
      return "Create volume operation for '\(volume)' has been attempted by framework "
        + "'\(framework.id?.value ?? "")' with no SHARED_RESOURCES capability"
    }
    if let kind = volume.disk?.source?.kind, kind == .raw || kind == .block {
      return "A persistent volume cannot be created on a \(kind == .raw ? "RAW" : "BLOCK") disk"
    }
    if let problem = capabilityProblem(with: volume, "Volume", "created") { return problem }
    guard let principal else { return nil }
    guard let named = volume.disk?.persistence?.principal else {
      return "Create volume operation attempted by principal '\(principal)', but there is a volume in the "
        + "operation with no principal set in 'disk.persistence'"
    }
    if named == principal { return nil }
    return
      "Create volume operation attempted by authenticated principal '\(principal)', which does not match "
      + "a volume in the operation with principal '\(named)' set in 'disk.persistence'"
  }

  private func problem(withDestroying volumes: Resources) -> String? {
    for volume in volumes where !total.contains(volume) { return "Persistent volumes not found" }
    // Nobody can be offered what somebody uses, unless it is shared.
    for volume in volumes where used.contains(volume) { return "Persistent volumes in use" }
    return nil
  }

  private func problem(withGrowing volume: Resource, by addition: Resource) -> String? {
    func wrong(_ field: String, _ problem: String) -> String {
      "Invalid resource in the 'GrowVolume.\(field)' field: \(problem)"
    }
    if let problem = ResourceValidation.problem(with: volume) { return wrong("volume", problem) }
    if let problem = ResourceValidation.problem(with: addition) { return wrong("addition", problem) }
    guard case .scalar(let more) = addition.value, more > .zero else {
      return "The size of 'GrowVolume.addition' field must be greater than zero"
    }
    if volume.traits.providerID != nil {
      return "Growing a volume from a resource provider is not supported"
    }
    if let problem = ResourceValidation.volumeProblem(with: Resources([volume])) {
      return "Invalid persistent volume in the 'GrowVolume.volume' field: \(problem)"
    }
    if volume.isShared { return "Growing a shared persistent volume is not supported" }
    if !volume.withoutVolume.isDivisible(with: addition) {
      return "Incompatible resources in the 'GrowVolume.volume' and 'GrowVolume.addition' fields"
    }
    if has(.resizeVolume) { return nil }
    return "Volume \(volume) cannot be grown on an agent without RESIZE_VOLUME capability"
  }

  private func problem(withShrinking volume: Resource, by subtract: Scalar) -> String? {
    if let problem = ResourceValidation.problem(with: volume) {
      return "Invalid resource in the 'ShrinkVolume.volume' field: \(problem)"
    }
    if subtract <= .zero { return "Value of 'ShrinkVolume.subtract' must be greater than zero" }
    guard case .scalar(let size) = volume.value, size > subtract else {
      return "Value of 'ShrinkVolume.subtract' must be smaller than the size of 'ShrinkVolume.volume'"
    }
    if volume.traits.providerID != nil {
      return "Shrinking a volume from a resource provider is not supported"
    }
    if volume.disk?.source?.kind == .mount { return "Shrinking a volume on a MOUNT disk is not supported" }
    if let problem = ResourceValidation.volumeProblem(with: Resources([volume])) {
      return "Invalid persistent volume in the 'ShrinkVolume.volume' field: \(problem)"
    }
    if volume.isShared { return "Shrinking a shared persistent volume is not supported" }
    if has(.resizeVolume) { return nil }
    return "Volume \(volume) cannot be shrunk on an agent without RESIZE_VOLUME capability"
  }
}
