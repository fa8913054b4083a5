// The scheduler behind the async face of a framework.

package import MesetaModel
package import MesetaProtocol
package import MesetaRuntime

/// Keeps what happens until a consumer asks for it, and makes the calls that the consumer asks for. A plain
/// ``Scheduler``: the ordinary driver runs it, on every transport.
///
/// An event is being handled from its delivery until the consumer asks for the next one. Then an update is acknowledged,
/// and the offers that were neither used, declined nor kept are declined, as the driver does around a ``Scheduler`` that
/// returns from `handle`.
package struct BufferedScheduler: Scheduler {
  package typealias Command = ConsumerCommand<Call>

  /// What the consumer may ask for.
  package enum Call: Hashable, Sendable {
    case want([Demand])
    /// All of the operations, then as many of the tasks as fit, in their order.
    case launch([TaskRequest], after: [Operation], offers: [Offer], refuseRest: Span?)
    /// For so long; nil: for as long as the driver thinks right.
    case decline(Offer, Span?)
    case hold(Offer)
    case kill(TaskID, grace: Span?)
    case acknowledge(TaskUpdate)
    case reconcile([SchedulerCall.ReconciledTask])
    case message([UInt8], executorID: ExecutorID, agentID: AgentID)
    case persist([UInt8])
    /// Any call, whose outcome is the master's.
    case other(SchedulerCall.Kind)
    case stop(teardown: Bool)
  }

  /// What the consumer is answered.
  package enum Report: Hashable, Sendable {
    /// Nil: another consumer waits in its place.
    case event(SchedulerInput<Never>?, Ticket)
    case done(Ticket)
    case launched([TaskID], Ticket)
    case failed(CallError, Ticket)
  }

  package var reports: [Report] = []
  /// As the user of the async face chose them; the driver's own are off.
  private let acknowledges: Bool
  private let declinesUnused: Bool
  private var buffer: EventBuffer
  private var delivery = Delivery<SchedulerInput<Never>>()
  /// The offers of the delivered event that the consumer keeps. For look-up only.
  private var kept: Set<OfferID> = []
  /// The calls that the master has not answered, in their order.
  private var asked: [(request: UInt64, ticket: Ticket)] = []

  /// - Parameter capacity: For how many events there is room; an offer counts as one.
  package init(options: SchedulerOptions, capacity: Int) {
    self.acknowledges = options.acknowledges
    self.declinesUnused = options.declinesUnused
    self.buffer = EventBuffer(capacity: capacity)
  }

  /// The options to run this scheduler with: what depends on the consumer is not for the driver to decide.
  package static func driverOptions(_ options: SchedulerOptions) -> SchedulerOptions {
    var options = options
    options.acknowledges = false
    options.declinesUnused = false
    return options
  }

  package mutating func handle(_ input: SchedulerInput<Command>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .command(.next(let ticket, let received)): next(ticket, received, &cluster)
    case .command(.withdraw(let ticket)): delivery.withdraw(ticket)
    case .command(.perform(let call, let ticket)): perform(call, ticket, &cluster)
    case .accepted(let request): answer(request) { .done($0) }
    case .rejected(let error, let request) where request != 0: answer(request) { .failed(error, $0) }
    case .wake: break
    default: if let event = input.event { happened(event, &cluster) }
    }
    if let (ticket, event) = delivery.deliver({ buffer.pop() }) { reports.append(.event(event, ticket)) }
  }
}

// MARK: Events

extension BufferedScheduler {
  private mutating func happened(_ event: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    switch event {
    case .rescinded(let id), .inverseOfferRescinded(let id): delivery.revise { $0.without(id) }
    case .disconnected:
      delivery.revise { $0.hasOffers ? nil : $0 }
      let lost = CallError(.unavailable, "the connection to the master was lost before it answered")
      for (_, ticket) in asked { reports.append(.failed(lost, ticket)) }
      asked = []
    default: break
    }
    switch buffer.push(event) {
    case .stored, .later: break
    case .decline(let offers): for offer in offers { cluster.decline(offer) }
    case .refuse(let update): cluster.refuse(update)
    case .lost: cluster.log(.warning, "The consumer of events is too slow: \(event.kind) is lost")
    }
  }

  private mutating func next(_ ticket: Ticket, _ received: Ticket?, _ cluster: inout SchedulerCalls) {
    let (displaced, handled) = delivery.ask(ticket, received: received)
    if let displaced { reports.append(.event(nil, displaced)) }
    guard let handled else { return }
    settle(handled, &cluster)
    kept.removeAll(keepingCapacity: true)
  }

  /// Does what the consumer left undone when it was through with an event.
  private func settle(_ event: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    switch event {
    case .update(let update):
      if acknowledges { cluster.acknowledge(update) }
    case .offers(let offers), .demandMet(_, let offers):
      guard declinesUnused else { return }
      // Those that were used or declined are not in the driver's book any more.
      for offer in offers where !kept.contains(offer.id) { cluster.decline(offer) }
    case .operationUpdate(let status):
      guard acknowledges, let uuid = status.uuid, let id = status.operationID else { return }
      cluster.call(
        .acknowledgeOperationStatus(
          .init(
            agentID: status.agentID, resourceProviderID: status.resourceProviderID, uuid: uuid,
            operationID: id)))
    default: break
    }
  }
}

// MARK: Calls

extension BufferedScheduler {
  private mutating func perform(_ call: Call, _ ticket: Ticket, _ cluster: inout SchedulerCalls) {
    switch call {
    case .want(let demands): cluster.want(demands)
    case .launch(let tasks, let operations, let offers, let refusal):
      return launch(tasks, after: operations, offers, refusal, ticket, &cluster)
    case .decline(let offer, let span?): cluster.decline(offer, for: span)
    case .decline(let offer, nil): cluster.decline(offer)
    case .hold(let offer): kept.insert(offer.id)
    case .kill(let id, let grace): cluster.kill(id, grace: grace)
    case .acknowledge(let update): cluster.acknowledge(update)
    case .persist(let state): cluster.persist(state)
    case .stop(let teardown): if teardown { cluster.teardown() } else { cluster.stop() }
    case .reconcile, .message, .other:
      guard cluster.isSubscribed else {
        let error = CallError(.unavailable, "there is no subscription: the master cannot be reached")
        return reports.append(.failed(error, ticket))
      }
      return performSubscribed(call, ticket, &cluster)
    }
    reports.append(.done(ticket))
  }

  private mutating func performSubscribed(
    _ call: Call, _ ticket: Ticket, _ cluster: inout SchedulerCalls
  ) {
    switch call {
    case .reconcile(let tasks): cluster.reconcile(tasks)
    case .message(let data, let executorID, let agentID):
      cluster.message(data, to: executorID, on: agentID)
    case .other(let kind): return asked.append((cluster.ask(kind), ticket))
    default: break
    }
    reports.append(.done(ticket))
  }

  private mutating func launch(
    _ tasks: [TaskRequest], after operations: [Operation], _ offers: [Offer], _ refusal: Span?,
    _ ticket: Ticket, _ cluster: inout SchedulerCalls
  ) {
    var use = cluster.accept(offers)
    if let refusal { use.refuseRest(for: refusal) }
    if let problem = use.problem(with: operations) {
      return reports.append(.failed(CallError(.conflict, problem.description), ticket))
    }
    for operation in operations { use.perform(operation.kind, id: operation.id) }
    var launched: [TaskID] = []
    for task in tasks {
      guard let id = use.run(task) else { break }
      launched.append(id)
    }
    reports.append(.launched(launched, ticket))
  }

  private mutating func answer(_ request: UInt64, _ report: (Ticket) -> Report) {
    guard let index = asked.firstIndex(where: { $0.request == request }) else { return }
    reports.append(report(asked.remove(at: index).ticket))
  }
}
