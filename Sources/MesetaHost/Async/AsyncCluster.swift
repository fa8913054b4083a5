// The cluster as a framework sees it that is written with async and await.

public import MesetaFramework
public import MesetaModel
public import MesetaProtocol
public import MesetaRuntime

/// The events of a framework, one after the other, and the calls that it may make. An adapter over the ordinary scheduler
/// and its driver, for services that prefer it: a `Scheduler` can be simulated and replayed, this cannot.
///
/// The loop over ``events`` stands for the scheduler's `handle`: an event is being handled until the loop asks for the next.
/// Only then is an update acknowledged, and so an agent keeps it for a framework that crashes in the middle; and offers that
/// were neither used, declined nor kept with ``hold(_:)`` are declined then.
///
/// Events wait in a buffer. Offers that are rescinded meanwhile, or lost with the connection, are taken out of it. When it is
/// full, offers are declined, updates are left with their agents, which send them again later and each task's in order, and
/// messages of executors are lost, which is logged. Nothing is reordered.
///
/// Every call throws ``FrameworkHasEnded`` once the framework has ended, and `CancellationError` if its task is cancelled
/// while it waits, although the call may take effect. Those that need a subscription throw a `CallError` without one.
public final class AsyncCluster: Sendable {
  package typealias Desk = ReplyDesk<SchedulerInput<Never>, [TaskID]>

  private let desk: Desk
  private let tell: @Sendable (BufferedScheduler.Command) -> Void

  package init(_ desk: Desk, _ tell: @escaping @Sendable (BufferedScheduler.Command) -> Void) {
    self.desk = desk
    self.tell = tell
  }

  // MARK: Events

  /// What happens, in order, to one loop at a time: a second one takes over and ends the first. The sequence ends with the
  /// framework; a loop ends too when its task is cancelled, and another goes on where it was.
  ///
  /// `SchedulerInput.accepted` and `SchedulerInput.wake` do not come.
  public var events: Events { Events(cluster: self) }

  /// The events of an ``AsyncCluster``.
  public struct Events: AsyncSequence, AsyncIteratorProtocol, Sendable {
    let cluster: AsyncCluster

    /// The sequence itself: where it stands is known to the cluster.
    public func makeAsyncIterator() -> Events { self }

    /// Waits for the next event.
    public func next() async -> SchedulerInput<Never>? { await cluster.next() }

    /// Waits for the next event.
    public func next(isolation actor: isolated (any Actor)?) async -> SchedulerInput<Never>? {
      await cluster.next()
    }
  }

  private func next() async -> SchedulerInput<Never>? { await desk.event(from: tell) }

  @discardableResult
  private func perform(_ call: BufferedScheduler.Call) async throws -> [TaskID] {
    try await desk.answer(orThrow: FrameworkHasEnded()) { tell(.perform(call, $0)) }
  }

  // MARK: Demand

  /// Says what is wanted from now on: `count` times the resources of one task. With nothing wanted no offers come; with more
  /// wanted than before, offers that were declined come again.
  public func want(_ need: Resources, count: Int) async throws {
    try await want([Demand(need, count: count)])
  }

  /// Says what is wanted from now on, for tasks of several sizes or by role.
  public func want(_ demands: [Demand]) async throws { try await perform(.want(demands)) }

  // MARK: Offers

  /// Accepts an offer and launches as many of the tasks as fit, in their order; what is left is declined.
  ///
  /// - Parameter refuseRest: For how long what is left is not to be offered again, in place of the driver's choice.
  /// - Returns: The ids of the first tasks, those that were launched. None if the offer is gone.
  @discardableResult
  public func launch(
    _ tasks: [TaskRequest], on offer: Offer, refuseRest: Span? = nil
  ) async throws -> [TaskID] { try await launch(tasks, on: [offer], refuseRest: refuseRest) }

  /// Accepts several offers of one agent to one role, to use them together; otherwise as with one offer.
  @discardableResult
  public func launch(
    _ tasks: [TaskRequest], on offers: [Offer], refuseRest: Span? = nil
  ) async throws -> [TaskID] { try await launch(tasks, after: [], on: offers, refuseRest: refuseRest) }

  /// Accepts offers as with ``launch(_:on:refuseRest:)``, and does some operations first: the tasks can use what they make.
  ///
  /// How an operation with an id went comes as `SchedulerInput.operationUpdate`.
  ///
  /// - Throws: A `CallError` if something that an operation needs is not among the offers; they are declined then.
  @discardableResult
  public func launch(
    _ tasks: [TaskRequest], after operations: [Operation], on offers: [Offer], refuseRest: Span? = nil
  ) async throws -> [TaskID] {
    try await perform(.launch(tasks, after: operations, offers: offers, refuseRest: refuseRest))
  }

  /// Declines an offer; its resources are not offered again for so long, unless they grow. Nil: for a short while if what is
  /// wanted fits, for a long one if not.
  public func decline(_ offer: Offer, for span: Span? = nil) async throws {
    try await perform(.decline(offer, span))
  }

  /// Keeps an offer of the event at hand for later, until it is used, declined or rescinded.
  public func hold(_ offer: Offer) async throws { try await perform(.hold(offer)) }

  // MARK: Inverse offers

  /// Says that the framework can do without the agent of an inverse offer from the time that it names on. It is not asked
  /// again for so long.
  public func accept(_ offer: InverseOffer, for span: Span = .seconds(5)) async throws {
    try await call(
      .acceptInverseOffers(inverseOfferIDs: [offer.id], filters: Filters(refuseSeconds: span.inSeconds)))
  }

  /// Says that the framework would lose something that it needs. It is not asked again for so long.
  public func decline(_ offer: InverseOffer, for span: Span = .seconds(5)) async throws {
    try await call(
      .declineInverseOffers(inverseOfferIDs: [offer.id], filters: Filters(refuseSeconds: span.inSeconds)))
  }

  // MARK: All at once

  /// Demands resources all at once or not at all, and returns when the master has taken the demand. Then comes
  /// `SchedulerInput.demandMet` with all offers together, or `SchedulerInput.demandFailed`; after
  /// `SchedulerInput.disconnected` neither.
  ///
  /// - Throws: A `CallError` as ``call(_:)`` does.
  public func demand(_ demand: GangDemand) async throws { try await call(.demand(demand)) }

  /// Takes a demand back.
  ///
  /// - Throws: A `CallError`, also if the demand was met or has failed meanwhile.
  public func withdraw(_ id: DemandID) async throws { try await call(.withdraw(id)) }

  // MARK: Tasks

  /// Kills a task, again after a reconnection until it has ended. `grace` replaces the time that the task itself gives
  /// between SIGTERM and SIGKILL.
  public func kill(_ id: TaskID, grace: Span? = nil) async throws {
    try await perform(.kill(id, grace: grace))
  }

  /// Acknowledges an update before the loop asks for the next event. The only way to without
  /// `SchedulerOptions.acknowledges`.
  public func acknowledge(_ update: TaskUpdate) async throws { try await perform(.acknowledge(update)) }

  /// Asks the master for updates on tasks, again and again until it has answered for each. None named: on all it knows.
  public func reconcile(_ tasks: [SchedulerCall.ReconciledTask] = []) async throws {
    try await perform(.reconcile(tasks))
  }

  /// Sends bytes to an executor. They are lost if it is not there.
  public func message(_ data: [UInt8], to executorID: ExecutorID, on agentID: AgentID) async throws {
    try await perform(.message(data, executorID: executorID, agentID: agentID))
  }

  // MARK: Anything else

  /// Makes any call, and returns when the master has taken it.
  ///
  /// - Throws: A `CallError` if the master refuses it, or if the connection is lost before it answers.
  public func call(_ call: SchedulerCall.Kind) async throws { try await perform(.other(call)) }

  /// Keeps bytes for the next incarnation, which gets them as its first event, `SchedulerInput.restored`.
  public func persist(_ state: [UInt8]) async throws { try await perform(.persist(state)) }

  /// Ends the framework and all its tasks. ``events`` end.
  public func teardown() { tell(.perform(.stop(teardown: true), 0)) }

  /// Ends this incarnation; the tasks go on until the framework's failover time-out passes. ``events`` end.
  public func stop() { tell(.perform(.stop(teardown: false), 0)) }
}

/// The framework that was to make a call has ended.
public struct FrameworkHasEnded: Error, Hashable, CustomStringConvertible {
  /// The error.
  public init() {}

  /// What has happened.
  public var description: String { "the framework has ended and makes no calls any more" }
}
