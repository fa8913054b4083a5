// What the master says, on its way to the scheduler.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension DriverCore {
  mutating func received<E: FrameworkEffects>(
    _ message: consuming Message, from sender: SessionID, _ time: Time, _ effects: inout E
  ) -> Telling? {
    guard sender == session else { return nil }
    liveness.heard(time.monotonic)
    switch consume message {
    case .schedulerEvent(let event): return self.event(event, from: sender, time, &effects)
    case .accepted(let request):
      constraints.answered(request, isRejected: false)
      if request != 0, isSubscribed { return Telling(.accepted(request: request)) }
    case .failed(let error, let request): return failed(error, request, time, &effects)
    case .heartbeat: break
    default:
      effects.log(.warning, "The master sent a message that is not for frameworks; it is ignored")
    }
    return nil
  }

  private mutating func event<E: FrameworkEffects>(
    _ event: consuming SchedulerEvent, from session: SessionID, _ time: Time, _ effects: inout E
  ) -> Telling? {
    // Anything but these belongs to a subscription; what comes before it is left over from another.
    guard isSubscribed || event.needsNoSubscription else { return nil }
    switch consume event {
    case .subscribed(let id, let heartbeatInterval, _):
      return subscribed(id, heartbeatInterval, session, time, &effects)
    case .error(let reason): return refused(reason, time, &effects)
    case .offers(let new):
      enter(new)
      return Telling(.offers(new))
    case .demandMet(let id, let new):
      enter(new)
      return Telling(.demandMet(id, new))
    case .demandFailed(let failure): return Telling(.demandFailed(failure))
    case .rescind(let id):
      guard offers.rescind(id) else { return nil }
      marks.insert(.offerRescinded)
      return Telling(.rescinded(id))
    case .inverseOffers(let new): return Telling(.inverseOffers(new))
    case .rescindInverseOffer(let id): return Telling(.inverseOfferRescinded(id))
    case .update(let status): return update(status, time, &effects)
    case .message(let agentID, let executorID, let data):
      return Telling(.message(agentID: agentID, executorID: executorID, data: data))
    case .failure(let agentID, let executorID?, let status):
      if let agentID { executors.remove(executorID, on: agentID) }
      return Telling(.executorLost(agentID, executorID, status: status))
    case .failure(let agentID?, nil, _):
      executors.removeAll(on: agentID)
      return Telling(.agentLost(agentID))
    case .updateOperationStatus(let status):
      operations.told(status)
      return Telling(.operationUpdate(status), then: .acknowledgeOperation)
    case .failure, .heartbeat: return nil
    case .unknown(let type):
      effects.log(.debug, "The master sent an event of the unknown type \(type); it is ignored")
      return nil
    }
  }

  /// Takes offers in, to be answered.
  private mutating func enter(_ new: [Offer]) {
    offers.begin(new)
    executors.learn(from: new)
  }

  private mutating func subscribed<E: FrameworkEffects>(
    _ id: FrameworkID, _ heartbeatInterval: Double?, _ session: SessionID, _ time: Time,
    _ effects: inout E
  ) -> Telling? {
    guard case .subscribing = link else { return nil }
    link = .subscribed(session)
    attempt = 0
    liveness = Liveness(
      interval: heartbeatInterval.flatMap(Span.init(clampingSeconds:)) ?? options.heartbeatInterval,
      silentIntervals: options.silentHeartbeats, sends: options.sendsHeartbeats, now: time.monotonic
    )
    if framework.id != id {
      framework.id = id
      record.frameworkID = id
      effects.persist(record)
    }
    if teardownDeadline != nil {
      stop(teardown: true, time, &effects)
      return nil
    }
    if let request = constraints.subscribed() { tellConstraints(request, session, time, &effects) }
    let kind = subscription
    subscription = .reconnection
    if options.reconciles, kind != .new { reconcile(after: kind, session, time, &effects) }
    for kill in tasks.unansweredKills() {
      marks.insert(.killRepeated)
      send(.kill(kill), to: session, time, &effects)
    }
    if options.reconciles, let interval = options.reconcileInterval {
      nextReconciliation = time.monotonic + interval
    }
    return Telling(.subscribed(id, kind))
  }

  private mutating func update<E: FrameworkEffects>(
    _ status: TaskStatus, _ time: Time, _ effects: inout E
  ) -> Telling? {
    reconciliation.answered(status.taskID)
    switch tasks.update(status) {
    case .news(let task, let place):
      return Telling(.update(TaskUpdate(status, task: task)), then: .acknowledge(place))
    case .repeated(acknowledge: true):
      marks.insert(.acknowledgementRepeated)
      acknowledge(status, time, &effects)
    case .repeated(acknowledge: false): marks.insert(.updateRepeated)
    }
    return nil
  }

  /// A call was not taken.
  private mutating func failed<E: FrameworkEffects>(
    _ error: CallError, _ request: UInt64, _ time: Time, _ effects: inout E
  ) -> Telling? {
    if case .subscribing(_, let subscribe, _) = link {
      guard request == subscribe || request == 0 else { return nil }
      // This master does not lead, or not yet: another try, perhaps with another master, may succeed.
      if error.code == .unavailable || error.code == .notFound {
        return abandon("SUBSCRIBE was not taken: \(error)", time, &effects)
      }
      return refused("SUBSCRIBE was refused: \(error)", time, &effects)
    }
    if constraints.answered(request, isRejected: true) { marks.insert(.constraintsRejected) }
    effects.log(.warning, "The master did not take a call: \(error)")
    return Telling(.rejected(error, request: request))
  }

  /// The master does not take the framework: for new constraints that it had not answered for yet, or for good.
  private mutating func refused<E: FrameworkEffects>(
    _ reason: String, _ time: Time, _ effects: inout E
  ) -> Telling? {
    guard case .subscribing = link, let request = constraints.subscriptionRefused() else {
      return fail(reason, time, &effects)
    }
    marks.insert(.constraintsRejected)
    effects.log(.warning, "The master did not take the newest offer constraints: \(reason)")
    _ = abandon(reason, time, &effects)
    return Telling(.rejected(CallError(.badRequest, reason), request: request))
  }

  /// The master will have nothing to do with the framework.
  private mutating func fail<E: FrameworkEffects>(
    _ reason: String, _ time: Time, _ effects: inout E
  ) -> Telling {
    effects.log(.error, "The framework has failed: \(reason)")
    offers.clear()
    if let session { effects.close(session, reason: "the framework has failed") }
    link = .waiting(until: .never)
    return Telling(.failed(reason), then: .fail(reason))
  }
}

// MARK: Reconciliation

extension DriverCore {
  /// Asks for what may have happened while there was no subscription.
  private mutating func reconcile<E: FrameworkEffects>(
    after kind: Subscription, _ session: SessionID, _ time: Time, _ effects: inout E
  ) {
    let known = tasks.reconcilable()
    // An earlier incarnation may have launched tasks that this one cannot name.
    if kind == .failover {
      send(.reconcile([]), to: session, time, &effects)
      send(.reconcileOperations([]), to: session, time, &effects)
    }
    let open = operations.questions
    if !open.isEmpty {
      marks.insert(.operationsAskedFor)
      send(.reconcileOperations(open), to: session, time, &effects)
    }
    guard !known.isEmpty else { return }
    reconciliation.ask(known, now: time.monotonic, backoff: options.reconcileBackoff, &random)
    send(.reconcile(known), to: session, time, &effects)
  }

  mutating func reconcileWhenDue<E: FrameworkEffects>(_ time: Time, _ effects: inout E) {
    guard case .subscribed(let session) = link else { return }
    let again = reconciliation.due(now: time.monotonic, backoff: options.reconcileBackoff, &random)
    if !again.isEmpty {
      marks.insert(.reconciliationRepeated)
      send(.reconcile(again), to: session, time, &effects)
    }
    if nextReconciliation <= time.monotonic, let interval = options.reconcileInterval {
      nextReconciliation = time.monotonic + interval
      // Both ways: what the driver knows and the master has forgotten, and what the driver does not know.
      let known = tasks.reconcilable()
      if !known.isEmpty {
        reconciliation.ask(known, now: time.monotonic, backoff: options.reconcileBackoff, &random)
        send(.reconcile(known), to: session, time, &effects)
      }
      send(.reconcile([]), to: session, time, &effects)
      let open = operations.questions
      if !open.isEmpty { send(.reconcileOperations(open), to: session, time, &effects) }
      // A call may have been lost without a trace: what was to be killed would run on, and who is taken to want nothing
      // would wait for ever.
      for kill in tasks.unansweredKills() { send(.kill(kill), to: session, time, &effects) }
      if options.followsDemand { tell(demand.repeated(), session, time, &effects) }
      if let request = constraints.awaited { tellConstraints(request, session, time, &effects) }
    }
  }
}

extension SchedulerEvent {
  fileprivate var needsNoSubscription: Bool {
    switch self {
    case .subscribed, .error: true
    default: false
    }
  }
}
