// The calls of schedulers, as they come in: each gets one outcome, and is then carried out.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  mutating func receive<E: MasterEffects>(
    _ call: SchedulerCall, request: RequestID, from session: SessionID, _ entry: Session, at time: Time,
    _ effects: inout E
  ) {
    if let problem = call.problem {
      effects.respond(request, .failed(problem))
      return
    }
    if case .subscribe(let subscribe) = call.kind {
      if let problem = principalProblem(with: subscribe, of: entry.peer) {
        effects.respond(request, .failed(problem))
        return
      }
      self.subscribe(subscribe, request: request, from: session, at: time, &effects)
      return
    }
    guard case .framework(let key) = entry.binding, frameworks.contains(key),
      frameworks[valid: key].id == call.frameworkID
    else {
      let known = call.frameworkID.map { frameworksByID[$0] != nil } ?? false
      let error =
        known
        ? CallError(.forbidden, "Framework is not subscribed")
        : CallError(.badRequest, "Framework cannot be found")
      effects.respond(request, .failed(error))
      return
    }
    count(call.kind, of: key)
    if case .updateFramework(let update) = call.kind {
      effects.respond(request, self.updateFramework(key, update, entry.peer, at: time, &effects))
      return
    }
    if case .reconcile(let tasks) = call.kind, let problem = problem(withReconciling: tasks, of: key) {
      effects.respond(request, .failed(problem))
      return
    }
    if case .reconcileOperations(let operations) = call.kind,
      let problem = problem(withReconciling: operations)
    {
      effects.respond(request, .failed(problem))
      return
    }
    if case .demand(let demand) = call.kind {
      effects.respond(request, self.demand(demand, of: key, at: time))
      return
    }
    if case .withdraw(let id) = call.kind {
      effects.respond(request, withdraw(id, of: key))
      return
    }
    effects.respond(request, .accepted)
    carryOut(call.kind, of: key, at: time, &effects)
  }

  /// Whether somebody who has proven who they are subscribes as somebody else.
  private func principalProblem(with call: SchedulerCall.Subscribe, of peer: Peer) -> CallError? {
    guard let proven = peer.principal?.name, let named = call.framework.principal, named != proven else {
      return nil
    }
    return CallError(
      .badRequest,
      "Failed to validate scheduler::Call: Authenticated principal '\(proven)' does not match principal "
        + "'\(named)' set in `FrameworkInfo`")
  }

  private mutating func carryOut<E: MasterEffects>(
    _ call: SchedulerCall.Kind, of key: FrameworkKey, at time: Time, _ effects: inout E
  ) {
    switch call {
    case .decline(let ids, let filters): decline(ids, filters, of: key, at: time)
    case .accept(let accept): self.accept(accept, of: key, at: time, &effects)
    case .acknowledge(let acknowledge): self.acknowledge(acknowledge, of: key, &effects)
    case .revive(let roles): changeSuppression(to: false, roles, of: key, &effects)
    case .suppress(let roles): changeSuppression(to: true, roles, of: key, &effects)
    case .kill(let kill): self.kill(kill, of: key, at: time, &effects)
    case .reconcile(let tasks): reconcile(tasks, of: key)
    case .message(let agent, let executor, let data):
      guard let session = agentsByID[agent].flatMap({ agents[$0]?.session }) else {
        metrics.droppedMessages += 1
        count(.invalidFrameworkToExecutorMessages)
        return
      }
      count(.validFrameworkToExecutorMessages)
      let id = frameworks[valid: key].id
      effects.send(.masterMessage(.frameworkMessage(id, executor, data: data)), to: session)
    case .shutdown(let executor, let agent):
      guard let session = agentsByID[agent].flatMap({ agents[$0]?.session }) else { return }
      effects.send(.masterMessage(.shutdownExecutor(frameworks[valid: key].id, executor)), to: session)
    case .teardown:
      remove(key, at: time, &effects)
    case .request:
      break  // As in Mesos, the allocator does not take requests into account.
    case .acknowledgeOperationStatus(let acknowledge): self.acknowledge(acknowledge, of: key, &effects)
    case .reconcileOperations(let operations): reconcile(operations, of: key, at: time, &effects)
    case .acceptInverseOffers(let ids, let filters):
      answerInverseOffers(ids, isAccepted: true, filters, of: key, at: time, &effects)
    case .declineInverseOffers(let ids, let filters):
      answerInverseOffers(ids, isAccepted: false, filters, of: key, at: time, &effects)
    case .subscribe, .updateFramework, .demand, .withdraw, .unknown:
      assertionFailure("these are handled before")
    }
  }

  private mutating func decline(
    _ ids: [OfferID], _ filters: Filters, of key: FrameworkKey, at time: Time
  ) {
    let refuse = filters.refusal
    for id in ids {
      guard let offer = offers.take(id, from: key) else { continue }
      count(.offersDeclined, of: key)
      recover(offer, offer.resources, refuse: refuse, at: time)
    }
    allocation.wantAtInterval()
  }

  private mutating func changeSuppression<E: MasterEffects>(
    to isSuppressed: Bool, _ roles: [String], of key: FrameworkKey, _ effects: inout E
  ) {
    guard let framework = frameworks[key] else { return }
    let subscribed = framework.info.subscribedRoles
    if let stranger = roles.first(where: { !subscribed.contains($0) }) {
      effects.log(
        .warning,
        "ignored \(isSuppressed ? "SUPPRESS" : "REVIVE") of framework \(framework.id): it is not subscribed to "
          + "the role \"\(stranger)\"")
      return
    }
    let concerned = roles.isEmpty ? subscribed : roles
    effects.log(
      .debug, "framework \(framework.id) \(isSuppressed ? "suppresses" : "revives") offers to \(concerned)")
    frameworks.update(key) { entry in
      entry.suppressedRoles.removeAll { concerned.contains($0) }
      if isSuppressed { entry.suppressedRoles += concerned }
    }
    if isSuppressed {
      allocator.suppress(framework.slot, roles: roles)
    } else {
      allocator.revive(framework.slot, roles: roles)
      allocation.want()
    }
  }

  private mutating func updateFramework<E: MasterEffects>(
    _ key: FrameworkKey, _ call: SchedulerCall.Subscribe, _ peer: Peer, at time: Time, _ effects: inout E
  ) -> Outcome {
    let framework = frameworks[valid: key]
    func refused(_ text: String) -> Outcome { .failed(CallError(.badRequest, text)) }
    if let problem = call.problem { return refused("Supplied FrameworkInfo is not valid: \(problem)") }
    func unchangeable(_ text: String) -> Outcome { refused("FrameworkInfo update is not valid: \(text)") }
    if call.framework.principal != framework.info.principal {
      return unchangeable("Changing framework's principal is not allowed.")
    }
    if call.framework.user != framework.info.user {
      return unchangeable(
        "Updating 'FrameworkInfo.user' is unsupported; attempted to update from '\(framework.info.user)' to "
          + "'\(call.framework.user)'")
    }
    if call.framework.checkpoint != framework.info.checkpoint {
      return unchangeable(
        "Updating 'FrameworkInfo.checkpoint' is unsupported; attempted to update from "
          + "'\(framework.info.checkpoint)' to '\(call.framework.checkpoint)'")
    }
    let constraints: OfferConstraintsFilter
    if let problem = call.problemWithRoles {
      return refused("'UpdateFramework' call is not valid: \(problem)")
    }
    switch compile(call.offerConstraints) {
    case .success(let filter): constraints = filter
    case .failure(let problem): return refused("'UpdateFramework' call is not valid: \(problem)")
    }
    for role in call.framework.subscribedRoles {
      guard authorizer.isAllowed(peer.principal, .registerFramework, on: .role(role)) else {
        return .failed(CallError(.forbidden, "Not authorized to use the role '\(role)'"))
      }
    }
    let removed = framework.info.subscribedRoles.filter { !call.framework.subscribedRoles.contains($0) }
    if !removed.isEmpty { rescindOffers(ofFramework: key, roles: removed, at: time, &effects) }
    update(key, call, constraints, &effects)
    if effects.isWatched, let updated = frameworks[key] {
      effects.announce(.frameworkUpdated(FrameworkReading(updated, key, self).description))
    }
    return .accepted
  }
}

extension Filters {
  /// For how long resources are refused, as the allocator takes it.
  var refusal: Span {
    Span(clampingSeconds: refuseSeconds) ?? Span(nanoseconds: Int64(Filters.defaultRefuseSeconds * 1e9))
  }
}
