// The part of a scheduler driver that does not depend on its scheduler.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Where a driver stands with the master.
enum SchedulerLink: Hashable, Sendable {
  case waiting(until: Instant)
  case connecting
  case subscribing(SessionID, request: UInt64, until: Instant)
  case subscribed(SessionID)
  case finished
}

/// An event that the scheduler is to be told.
struct Telling {
  /// What follows once the scheduler has handled it.
  enum Then {
    case nothing
    /// The update is acknowledged, unless the scheduler refused it or does so itself.
    case acknowledge(TaskLedger.Place?)
    case acknowledgeOperation
    case fail(String)
  }

  var event: SchedulerInput<Never>
  var then: Then

  init(_ event: SchedulerInput<Never>, then: Then = .nothing) {
    self.event = event
    self.then = then
  }
}

/// Everything of a ``SchedulerDriver`` but its scheduler: the connection, the books, what the master is told.
///
/// Not generic over the scheduler, which is another module's: code that cannot be compiled for a type looks up at run time
/// how to move each of its values, which took a third of the time of an event.
package struct DriverCore: Sendable {
  let options: SchedulerOptions
  /// As it subscribes; with the id that the master gave.
  var framework: FrameworkInfo
  var constraints: ConstraintsBook
  var link = SchedulerLink.waiting(until: .zero)
  /// Failed attempts to subscribe, in a row.
  var attempt = 0
  /// How the next subscription comes about.
  var subscription: Subscription
  var record: FrameworkRecord
  /// Whether the scheduler is still to be told of the state it kept.
  var restores: Bool
  var liveness = Liveness.off
  var demand: DemandBook
  var offers = OfferBook()
  var executors = LaunchedExecutors()
  var tasks = TaskLedger()
  var operations = OperationBook()
  var names: TaskNames
  var reconciliation = Reconciliation()
  var nextReconciliation = Instant.never
  var wakeTime = Instant.never
  /// Until when a teardown waits for a subscription; nil: none was asked for.
  var teardownDeadline: Instant?
  var nextRequest: UInt64 = 1
  var random: SeededGenerator
  /// The rare branches that it has been through.
  var marks = Marks<DriverMark>()
  /// What the scheduler says its calls into; kept for its memory.
  var buffer: CallBuffer

  init(
    framework: FrameworkInfo, options: SchedulerOptions, record: FrameworkRecord?, seed: UInt64
  ) {
    self.framework = framework
    self.options = options
    self.constraints = ConstraintsBook(options.offerConstraints)
    self.framework.id = framework.id ?? record?.frameworkID
    self.record = FrameworkRecord(frameworkID: self.framework.id, state: record?.state ?? [])
    self.restores = !self.record.state.isEmpty
    self.subscription = self.framework.id == nil ? .new : .failover
    self.demand = DemandBook(roles: framework.subscribedRoles)
    self.random = SeededGenerator(seed: seed)
    self.names = TaskNames(&random)
    self.buffer = CallBuffer(Said(names: names, principal: framework.principal))
  }

  /// When the driver next needs a `wake`. It begins to connect with its first input.
  var nextWake: Instant {
    let linkDeadline: Instant
    switch link {
    case .waiting(let until): linkDeadline = until
    case .connecting: linkDeadline = .never
    case .subscribing(_, _, let until): linkDeadline = until
    case .subscribed: linkDeadline = min(liveness.deadline, reconciliation.deadline, nextReconciliation)
    case .finished: return .never
    }
    return min(linkDeadline, wakeTime, teardownDeadline ?? .never)
  }

  var isFinished: Bool {
    if case .finished = link { true } else { false }
  }

  var isSubscribed: Bool {
    if case .subscribed = link { true } else { false }
  }

  /// The session in use, if there is one.
  var session: SessionID? {
    switch link {
    case .subscribing(let session, _, _), .subscribed(let session): session
    case .waiting, .connecting, .finished: nil
    }
  }
}

// MARK: The connection

extension DriverCore {
  mutating func opened<E: FrameworkEffects>(
    _ session: SessionID, _ time: Time, _ effects: inout E
  ) {
    guard link == .connecting else {
      effects.close(session, reason: "this session was not asked for")
      return
    }
    let request = nextRequest
    nextRequest += 1
    link = .subscribing(session, request: request, until: time.monotonic + options.subscribeTimeout)
    let suppressed = options.followsDemand ? demand.subscribing() : []
    send(
      .subscribe(
        .init(framework, suppressedRoles: suppressed, offerConstraints: constraints.subscribing())),
      request: request, to: session, time, &effects)
  }

  mutating func connectFailed<E: FrameworkEffects>(
    _ reason: String, _ time: Time, _ effects: inout E
  ) {
    guard link == .connecting else { return }
    effects.log(.info, "The master cannot be reached: \(reason)")
    retryLater(time)
  }

  /// Waits and connects again.
  mutating func retryLater(_ time: Time) {
    let wait = options.reconnectBackoff.spread(attempt, &random)
    attempt += 1
    link = .waiting(until: time.monotonic + wait)
  }

  /// The session is over.
  mutating func disconnected<E: FrameworkEffects>(
    _ reason: String, _ time: Time, _ effects: inout E
  ) -> Telling? {
    let wasSubscribed = isSubscribed
    offers.clear()
    reconciliation.stop()
    nextReconciliation = .never
    effects.log(.info, "The connection to the master is lost: \(reason)")
    retryLater(time)
    return wasSubscribed ? Telling(.disconnected(reason: reason)) : nil
  }

  /// Ends a session that is of no use any more.
  mutating func abandon<E: FrameworkEffects>(_ reason: String, _ time: Time, _ effects: inout E)
    -> Telling?
  {
    if let session { effects.close(session, reason: reason) }
    return disconnected(reason, time, &effects)
  }

  /// Whether the time has come that the scheduler asked to be woken at.
  mutating func takeWake(_ time: Time) -> Bool {
    if wakeTime > time.monotonic { return false }
    wakeTime = .never
    return true
  }

  mutating func meetDeadlines<E: FrameworkEffects>(_ time: Time, _ effects: inout E) -> Telling? {
    if let deadline = teardownDeadline, deadline <= time.monotonic {
      effects.log(.warning, "The framework could not be torn down: there is no master")
      finish(.stopped, &effects)
    }
    switch link {
    case .waiting(let until) where until <= time.monotonic:
      link = .connecting
      effects.connect()
    case .subscribing(_, _, let until) where until <= time.monotonic:
      marks.insert(.subscriptionTimedOut)
      return abandon(
        "the master did not answer SUBSCRIBE for \(options.subscribeTimeout)", time, &effects)
    case .subscribed(let session):
      let lost = keepAlive(session, time, &effects)
      reconcileWhenDue(time, &effects)
      return lost
    case .waiting, .connecting, .subscribing, .finished: break
    }
    return nil
  }

  private mutating func keepAlive<E: FrameworkEffects>(
    _ session: SessionID, _ time: Time, _ effects: inout E
  ) -> Telling? {
    switch liveness.check(time.monotonic) {
    case .none: return nil
    case .sendHeartbeat:
      effects.send(.heartbeat, to: session)
      return nil
    case .dead(let silence):
      marks.insert(.masterSilent)
      return abandon("the master has been silent for \(silence)", time, &effects)
    }
  }

  /// Stops for good.
  mutating func finish<E: FrameworkEffects>(_ reason: FinishReason, _ effects: inout E) {
    guard link != .finished else { return }
    if let session { effects.close(session, reason: "the framework has stopped") }
    link = .finished
    offers.clear()
    effects.finished(reason)
  }

  mutating func stop<E: FrameworkEffects>(teardown: Bool, _ time: Time, _ effects: inout E) {
    if !teardown { return finish(.stopped, &effects) }
    if case .subscribed(let session) = link {
      send(.teardown, to: session, time, &effects)
      return finish(.tornDown, &effects)
    }
    // Never subscribed and without an id: the master knows nothing that could be torn down.
    if framework.id == nil { return finish(.stopped, &effects) }
    marks.insert(.teardownAwaited)
    if teardownDeadline == nil { teardownDeadline = time.monotonic + options.teardownTimeout }
  }

  /// Sends a call.
  mutating func send<E: FrameworkEffects>(
    _ kind: consuming SchedulerCall.Kind, request: UInt64 = 0, to session: SessionID, _ time: Time,
    _ effects: inout E
  ) {
    liveness.sent(time.monotonic)
    let call = SchedulerCall(frameworkID: framework.id, consume kind)
    effects.send(.schedulerCall(call, request: request), to: session)
  }
}
