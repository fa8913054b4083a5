// What the master says, on its way to the scheduler.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension SchedulerDriver {
  mutating func received<E: FrameworkEffects>(
    _ message: Message, from sender: SessionID, _ time: Time, _ effects: inout E
  ) where E.Report == S.Report {
    guard sender == session else { return }
    liveness.heard(time.monotonic)
    switch message {
    case .schedulerEvent(let event): self.event(event, from: sender, time, &effects)
    case .accepted(let request):
      if request != 0, isSubscribed { tell(.accepted(request: request), time, &effects) }
    case .failed(let error, let request): failed(error, request, time, &effects)
    case .heartbeat: break
    default: effects.log(.warning, "The master sent a message that is not for frameworks; it is ignored")
    }
  }

  private mutating func event<E: FrameworkEffects>(
    _ event: SchedulerEvent, from session: SessionID, _ time: Time, _ effects: inout E
  ) where E.Report == S.Report {
    switch event {
    case .subscribed(let id, let heartbeatInterval, _):
      subscribed(id, heartbeatInterval, session, time, &effects)
      return
    case .error(let reason):
      fail(reason, time, &effects)
      return
    default: break
    }
    // Anything else belongs to a subscription; what comes before it is left over from another.
    guard isSubscribed else { return }
    switch event {
    case .offers(let new):
      offers.begin(new)
      tell(.offers(new), time, &effects)
    case .rescind(let id):
      if offers.rescind(id) { tell(.rescinded(id), time, &effects) }
    case .update(let status):
      update(status, session, time, &effects)
    case .message(let agentID, let executorID, let data):
      tell(.message(agentID: agentID, executorID: executorID, data: data), time, &effects)
    case .failure(let agentID, let executorID?, let status):
      tell(.executorLost(agentID, executorID, status: status), time, &effects)
    case .failure(let agentID?, nil, _):
      tell(.agentLost(agentID), time, &effects)
    case .updateOperationStatus(let status):
      operationUpdate(status, session, time, &effects)
    case .failure, .heartbeat, .subscribed, .error: break
    case .unknown(let type):
      effects.log(.debug, "The master sent an event of the unknown type \(type); it is ignored")
    }
  }

  private mutating func subscribed<E: FrameworkEffects>(
    _ id: FrameworkID, _ heartbeatInterval: Double?, _ session: SessionID, _ time: Time,
    _ effects: inout E
  ) where E.Report == S.Report {
    guard case .subscribing = link else { return }
    link = .subscribed(session)
    attempt = 0
    liveness = Liveness(
      interval: heartbeatInterval.flatMap(Span.init(clampingSeconds:)) ?? options.heartbeatInterval,
      silentIntervals: options.silentHeartbeats, sends: options.sendsHeartbeats, now: time.monotonic)
    if framework.id != id {
      framework.id = id
      record.frameworkID = id
      effects.persist(record)
    }
    if teardownDeadline != nil { return stop(teardown: true, time, &effects) }
    let kind = subscription
    subscription = .reconnection
    if options.reconciles, kind != .new { reconcile(after: kind, session, time, &effects) }
    for kill in tasks.unansweredKills() { send(.kill(kill), to: session, time, &effects) }
    if options.reconciles, let interval = options.reconcileInterval {
      nextReconciliation = time.monotonic + interval
    }
    tell(.subscribed(id, kind), time, &effects)
  }

  private mutating func update<E: FrameworkEffects>(
    _ status: TaskStatus, _ session: SessionID, _ time: Time, _ effects: inout E
  ) where E.Report == S.Report {
    reconciliation.answered(status.taskID)
    switch tasks.update(status) {
    case .news(let task, let place):
      tell(status, of: task, at: place, time, &effects)
    case .repeated(acknowledge: true):
      acknowledge(status, time, &effects)
    case .repeated(acknowledge: false): break
    }
  }

  private mutating func operationUpdate<E: FrameworkEffects>(
    _ status: OperationStatus, _ session: SessionID, _ time: Time, _ effects: inout E
  ) where E.Report == S.Report {
    tell(.operationUpdate(status), time, &effects)
    guard options.acknowledges, session == self.session, let uuid = status.uuid, let id = status.operationID
    else { return }
    let acknowledgement = SchedulerCall.AcknowledgeOperationStatus(
      agentID: status.agentID, resourceProviderID: status.resourceProviderID, uuid: uuid, operationID: id)
    send(.acknowledgeOperationStatus(acknowledgement), to: session, time, &effects)
  }

  /// A call was not taken.
  private mutating func failed<E: FrameworkEffects>(
    _ error: CallError, _ request: UInt64, _ time: Time, _ effects: inout E
  ) where E.Report == S.Report {
    if case .subscribing(_, let subscribe, _) = link {
      guard request == subscribe || request == 0 else { return }
      // This master does not lead, or not yet: another try, perhaps with another master, may succeed.
      if error.code == .unavailable || error.code == .notFound {
        return abandon("SUBSCRIBE was not taken: \(error)", time, &effects)
      }
      return fail("SUBSCRIBE was refused: \(error)", time, &effects)
    }
    effects.log(.warning, "The master did not take a call: \(error)")
    tell(.rejected(error, request: request), time, &effects)
  }

  /// The master will have nothing to do with the framework.
  private mutating func fail<E: FrameworkEffects>(_ reason: String, _ time: Time, _ effects: inout E)
  where E.Report == S.Report {
    effects.log(.error, "The framework has failed: \(reason)")
    offers.clear()
    if let session { effects.close(session, reason: "the framework has failed") }
    link = .waiting(until: .never)
    tell(.failed(reason), time, &effects)
    finish(.failed(reason), &effects)
  }
}

// MARK: Reconciliation

extension SchedulerDriver {
  /// Asks for what may have happened while there was no subscription.
  private mutating func reconcile<E: FrameworkEffects>(
    after kind: Subscription, _ session: SessionID, _ time: Time, _ effects: inout E
  ) {
    let known = tasks.reconcilable()
    // An earlier incarnation may have launched tasks that this one cannot name.
    if kind == .failover { send(.reconcile([]), to: session, time, &effects) }
    guard !known.isEmpty else { return }
    reconciliation.ask(known, now: time.monotonic, backoff: options.reconcileBackoff, &random)
    send(.reconcile(known), to: session, time, &effects)
  }

  mutating func reconcileWhenDue<E: FrameworkEffects>(_ time: Time, _ effects: inout E) {
    guard case .subscribed(let session) = link else { return }
    let again = reconciliation.due(now: time.monotonic, backoff: options.reconcileBackoff, &random)
    if !again.isEmpty { send(.reconcile(again), to: session, time, &effects) }
    if nextReconciliation <= time.monotonic, let interval = options.reconcileInterval {
      nextReconciliation = time.monotonic + interval
      // Both ways: what the driver knows and the master has forgotten, and what the driver does not know.
      let known = tasks.reconcilable()
      if !known.isEmpty {
        reconciliation.ask(known, now: time.monotonic, backoff: options.reconcileBackoff, &random)
        send(.reconcile(known), to: session, time, &effects)
      }
      send(.reconcile([]), to: session, time, &effects)
    }
  }
}
