// Operations that frameworks want done with offered resources: checked, entered, and sent to the agent. The master counts
// on their success, so that what they make can be used in the same call, and is offered at once.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Why an operation is not done, in the words that the framework is told.
struct OperationProblem: Error {
  var text: String
}

extension Master {
  /// Does an operation with what remains of offers; or says why not, and returns false.
  mutating func operate<E: MasterEffects>(
    _ operation: Operation, of key: FrameworkKey, _ offer: OfferEntry, _ remaining: inout Resources,
    at time: Time, _ effects: inout E
  ) -> Bool {
    do throws(OperationProblem) {
      let role = roleName(offer.role)
      let operation = operation.allocatedByDefault(to: role)
      let target = try target(of: operation, on: offer.agent)
      try check(operation, of: key, on: offer.agent)
      if case .destroy(let volumes) = operation.kind {
        rescindOffers(ofAgent: offer.agent, holding: volumes.allocated(to: nil), at: time, &effects)
      }
      remaining = try convert(operation.allocated(to: nil), of: key, offer, remaining)
      send(operation, of: frameworks[valid: key].id, to: offer.agent, target, &effects)
      return true
    } catch {
      failOperation(operation, error.text, of: key, &effects)
      return false
    }
  }

  /// Where operations on an agent go, if they can be done there.
  struct OperationTarget {
    var session: SessionID
    var resourceVersion: UUID
  }

  func target(of operation: Operation, on agent: AgentKey) throws(OperationProblem) -> OperationTarget {
    guard agents.contains(agent), let session = agents[valid: agent].session else {
      throw OperationProblem(text: "Agent disconnected")
    }
    guard let version = agents[valid: agent].registration.resourceVersion else {
      throw OperationProblem(
        text: "Not supported on agent \(agents[valid: agent].id): it knows no operations")
    }
    let capabilities = agents[valid: agent].registration.capabilities
    if operation.id != nil, !capabilities.contains(.agentOperationFeedback) {
      throw OperationProblem(
        text:
          "Operation on agent default resources requested feedback, but agent \(agents[valid: agent].id) does "
          + "not have the required AGENT_OPERATION_FEEDBACK and RESOURCE_PROVIDER capabilities")
    }
    return OperationTarget(session: session, resourceVersion: version)
  }

  private func check(
    _ operation: Operation, of key: FrameworkKey, on agent: AgentKey
  ) throws(OperationProblem) {
    let framework = frameworks[valid: key]
    let validation = OperationValidation(
      requester: .framework(framework.info), principal: framework.info.principal,
      agentCapabilities: agents[valid: agent].registration.capabilities,
      total: allocator.total(agents[valid: agent].slot), used: allocator.used(agents[valid: agent].slot))
    if let problem = validation.problem(with: operation) {
      throw OperationProblem(text: "\(problem); on agent \(agents[valid: agent].name)")
    }
    try authorize(operation, framework.principal, "Principal '\(framework.info.principal ?? "")'")
    if operations.keys(of: framework.id).count >= configuration.maxOperationsPerFramework {
      throw OperationProblem(
        text: "\(configuration.maxOperationsPerFramework) operations of the framework are under way or not "
          + "acknowledged, which is as many as may be: acknowledge their statuses")
    }
    if let id = operation.id, operations.find(id, of: framework.id) != nil {
      throw OperationProblem(text: "Operation has duplicate ID: \(id)")
    }
  }

  /// Asks whether somebody may do an operation, for each of its resources.
  func authorize(
    _ operation: Operation, _ principal: Principal?, _ name: String
  ) throws(OperationProblem) {
    for (action, object) in operation.authorizations
    where !authorizer.isAllowed(principal, action, on: object) {
      throw OperationProblem(text: "\(name) not authorized to \(operation.name) for \(object)")
    }
  }

  /// Converts offered resources; returns what then remains of the offers.
  private mutating func convert(
    _ operation: Operation, of key: FrameworkKey, _ offer: OfferEntry, _ remaining: Resources
  ) throws(OperationProblem) -> Resources {
    guard let conversions = operation.conversions else {
      throw OperationProblem(text: "This operation is not supported by this version")
    }
    let result: Resources
    do throws(ConversionProblem) {
      result = try remaining.applying(conversions)
    } catch {
      throw OperationProblem(text: "Invalid \(operation.name) operation: \(error)")
    }
    let (consumed, converted) = conversions.total
    guard
      allocator.convertOffered(
        agents[valid: offer.agent].slot, frameworks[valid: key].slot, offer.role, from: consumed,
        to: converted)
    else {
      throw OperationProblem(
        text:
          "Invalid \(operation.name) operation: the agent has no more \(consumed) than it needs for what runs there"
      )
    }
    return result
  }

  /// Enters an operation and has the agent do it.
  mutating func send<E: MasterEffects>(
    _ operation: Operation, of framework: FrameworkID?, to agent: AgentKey, _ target: OperationTarget,
    _ effects: inout E
  ) {
    let uuid = UUID(random: generator.next(), generator.next())
    let id = agents[valid: agent].id
    let pending = OperationStatus(operationID: operation.id, state: .pending, agentID: id)
    operations.add(
      OperationRecord(uuid, frameworkID: framework, agentID: id, operation, status: pending), on: agent)
    effects.send(
      .masterMessage(
        .applyOperation(
          ApplyOperation(uuid, frameworkID: framework, operation, resourceVersion: target.resourceVersion))),
      to: target.session)
  }

  /// Tells a framework that wants to know that an operation was not done.
  mutating func failOperation<E: MasterEffects>(
    _ operation: Operation, _ message: String, of key: FrameworkKey, _ effects: inout E
  ) {
    guard operation.tasks.isEmpty else { return }
    effects.log(
      .warning,
      "dropped \(operation.name) of framework \(frameworks[key]?.id.value ?? "?"): \(message)")
    guard let id = operation.id else { return }
    send(
      .updateOperationStatus(OperationStatus(operationID: id, state: .error, message: message)), to: key,
      &effects)
  }

  /// Takes back the offers of an agent that hold one of some volumes.
  mutating func rescindOffers<E: MasterEffects>(
    ofAgent agent: AgentKey, holding volumes: Resources, at time: Time, _ effects: inout E
  ) {
    for id in offers.identifiers(ofAgent: agent) {
      guard let offer = offers.offer(id), volumes.contains(where: { offer.resources.contains($0) }) else {
        continue
      }
      marks.insert(.volumeRescinded)
      offers.remove(id)
      rescind(offer, at: time, &effects)
    }
  }
}

extension [ResourceConversion] {
  /// All that is consumed and all that is made.
  var total: (consumed: Resources, converted: Resources) {
    reduce(into: (Resources(), Resources())) { total, conversion in
      total.0 += conversion.consumed
      total.1 += conversion.converted
    }
  }
}

extension Operation {
  /// What has to be allowed for the operation.
  var authorizations: [(Authorizer.Action, Authorizer.Object)] {
    func role(_ resource: Resource) -> Authorizer.Object { .role(resource.reservationRole ?? Role.anyone) }
    return switch kind {
    case .reserve(let resources, let source):
      resources.map { (.reserveResources, role($0)) }
        + source.filter(\.isDynamicallyReserved).map {
          (.unreserveResources, .reservations(of: $0.traits.reservations.last?.principal))
        }
    case .unreserve(let resources):
      resources.map { (.unreserveResources, .reservations(of: $0.traits.reservations.last?.principal)) }
    case .create(let volumes): volumes.map { (.createVolume, role($0)) }
    case .destroy(let volumes):
      volumes.map { (.destroyVolume, .volumes(of: $0.disk?.persistence?.principal)) }
    case .growVolume(let volume, _), .shrinkVolume(let volume, _): [(.resizeVolume, role(volume))]
    case .launch, .launchGroup, .unknown: []
    }
  }
}
