// What the scheduler says, on its way to the master.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension DriverCore {
  /// Lets the scheduler handle an event of the master, and does what it then says and what is to follow.
  mutating func tell<E: FrameworkEffects>(
    _ telling: Telling, _ scheduler: any EventHandler, _ time: Time, _ effects: inout E
  ) {
    var calls = begin(time)
    scheduler.handle(telling.event, &calls)
    end(calls, time, &effects)
    follow(telling, &calls.buffer.said, time, &effects)
  }

  /// What the scheduler is to make its calls with while it handles an input. The books of offers and executors and the
  /// names are moved there and back, so that they have one owner and are never copied.
  mutating func begin(_ time: Time) -> SchedulerCalls {
    if !isKnownUniquelyReferenced(&buffer) {
      buffer = CallBuffer(Said(names: names, principal: framework.principal))
    }
    buffer.said.clear()
    swap(&buffer.said.names, &names)
    buffer.said.nextRequest = nextRequest
    swap(&buffer.said.offers, &offers)
    swap(&buffer.said.executors, &executors)
    return SchedulerCalls(
      time: time, random: random, frameworkID: framework.id, isSubscribed: isSubscribed, buffer: buffer)
  }

  /// Says to the master what the scheduler said.
  mutating func end<E: FrameworkEffects>(_ calls: SchedulerCalls, _ time: Time, _ effects: inout E) {
    random = calls.random
    send(&calls.buffer.said, time, &effects)
  }

  private mutating func send<E: FrameworkEffects>(_ said: inout Said, _ time: Time, _ effects: inout E) {
    swap(&names, &said.names)
    nextRequest = said.nextRequest
    if let demands = said.demands { demand.set(demands) }
    if !said.isSilent || !said.offers.current.isEmpty { settle(&said) }
    if case .subscribed(let session) = link {
      sendAnswers(said, session, time, &effects)
    } else if !said.entries.isEmpty {
      performUnsubscribed(said, time, &effects)
    }
    swap(&offers, &said.offers)
    swap(&executors, &said.executors)
    offers.end()
  }

  /// Ends the framework if the scheduler wants that, or if the event was the last.
  mutating func conclude<E: FrameworkEffects>(_ then: Telling.Then, _ time: Time, _ effects: inout E) {
    if !buffer.said.entries.isEmpty {
      for case .stop(let teardown) in buffer.said.entries { stop(teardown: teardown, time, &effects) }
      buffer.said.clear()
    }
    if case .fail(let reason) = then { finish(.failed(reason), &effects) }
  }

  /// Does what is to follow once the scheduler has handled an event.
  private mutating func follow<E: FrameworkEffects>(
    _ telling: Telling, _ said: inout Said, _ time: Time, _ effects: inout E
  ) {
    switch telling.then {
    case .nothing: break
    case .acknowledge(let place):
      guard case .update(let update) = telling.event else { return }
      let isDue = options.acknowledges || update.status.uuid == nil
      guard isDue, !said.refuses(update.status) else { return marks.insert(.updateNotAcknowledged) }
      if let place { tasks.acknowledged(update.status, at: place) }
      sendAcknowledgement(update.status, time, &effects)
    case .acknowledgeOperation:
      guard case .operationUpdate(let status) = telling.event else { return }
      acknowledge(status, time, &effects)
    case .fail: break  // when the scheduler has had its last word
    }
  }

  /// Declines, or holds, what the scheduler did not answer and what it accepted without using it.
  private mutating func settle(_ said: inout Said) {
    for refusal in said.refusals where refusal.seconds > options.usefulRefusal.inSeconds {
      demand.filtered(nil)
    }
    for use in said.uses where use.tasks.isEmpty && use.operations.isEmpty {
      for offer in use.offers { refuse(offer, &said, for: use.refusal) }
    }
    if options.declinesUnused {
      for offer in said.offers.unanswered() { refuse(offer, &said, for: nil) }
    } else {
      for offer in said.offers.current { _ = said.offers.hold(offer.id) }
    }
  }

  private mutating func refuse(_ offer: Offer, _ said: inout Said, for span: Span?) {
    let span = span ?? refusal(of: offer.resources, in: offer.allocationRole)
    note(refusal: span, in: offer.allocationRole)
    said.refuse(offer.id, for: span)
  }

  /// For how long to decline what the scheduler leaves.
  private func refusal(of resources: Resources, in role: String) -> Span {
    demand.isOfUse(resources, in: role) ? options.usefulRefusal : options.uselessRefusal
  }

  private mutating func note(refusal span: Span, in role: String) {
    // A filter as short as the usual one is waited out; for a longer one, wanting more is reason to revive.
    if span > options.usefulRefusal { demand.filtered(role) }
  }

  /// Sends declines first, so that the resources are free early; then the calls as they were made; then the demand.
  private mutating func sendAnswers<E: FrameworkEffects>(
    _ said: Said, _ session: SessionID, _ time: Time, _ effects: inout E
  ) {
    if said.isSilent { return followDemand(session, time, &effects) }
    for refusal in said.refusals {
      send(
        .decline(offerIDs: refusal.offerIDs, filters: Filters(refuseSeconds: refusal.seconds)),
        to: session,
        time, &effects)
    }
    for entry in said.entries { perform(entry, said, session, time, &effects) }
    followDemand(session, time, &effects)
  }

  private mutating func followDemand<E: FrameworkEffects>(
    _ session: SessionID, _ time: Time, _ effects: inout E
  ) {
    guard options.followsDemand else { return }
    tell(demand.sync(), session, time, &effects)
  }

  /// Tells the master what is wanted.
  mutating func tell<E: FrameworkEffects>(
    _ change: DemandBook.Change, _ session: SessionID, _ time: Time, _ effects: inout E
  ) {
    if let roles = change.suppress { send(.suppress(roles: roles), to: session, time, &effects) }
    if let roles = change.revive { send(.revive(roles: roles), to: session, time, &effects) }
  }

  private mutating func perform<E: FrameworkEffects>(
    _ entry: Said.Entry, _ said: Said, _ session: SessionID, _ time: Time,
    _ effects: inout E
  ) {
    switch entry {
    case .use(let index):
      accept(said.uses[index], session, time, &effects)
    case .kill(var kill):
      kill.agentID = tasks[kill.taskID]?.agentID
      _ = tasks.kill(kill)
      send(.kill(kill), to: session, time, &effects)
    case .reconcile(let asked):
      if !asked.isEmpty {
        reconciliation.ask(asked, now: time.monotonic, backoff: options.reconcileBackoff, &random)
      }
      send(.reconcile(asked), to: session, time, &effects)
    case .call(let kind, let request):
      note(kind, request)
      send(kind, request: request, to: session, time, &effects)
    case .constrain(let new, let request):
      constraints.ask(new, request: request)
      tellConstraints(request, session, time, &effects)
    case .acknowledge(let status): acknowledge(status, time, &effects)
    case .refuse, .persist, .wake, .stop, .log: performLocally(entry, &effects)
    }
  }

  /// Tells the master the newest constraints.
  mutating func tellConstraints<E: FrameworkEffects>(
    _ request: UInt64, _ session: SessionID, _ time: Time, _ effects: inout E
  ) {
    let update = SchedulerCall.Subscribe(
      framework, suppressedRoles: demand.suppressed, offerConstraints: constraints.current)
    send(.updateFramework(update), request: request, to: session, time, &effects)
  }

  /// Notes what a call that the scheduler made itself changes for the driver.
  private mutating func note(_ call: SchedulerCall.Kind, _ request: UInt64) {
    switch call {
    case .suppress(let roles): demand.told(suppressed: true, roles: roles)
    case .revive(let roles): demand.told(suppressed: false, roles: roles)
    case .updateFramework(let update): constraints.ask(update.offerConstraints, request: request)
    case .accept(let accept):
      for case .launch(let launched) in accept.operations.map(\.kind) {
        for task in launched { tasks.launch(task) }
      }
      operations.asked(accept.operations, on: nil)
    case .decline(_, let filters):
      if filters.refuseSeconds > options.usefulRefusal.inSeconds { demand.filtered(nil) }
    default: break
    }
  }

  private mutating func accept<E: FrameworkEffects>(
    _ use: Said.Use, _ session: SessionID, _ time: Time, _ effects: inout E
  ) {
    guard !use.tasks.isEmpty || !use.operations.isEmpty, let first = use.offers.first else {
      return
    }
    operations.asked(use.operations, on: first.agentID)
    var operations = use.operations
    if !use.tasks.isEmpty { operations.append(Operation(.launch(use.tasks))) }
    for task in use.tasks { tasks.launch(task) }
    let span = use.refusal ?? refusal(of: use.remaining, in: first.allocationRole)
    if !use.remaining.isEmpty { note(refusal: span, in: first.allocationRole) }
    let accept = SchedulerCall.Accept(
      use.offers.map(\.id), operations, filters: Filters(refuseSeconds: span.inSeconds))
    send(.accept(accept), to: session, time, &effects)
  }

  /// Without a subscription, what the master should hear is lost; what the driver can do itself, or later, it does.
  private mutating func performUnsubscribed<E: FrameworkEffects>(
    _ said: Said, _ time: Time, _ effects: inout E
  ) {
    for entry in said.entries {
      switch entry {
      case .kill(var kill):
        kill.agentID = tasks[kill.taskID]?.agentID
        if tasks.kill(kill) {
          marks.insert(.killRemembered)
        } else {
          effects.log(
            .warning, "KILL of \(kill.taskID) is dropped: the driver does not know the task")
        }
      case .call(let kind, _):
        marks.insert(.callDropped)
        effects.log(.warning, "\(kind.name) is dropped: there is no subscription")
      case .constrain(let new, let request):
        constraints.ask(new, request: request)  // the next subscription says it
      case .acknowledge(let status): acknowledge(status, time, &effects)  // sent when the update comes again
      case .use, .reconcile: break
      case .refuse, .persist, .wake, .stop, .log: performLocally(entry, &effects)
      }
    }
  }

  private mutating func performLocally<E: FrameworkEffects>(
    _ entry: Said.Entry, _ effects: inout E
  ) {
    switch entry {
    case .refuse(let status): tasks.refuse(status)
    case .persist(let state):
      record.state = state
      effects.persist(record)
    case .wake(let instant): wakeTime = min(wakeTime, instant)
    case .log(let level, let message): effects.log(level, message)
    case .use, .kill, .call, .constrain, .reconcile, .acknowledge, .stop: break
    }
  }

  private mutating func acknowledge<E: FrameworkEffects>(
    _ status: OperationStatus, _ time: Time, _ effects: inout E
  ) {
    guard options.acknowledges, case .subscribed(let session) = link, let uuid = status.uuid,
      let id = status.operationID
    else { return }
    let acknowledgement = SchedulerCall.AcknowledgeOperationStatus(
      agentID: status.agentID, resourceProviderID: status.resourceProviderID, uuid: uuid,
      operationID: id)
    send(.acknowledgeOperationStatus(acknowledgement), to: session, time, &effects)
  }

  mutating func acknowledge<E: FrameworkEffects>(
    _ status: TaskStatus, _ time: Time, _ effects: inout E
  ) {
    tasks.acknowledged(status)
    sendAcknowledgement(status, time, &effects)
  }

  private mutating func sendAcknowledgement<E: FrameworkEffects>(
    _ status: TaskStatus, _ time: Time, _ effects: inout E
  ) {
    guard case .subscribed(let session) = link, let uuid = status.uuid, let agentID = status.agentID
    else {
      return
    }
    send(
      .acknowledge(.init(agentID: agentID, taskID: status.taskID, uuid: uuid)), to: session, time,
      &effects)
  }
}
