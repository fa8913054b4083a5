// What a scheduler may say to its cluster.

public import MesetaModel
public import MesetaProtocol
public import MesetaRuntime

/// The cluster as a scheduler sees it while it handles an input. What is said here is sent after that.
public struct SchedulerCalls {
  /// When the input came.
  public let time: Time
  /// The only randomness there is: a replay draws the same numbers.
  public var random: SeededGenerator
  /// Nil before the first subscription.
  public let frameworkID: FrameworkID?
  /// Whether the subscription stands. Without it calls other than ``kill(_:grace:)`` are dropped.
  public let isSubscribed: Bool
  let buffer: CallBuffer

  // MARK: Demand

  /// Says what is wanted from now on: `count` times the resources of one task. Best said after every input, for
  /// it costs nothing where it has not changed.
  ///
  /// With nothing wanted, no offers come; with more wanted than before, offers that were declined come again.
  public mutating func want(_ need: Resources, count: Int) {
    want([Demand(need, count: count)])
  }

  /// Says what is wanted from now on, for tasks of several sizes or by role.
  public mutating func want(_ demands: [Demand]) { buffer.said.demands = demands }

  /// Ends offers to the roles; none named: to all. Only of use without ``SchedulerOptions/followsDemand``.
  public mutating func suppress(roles: [String] = []) { call(.suppress(roles: roles)) }

  /// Ends filters and suppression of the roles; none named: of all.
  public mutating func revive(roles: [String] = []) { call(.revive(roles: roles)) }

  /// Says of which agents offers are wanted from now on, by role (UPDATE_FRAMEWORK); it is said again at every subscription.
  /// Offers that are there already stay.
  ///
  /// Returns the number of the call; see ``ask(_:)``. A master that rejects the constraints goes on with those before, and so
  /// does the driver.
  @discardableResult
  public mutating func constrain(_ constraints: OfferConstraints) -> UInt64 {
    let request = nextRequest()
    buffer.said.entries.append(.constrain(constraints, request: request))
    return request
  }

  // MARK: Offers

  /// Accepts an offer: launch on what is returned. What is left of it, or all, is declined.
  public mutating func accept(_ offer: Offer) -> OfferUse {
    let isThere = buffer.said.offers.take(offer.id)
    return use(isThere ? Said.Use(offers: [offer], remaining: offer.resources) : Said.Use())
  }

  /// Accepts several offers of one agent to one role, to use them together. Those that differ from the first in that
  /// are left out.
  public mutating func accept(_ offers: [Offer]) -> OfferUse {
    var use = Said.Use()
    for offer in offers {
      if let first = use.offers.first,
        first.agentID != offer.agentID || first.allocationRole != offer.allocationRole
      {
        continue
      }
      guard buffer.said.offers.take(offer.id) else { continue }
      use.remaining += offer.resources
      use.offers.append(offer)
    }
    return self.use(use)
  }

  private mutating func use(_ use: consuming Said.Use) -> OfferUse {
    buffer.said.uses.append(use)
    buffer.said.entries.append(.use(buffer.said.uses.count - 1))
    return OfferUse(buffer, buffer.said.uses.count - 1)
  }

  /// Declines an offer; its resources are not offered again for so long, unless they grow.
  public mutating func decline(_ offer: Offer, for span: Span) { decline(offer.id, for: span) }

  /// Declines an offer for as long as the driver thinks right: a short while if what is wanted fits into it, a long one if
  /// not.
  public mutating func decline(_ offer: Offer) { _ = accept(offer) }

  /// Declines an offer by its id.
  public mutating func decline(_ offerID: OfferID, for span: Span) {
    guard buffer.said.offers.take(offerID) else { return }
    buffer.said.refuse(offerID, for: span)
  }

  /// Keeps an offer for later, until it is used, declined or rescinded.
  public mutating func hold(_ offer: Offer) { _ = buffer.said.offers.hold(offer.id) }

  // MARK: Inverse offers

  /// Says that the framework can do without the agent of an inverse offer from the time that it names on: it has moved, or is
  /// ready to lose, what it has there. It is not asked again for so long.
  public mutating func accept(_ offer: InverseOffer, for span: Span = .seconds(5)) {
    call(
      .acceptInverseOffers(
        inverseOfferIDs: [offer.id], filters: Filters(refuseSeconds: span.inSeconds)))
  }

  /// Says that the framework would lose something that it needs. It is not asked again for so long.
  public mutating func decline(_ offer: InverseOffer, for span: Span = .seconds(5)) {
    call(
      .declineInverseOffers(
        inverseOfferIDs: [offer.id], filters: Filters(refuseSeconds: span.inSeconds)))
  }

  // MARK: All at once

  /// Demands resources all at once or not at all. Its offers come together, as ``SchedulerInput/demandMet(_:_:)``, or it
  /// fails, with ``SchedulerInput/demandFailed(_:)``. It is in force for this subscription: after a
  /// ``SchedulerInput/disconnected(reason:)`` it has to be made anew.
  ///
  /// Returns the number of the call; see ``ask(_:)``. What a suppressed role demands comes all the same, and so does what
  /// was declined.
  @discardableResult
  public mutating func demand(_ demand: GangDemand) -> UInt64 { ask(.demand(demand)) }

  /// Takes a demand back. The master refuses it if the demand was met or has failed meanwhile.
  public mutating func withdraw(_ id: DemandID) { call(.withdraw(id)) }

  // MARK: Tasks

  /// Kills a task. `grace` replaces the time that the task itself gives between SIGTERM and SIGKILL.
  ///
  /// For a task that the driver knows, the call is made again after a reconnection until the task has ended.
  public mutating func kill(_ id: TaskID, grace: Span? = nil) {
    buffer.said.entries.append(.kill(SchedulerCall.Kill(id, gracePeriod: grace?.nanoseconds)))
  }

  /// Asks the master for updates on tasks, again and again until it has answered for each. None named: on all it knows.
  public mutating func reconcile(_ tasks: [SchedulerCall.ReconciledTask] = []) {
    buffer.said.entries.append(.reconcile(tasks))
  }

  /// Acknowledges an update. Only of use without ``SchedulerOptions/acknowledges``.
  public mutating func acknowledge(_ update: TaskUpdate) {
    buffer.said.entries.append(.acknowledge(update.status))
  }

  /// Does not take an update: it is not acknowledged, and told again when the agent sends it again.
  public mutating func refuse(_ update: TaskUpdate) { buffer.said.entries.append(.refuse(update.status)) }

  /// Sends bytes to an executor. They are lost if it is not there.
  public mutating func message(_ data: [UInt8], to executorID: ExecutorID, on agentID: AgentID) {
    call(.message(agentID: agentID, executorID: executorID, data: data))
  }

  // MARK: Anything else

  /// Makes any call.
  public mutating func call(_ call: SchedulerCall.Kind) {
    buffer.said.answer(call)
    buffer.said.entries.append(.call(call, request: 0))
  }

  /// Makes any call and returns its number; the outcome comes as ``SchedulerInput/accepted(request:)`` or
  /// ``SchedulerInput/rejected(_:request:)``. It does not come if the connection is lost meanwhile.
  public mutating func ask(_ call: SchedulerCall.Kind) -> UInt64 {
    buffer.said.answer(call)
    let request = nextRequest()
    buffer.said.entries.append(.call(call, request: request))
    return request
  }

  private mutating func nextRequest() -> UInt64 {
    let request = buffer.said.nextRequest
    buffer.said.nextRequest += 1
    return request
  }

  /// Asks for a ``SchedulerInput/wake`` at that time. The earliest time asked for counts; the wake-up ends them all.
  public mutating func wake(at instant: Instant) { buffer.said.entries.append(.wake(instant)) }

  /// Asks for a ``SchedulerInput/wake`` after so long.
  public mutating func wake(after span: Span) { wake(at: time.monotonic + span) }

  /// Keeps bytes for the next incarnation, which gets them as ``SchedulerInput/restored(_:)``.
  public mutating func persist(_ state: [UInt8]) { buffer.said.entries.append(.persist(state)) }

  /// Ends the framework and all its tasks.
  public mutating func teardown() { buffer.said.entries.append(.stop(teardown: true)) }

  /// Ends this incarnation; the tasks go on until the framework's failover time-out passes.
  public mutating func stop() { buffer.said.entries.append(.stop(teardown: false)) }

  /// Says something to the operator.
  public mutating func log(_ level: LogLevel, _ message: String) {
    buffer.said.entries.append(.log(level, message))
  }
}
