// The machine around a scheduler: it connects, subscribes, and keeps the safe defaults.

public import MesetaModel
import MesetaProtocol
public import MesetaRuntime

/// Where a driver stands with the master. On its own, for a type within a generic one is made at run time.
enum SchedulerLink: Hashable, Sendable {
  case waiting(until: Instant)
  case connecting
  case subscribing(SessionID, request: UInt64, until: Instant)
  case subscribed(SessionID)
  case finished
}

/// Runs a ``Scheduler`` against a master.
///
/// A pure state machine. The way of an input through it: ``handle(_:at:_:)`` here follows the connection; events of the
/// master go through `SchedulerDriver+Events.swift` to the scheduler; what the scheduler then says is collected in a
/// `CallBuffer` and sent by `SchedulerDriver+Calls.swift`.
public struct SchedulerDriver<S: Scheduler>: Sendable {
  /// What the driver is told.
  public typealias Input = NodeInput<SchedulerLocal<S.Command>>

  /// How the driver behaves.
  public let options: SchedulerOptions
  /// As it subscribes; with the id that the master gave.
  public internal(set) var framework: FrameworkInfo

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
  var tasks = TaskLedger()
  var names: TaskNames
  var reconciliation = Reconciliation()
  var nextReconciliation = Instant.never
  var wakeTime = Instant.never
  /// Until when a teardown waits for a subscription; nil: none was asked for.
  var teardownDeadline: Instant?
  var nextRequest: UInt64 = 1
  var random: SeededGenerator
  /// The framework's own part. The last field: those before it stand at fixed places, whatever its size.
  public internal(set) var scheduler: S

  /// - Parameters:
  ///   - framework: What the framework says of itself. An id in it is one of an earlier incarnation.
  ///   - record: What the earlier incarnation asked to keep; its framework id is used if `framework` has none.
  ///   - seed: Fresh for each incarnation of a process, or the ids of its tasks would come again.
  public init(
    _ scheduler: S, framework: FrameworkInfo, options: SchedulerOptions = SchedulerOptions(),
    record: FrameworkRecord? = nil, seed: UInt64
  ) {
    self.scheduler = scheduler
    self.framework = framework
    self.options = options
    self.framework.id = framework.id ?? record?.frameworkID
    self.record = FrameworkRecord(frameworkID: self.framework.id, state: record?.state ?? [])
    self.restores = !self.record.state.isEmpty
    self.subscription = self.framework.id == nil ? .new : .failover
    self.demand = DemandBook(roles: framework.subscribedRoles)
    self.random = SeededGenerator(seed: seed)
    self.names = TaskNames(&random)
  }

  /// When the driver next needs a `wake`. It begins to connect with its first input.
  public var nextWake: Instant {
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

  /// Whether the subscription stands.
  public var isSubscribed: Bool {
    if case .subscribed = link { true } else { false }
  }

  /// Whether the driver has stopped for good.
  public var isFinished: Bool { link == .finished }

  /// How many tasks are known that have not ended.
  public var liveTasks: Int { tasks.count }

  /// Takes one input.
  public mutating func handle<E: FrameworkEffects>(_ input: Input, at time: Time, _ effects: inout E)
  where E.Report == S.Report {
    if link == .finished { return closeLate(input, &effects) }
    if restores {
      restores = false
      tell(.restored(record.state), time, &effects)
    }
    switch input {
    case .received(let session, _, let message):
      received(message, from: session, time, &effects)
    case .opened(let session, _):
      opened(session, time, &effects)
    case .connectFailed(let reason):
      guard link == .connecting else { break }
      effects.log(.info, "The master cannot be reached: \(reason)")
      retryLater(time)
    case .closed(let session, let reason):
      if session == self.session { disconnected(reason, time, &effects) }
    case .local(.command(let command)):
      tell(.command(command), time, &effects)
    case .local(.stop(let teardown)):
      stop(teardown: teardown, time, &effects)
    case .wake, .endOfBatch:
      break
    }
    meetDeadlines(time, &effects)
  }

  /// The session in use, if there is one.
  var session: SessionID? {
    switch link {
    case .subscribing(let session, _, _), .subscribed(let session): session
    case .waiting, .connecting, .finished: nil
    }
  }

  /// A connection that was asked for before the end came.
  private func closeLate<E: FrameworkEffects>(_ input: Input, _ effects: inout E) {
    if case .opened(let session, _) = input { effects.close(session, reason: "the framework has stopped") }
  }
}

// MARK: The connection

extension SchedulerDriver {
  private mutating func opened<E: FrameworkEffects>(
    _ session: SessionID, _ time: Time, _ effects: inout E
  ) where E.Report == S.Report {
    guard link == .connecting else {
      effects.close(session, reason: "this session was not asked for")
      return
    }
    let request = nextRequest
    nextRequest += 1
    link = .subscribing(session, request: request, until: time.monotonic + options.subscribeTimeout)
    let suppressed = options.followsDemand ? demand.subscribing() : []
    send(
      .subscribe(.init(framework, suppressedRoles: suppressed)), request: request, to: session, time, &effects
    )
  }

  /// Waits and connects again.
  mutating func retryLater(_ time: Time) {
    let wait = options.reconnectBackoff.spread(attempt, &random)
    attempt += 1
    link = .waiting(until: time.monotonic + wait)
  }

  /// The session is over.
  mutating func disconnected<E: FrameworkEffects>(_ reason: String, _ time: Time, _ effects: inout E)
  where E.Report == S.Report {
    let wasSubscribed = isSubscribed
    offers.clear()
    reconciliation.stop()
    nextReconciliation = .never
    effects.log(.info, "The connection to the master is lost: \(reason)")
    retryLater(time)
    if wasSubscribed { tell(.disconnected(reason: reason), time, &effects) }
  }

  /// Ends a session that is of no use any more.
  mutating func abandon<E: FrameworkEffects>(_ reason: String, _ time: Time, _ effects: inout E)
  where E.Report == S.Report {
    if let session { effects.close(session, reason: reason) }
    disconnected(reason, time, &effects)
  }

  private mutating func meetDeadlines<E: FrameworkEffects>(_ time: Time, _ effects: inout E)
  where E.Report == S.Report {
    guard nextWake <= time.monotonic else { return }
    if wakeTime <= time.monotonic {
      wakeTime = .never
      tell(.wake, time, &effects)
    }
    if let deadline = teardownDeadline, deadline <= time.monotonic {
      effects.log(.warning, "The framework could not be torn down: there is no master")
      finish(.stopped, &effects)
    }
    switch link {
    case .waiting(let until) where until <= time.monotonic:
      link = .connecting
      effects.connect()
    case .subscribing(_, _, let until) where until <= time.monotonic:
      abandon("the master did not answer SUBSCRIBE for \(options.subscribeTimeout)", time, &effects)
    case .subscribed(let session):
      keepAlive(session, time, &effects)
      reconcileWhenDue(time, &effects)
    case .waiting, .connecting, .subscribing, .finished: break
    }
  }

  private mutating func keepAlive<E: FrameworkEffects>(
    _ session: SessionID, _ time: Time, _ effects: inout E
  ) where E.Report == S.Report {
    switch liveness.check(time.monotonic) {
    case .none: break
    case .sendHeartbeat: effects.send(.heartbeat, to: session)
    case .dead(let silence): abandon("the master has been silent for \(silence)", time, &effects)
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
    if teardownDeadline == nil { teardownDeadline = time.monotonic + options.teardownTimeout }
  }

  /// Sends a call.
  mutating func send<E: FrameworkEffects>(
    _ kind: SchedulerCall.Kind, request: UInt64 = 0, to session: SessionID, _ time: Time,
    _ effects: inout E
  ) {
    liveness.sent(time.monotonic)
    effects.send(
      .schedulerCall(SchedulerCall(frameworkID: framework.id, kind), request: request), to: session)
  }
}
