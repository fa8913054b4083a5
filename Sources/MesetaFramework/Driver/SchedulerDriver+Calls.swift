// What the scheduler says, on its way to the master.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension SchedulerDriver {
  /// Lets the scheduler handle an input, and does what it then says.
  mutating func tell<E: FrameworkEffects>(
    _ input: SchedulerInput<S.Command>, _ time: Time, _ effects: inout E
  ) where E.Report == S.Report {
    let buffer = hear(input, time)
    send(buffer, time, &effects)
    end(buffer, time, &effects)
  }

  /// The same for an update, which is acknowledged unless the scheduler refused it, or does so itself.
  mutating func tell<E: FrameworkEffects>(
    _ status: TaskStatus, of task: TaskInfo?, at place: TaskLedger.Place?, _ time: Time, _ effects: inout E
  ) where E.Report == S.Report {
    let buffer = hear(.update(TaskUpdate(status, task: task)), time)
    send(buffer, time, &effects)
    if (options.acknowledges || status.uuid == nil) && !buffer.refuses(status) {
      if let place { tasks.acknowledged(status, at: place) }
      sendAcknowledgement(status, time, &effects)
    }
    end(buffer, time, &effects)
  }

  /// Lets the scheduler handle an input; what it says is in the buffer that is returned.
  private mutating func hear(_ input: SchedulerInput<S.Command>, _ time: Time) -> CallBuffer {
    // The book is moved into the buffer and back, so that it has one owner and is never copied.
    var book = OfferBook()
    swap(&book, &offers)
    let buffer = CallBuffer(offers: book, names: names, nextRequest: nextRequest)
    book = OfferBook()
    var calls = SchedulerCalls(
      time: time, random: random, frameworkID: framework.id, isSubscribed: isSubscribed, buffer: buffer)
    scheduler.handle(input, &calls)
    random = calls.random
    names = buffer.names
    nextRequest = buffer.nextRequest
    if let demands = buffer.demands { demand.set(demands) }
    return buffer
  }

  /// Says to the master what the scheduler said.
  private mutating func send<E: FrameworkEffects>(_ buffer: CallBuffer, _ time: Time, _ effects: inout E) {
    settle(buffer)
    if case .subscribed(let session) = link {
      sendAnswers(buffer, session, time, &effects)
    } else if !buffer.entries.isEmpty {
      performUnsubscribed(buffer, time, &effects)
    }
    swap(&offers, &buffer.offers)
    offers.end()
  }

  private mutating func end<E: FrameworkEffects>(_ buffer: CallBuffer, _ time: Time, _ effects: inout E)
  where E.Report == S.Report {
    takeReports(&effects)
    if buffer.entries.isEmpty { return }
    for case .stop(let teardown) in buffer.entries { stop(teardown: teardown, time, &effects) }
  }

  private mutating func takeReports<E: FrameworkEffects>(_ effects: inout E) where E.Report == S.Report {
    // Asking a scheduler that has none for its reports costs more than an offer.
    if S.Report.self == Never.self { return }
    let reports = scheduler.reports
    if reports.isEmpty { return }
    scheduler.reports = []
    for report in reports { effects.report(report) }
  }

  /// Declines, or holds, what the scheduler did not answer and what it accepted without using it.
  private mutating func settle(_ buffer: CallBuffer) {
    for refusal in buffer.refusals where refusal.seconds > options.usefulRefusal.inSeconds {
      demand.filtered(nil)
    }
    for use in buffer.uses where use.tasks.isEmpty && use.operations.isEmpty {
      for offer in use.offers { refuse(offer, buffer, for: use.refusal) }
    }
    if options.declinesUnused {
      for offer in buffer.offers.unanswered() { refuse(offer, buffer, for: nil) }
    } else {
      for offer in buffer.offers.current { _ = buffer.offers.hold(offer.id) }
    }
  }

  private mutating func refuse(_ offer: Offer, _ buffer: CallBuffer, for span: Span?) {
    let span = span ?? refusal(of: offer.resources, in: offer.allocationRole)
    note(refusal: span, in: offer.allocationRole)
    buffer.refuse(offer.id, for: span)
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
    _ buffer: CallBuffer, _ session: SessionID, _ time: Time, _ effects: inout E
  ) {
    for refusal in buffer.refusals {
      send(
        .decline(offerIDs: refusal.offerIDs, filters: Filters(refuseSeconds: refusal.seconds)), to: session,
        time, &effects)
    }
    for entry in buffer.entries { perform(entry, buffer, session, time, &effects) }
    guard options.followsDemand else { return }
    let change = demand.sync()
    if let roles = change.suppress { send(.suppress(roles: roles), to: session, time, &effects) }
    if let roles = change.revive { send(.revive(roles: roles), to: session, time, &effects) }
  }

  private mutating func perform<E: FrameworkEffects>(
    _ entry: CallBuffer.Entry, _ buffer: CallBuffer, _ session: SessionID, _ time: Time,
    _ effects: inout E
  ) {
    switch entry {
    case .use(let index):
      accept(buffer.uses[index], session, time, &effects)
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
      note(kind)
      send(kind, request: request, to: session, time, &effects)
    case .acknowledge(let status): acknowledge(status, time, &effects)
    case .refuse, .persist, .wake, .stop, .log: performLocally(entry, &effects)
    }
  }

  /// Notes what a call that the scheduler made itself changes for the driver.
  private mutating func note(_ call: SchedulerCall.Kind) {
    switch call {
    case .suppress(let roles): demand.told(suppressed: true, roles: roles)
    case .revive(let roles): demand.told(suppressed: false, roles: roles)
    case .accept(let accept):
      for case .launch(let launched) in accept.operations.map(\.kind) {
        for task in launched { tasks.launch(task) }
      }
    case .decline(_, let filters):
      if filters.refuseSeconds > options.usefulRefusal.inSeconds { demand.filtered(nil) }
    default: break
    }
  }

  private mutating func accept<E: FrameworkEffects>(
    _ use: CallBuffer.Use, _ session: SessionID, _ time: Time, _ effects: inout E
  ) {
    guard !use.tasks.isEmpty || !use.operations.isEmpty, let first = use.offers.first else { return }
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
    _ buffer: CallBuffer, _ time: Time, _ effects: inout E
  ) {
    for entry in buffer.entries {
      switch entry {
      case .kill(var kill):
        kill.agentID = tasks[kill.taskID]?.agentID
        if !tasks.kill(kill) {
          effects.log(.warning, "KILL of \(kill.taskID) is dropped: the driver does not know the task")
        }
      case .call(let kind, _):
        effects.log(.warning, "\(kind.name) is dropped: there is no subscription")
      case .acknowledge(let status): acknowledge(status, time, &effects)  // sent when the update comes again
      case .use, .reconcile: break
      case .refuse, .persist, .wake, .stop, .log: performLocally(entry, &effects)
      }
    }
  }

  private mutating func performLocally<E: FrameworkEffects>(
    _ entry: CallBuffer.Entry, _ effects: inout E
  ) {
    switch entry {
    case .refuse(let status): tasks.refuse(status)
    case .persist(let state):
      record.state = state
      effects.persist(record)
    case .wake(let instant): wakeTime = min(wakeTime, instant)
    case .log(let level, let message): effects.log(level, message)
    case .use, .kill, .call, .reconcile, .acknowledge, .stop: break
    }
  }

  mutating func acknowledge<E: FrameworkEffects>(_ status: TaskStatus, _ time: Time, _ effects: inout E) {
    tasks.acknowledged(status)
    sendAcknowledgement(status, time, &effects)
  }

  private mutating func sendAcknowledgement<E: FrameworkEffects>(
    _ status: TaskStatus, _ time: Time, _ effects: inout E
  ) {
    guard case .subscribed(let session) = link, let uuid = status.uuid, let agentID = status.agentID else {
      return
    }
    send(
      .acknowledge(.init(agentID: agentID, taskID: status.taskID, uuid: uuid)), to: session, time, &effects)
  }
}
