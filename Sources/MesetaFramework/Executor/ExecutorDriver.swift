// The machine around an executor: it connects to the agent, and delivers every report.

public import MesetaModel
public import MesetaProtocol
public import MesetaRuntime

/// How an executor driver behaves.
public struct ExecutorOptions: Hashable, Sendable {
  /// When a lost agent is tried again.
  public var reconnectBackoff = Backoff(first: .milliseconds(250), most: .seconds(2))
  /// How long an agent may be away before the executor is told to shut down; nil: it shuts down at once, because the
  /// framework does not want executors to outlive their agent.
  public var recoveryTimeout: Span? = .minutes(15)
  /// How long an executor that is told to shut down may take before the driver stops without it.
  public var shutdownGracePeriod = Span.seconds(5)
  /// How often each side sends a heartbeat, and after how many silent ones the connection is taken to be dead.
  public var heartbeatInterval = Span.seconds(15)
  /// 0: never. Agents of Mesos send executors no heartbeats on every transport.
  public var silentHeartbeats = 0
  /// Whether the driver sends heartbeats when it has nothing else to send.
  public var sendsHeartbeats = true
  /// How long the agent may take to answer SUBSCRIBE before it is tried anew.
  public var subscribeTimeout = Span.seconds(10)

  /// The defaults.
  public init() {}

  /// As the agent asks in the environment.
  public init(_ environment: ExecutorEnvironment) {
    recoveryTimeout = environment.checkpoint ? environment.recoveryTimeout : nil
    // An agent that was started again waits for no longer than that, so that there is one more attempt within it.
    reconnectBackoff.most = Span(nanoseconds: environment.subscriptionBackoffMax.nanoseconds / 2)
    shutdownGracePeriod = environment.shutdownGracePeriod
  }
}

/// What an ``ExecutorDriver`` is told besides what every machine is.
public enum ExecutorLocal<Command: Hashable & Sendable>: Hashable, Sendable {
  case command(Command)
  /// The process is to end.
  case shutdown
}

/// Where a driver stands with the agent. On its own, for a type within a generic one is made at run time.
enum ExecutorLink: Hashable, Sendable {
  case waiting(until: Instant)
  case connecting
  case subscribing(SessionID, until: Instant)
  case subscribed(SessionID)
  case finished
}

/// Runs an ``Executor`` against its agent. A pure state machine.
public struct ExecutorDriver<X: Executor>: Sendable {
  /// What the driver is told.
  public typealias Input = NodeInput<ExecutorLocal<X.Command>>

  /// The framework whose tasks it runs.
  public let frameworkID: FrameworkID
  /// Its name on the agent.
  public let executorID: ExecutorID
  /// How the driver behaves.
  public let options: ExecutorOptions

  var link = ExecutorLink.waiting(until: .zero)
  var attempt = 0
  var liveness = Liveness.off
  var unacknowledged = Unacknowledged()
  /// When the agent has been away for too long; nil while it is there.
  var recoveryDeadline: Instant?
  /// When an executor that is to shut down is not waited for any longer.
  var shutdownDeadline: Instant?
  /// Whether the executor has said that it is done.
  var isStopping = false
  var wakeTime = Instant.never
  var random: SeededGenerator
  /// The executor's own part. The last field: those before it stand at fixed places, whatever its size.
  public internal(set) var executor: X

  /// - Parameter seed: Fresh for each process, or the uuids of its reports would come again.
  public init(
    _ executor: X, frameworkID: FrameworkID, executorID: ExecutorID,
    options: ExecutorOptions = ExecutorOptions(), seed: UInt64
  ) {
    self.executor = executor
    self.frameworkID = frameworkID
    self.executorID = executorID
    self.options = options
    self.random = SeededGenerator(seed: seed)
  }

  /// When the driver next needs a `wake`. It begins to connect with its first input.
  public var nextWake: Instant {
    let linkDeadline: Instant
    switch link {
    case .waiting(let until): linkDeadline = until
    case .connecting: linkDeadline = .never
    case .subscribing(_, let until): linkDeadline = until
    case .subscribed: linkDeadline = liveness.deadline
    case .finished: return .never
    }
    return min(linkDeadline, wakeTime, recoveryDeadline ?? .never, shutdownDeadline ?? .never)
  }

  /// Whether the agent can be reached.
  public var isSubscribed: Bool {
    if case .subscribed = link { true } else { false }
  }

  var session: SessionID? {
    switch link {
    case .subscribing(let session, _), .subscribed(let session): session
    case .waiting, .connecting, .finished: nil
    }
  }

  /// Takes one input.
  public mutating func handle<E: ExecutorEffects>(_ input: Input, at time: Time, _ effects: inout E)
  where E.Report == X.Report {
    if link == .finished {
      if case .opened(let session, _) = input { effects.close(session, reason: "the executor has stopped") }
      return
    }
    switch input {
    case .received(let sender, _, let message):
      if sender == session { received(message, time, &effects) }
    case .opened(let session, _): opened(session, time, &effects)
    case .connectFailed(let reason):
      if link == .connecting { disconnected(reason, time, &effects) }
    case .closed(let closed, let reason):
      if closed == session { disconnected(reason, time, &effects) }
    case .local(.command(let command)): tell(.command(command), time, &effects)
    case .local(.shutdown): shutdown(time, &effects)
    case .wake, .endOfBatch: break
    }
    meetDeadlines(time, &effects)
  }
}

extension ExecutorDriver {
  /// Takes a message, as ``handle(_:at:_:)`` does; an input of the executor's own type costs more to move than its message.
  public mutating func received<E: ExecutorEffects>(
    _ message: Message, from sender: SessionID, at time: Time, _ effects: inout E
  ) where E.Report == X.Report {
    if link == .finished { return }
    if sender == session { received(message, time, &effects) }
    meetDeadlines(time, &effects)
  }
}

// MARK: The connection

extension ExecutorDriver {
  private mutating func opened<E: ExecutorEffects>(
    _ session: SessionID, _ time: Time, _ effects: inout E
  ) {
    guard link == .connecting else {
      return effects.close(session, reason: "this session was not asked for")
    }
    link = .subscribing(session, until: time.monotonic + options.subscribeTimeout)
    let subscribe = ExecutorCall.Kind.subscribe(
      unacknowledgedTasks: unacknowledged.tasks.values,
      unacknowledgedUpdates: unacknowledged.updates.values)
    send(subscribe, to: session, time, &effects)
  }

  private mutating func disconnected<E: ExecutorEffects>(
    _ reason: String, _ time: Time, _ effects: inout E
  ) where E.Report == X.Report {
    let wasSubscribed = isSubscribed
    effects.log(
      wasSubscribed ? .warning : .info,
      "The agent \(wasSubscribed ? "is gone" : "cannot be reached"): \(reason)")
    let wait = options.reconnectBackoff.spread(attempt, &random)
    attempt += 1
    link = .waiting(until: time.monotonic + wait)
    if recoveryDeadline == nil {
      // The first connection is waited for in any case: the agent may not listen yet.
      let patience = options.recoveryTimeout ?? (wasSubscribed ? .zero : options.subscribeTimeout)
      recoveryDeadline = time.monotonic + patience
    }
    if wasSubscribed { tell(.disconnected(reason: reason), time, &effects) }
  }

  private mutating func meetDeadlines<E: ExecutorEffects>(_ time: Time, _ effects: inout E)
  where E.Report == X.Report {
    guard nextWake <= time.monotonic else { return }
    if wakeTime <= time.monotonic {
      wakeTime = .never
      tell(.wake, time, &effects)
    }
    if let deadline = recoveryDeadline, deadline <= time.monotonic {
      recoveryDeadline = .never
      effects.log(.warning, "The agent has been away for too long: the executor shuts down")
      shutdown(time, &effects)
    }
    if let deadline = shutdownDeadline, deadline <= time.monotonic { finish(.stopped, &effects) }
    switch link {
    case .waiting(let until) where until <= time.monotonic:
      link = .connecting
      effects.connect()
    case .subscribing(let session, let until) where until <= time.monotonic:
      abandon(session, "the agent did not answer SUBSCRIBE", time, &effects)
    case .subscribed(let session):
      switch liveness.check(time.monotonic) {
      case .none: break
      case .sendHeartbeat: effects.send(.heartbeat, to: session)
      case .dead(let silence):
        abandon(session, "the agent has been silent for \(silence)", time, &effects)
      }
    case .waiting, .connecting, .subscribing, .finished: break
    }
  }

  private mutating func abandon<E: ExecutorEffects>(
    _ session: SessionID, _ reason: String, _ time: Time, _ effects: inout E
  ) where E.Report == X.Report {
    effects.close(session, reason: reason)
    disconnected(reason, time, &effects)
  }

  /// Tells the executor to end, and gives it its grace.
  private mutating func shutdown<E: ExecutorEffects>(_ time: Time, _ effects: inout E)
  where E.Report == X.Report {
    guard shutdownDeadline == nil else { return }
    shutdownDeadline = time.monotonic + options.shutdownGracePeriod
    tell(.shutdown, time, &effects)
  }

  private mutating func finish<E: ExecutorEffects>(_ reason: ExecutorFinishReason, _ effects: inout E) {
    guard link != .finished else { return }
    if let session { effects.close(session, reason: "the executor has stopped") }
    link = .finished
    effects.finished(reason)
  }

  private mutating func send<E: ExecutorEffects>(
    _ kind: ExecutorCall.Kind, to session: SessionID, _ time: Time, _ effects: inout E
  ) {
    liveness.sent(time.monotonic)
    let call = ExecutorCall(frameworkID: frameworkID, executorID: executorID, kind)
    effects.send(.executorCall(call, request: 0), to: session)
  }
}

// MARK: Events and calls

extension ExecutorDriver {
  private mutating func received<E: ExecutorEffects>(
    _ message: Message, _ time: Time, _ effects: inout E
  ) where E.Report == X.Report {
    liveness.heard(time.monotonic)
    switch message {
    case .executorEvent(let event): self.event(event, time, &effects)
    case .failed(let error, _): refused(error, time, &effects)
    case .heartbeat, .accepted: break
    default: effects.log(.warning, "The agent sent a message that is not for executors; it is ignored")
    }
  }

  private mutating func refused<E: ExecutorEffects>(
    _ error: CallError, _ time: Time, _ effects: inout E
  ) where E.Report == X.Report {
    guard case .subscribing(let session, _) = link else {
      return effects.log(.warning, "The agent did not take a call: \(error)")
    }
    // The agent still recovers; otherwise it does not know the executor, and will not.
    if error.code == .unavailable { return abandon(session, "SUBSCRIBE: \(error)", time, &effects) }
    fail("SUBSCRIBE was refused: \(error)", time, &effects)
  }

  private mutating func event<E: ExecutorEffects>(
    _ event: ExecutorEvent, _ time: Time, _ effects: inout E
  ) where E.Report == X.Report {
    switch event {
    case .subscribed(let executorInfo, let framework, let agent, _):
      guard case .subscribing(let session, _) = link else { return }
      link = .subscribed(session)
      attempt = 0
      recoveryDeadline = nil
      liveness = Liveness(
        interval: options.heartbeatInterval, silentIntervals: options.silentHeartbeats,
        sends: options.sendsHeartbeats, now: time.monotonic)
      tell(.subscribed(executorInfo, framework, agent), time, &effects)
    case .launch(let task):
      if unacknowledged.launch(task) { tell(.launch(task), time, &effects) }
    case .launchGroup(let tasks):
      let new = tasks.filter { unacknowledged.launch($0) }
      if !new.isEmpty { tell(.launchGroup(new), time, &effects) }
    case .kill(let id, let grace):
      tell(.kill(id, grace: grace.map { Span(nanoseconds: max($0, 0)) }), time, &effects)
    case .acknowledged(let id, let uuid):
      unacknowledged.acknowledged(id, uuid)
      if isStopping, unacknowledged.updates.isEmpty { finish(.stopped, &effects) }
    case .message(let data): tell(.message(data), time, &effects)
    case .shutdown: shutdown(time, &effects)
    case .error(let reason): fail(reason, time, &effects)
    case .heartbeat: break
    case .unknown(let type):
      effects.log(.debug, "The agent sent an event of the unknown type \(type); it is ignored")
    }
  }

  private mutating func fail<E: ExecutorEffects>(_ reason: String, _ time: Time, _ effects: inout E)
  where E.Report == X.Report {
    effects.log(.error, "The executor has failed: \(reason)")
    tell(.failed(reason), time, &effects)
    finish(.failed(reason), &effects)
  }

  /// Lets the executor handle an input, and does what it then says.
  private mutating func tell<E: ExecutorEffects>(
    _ input: ExecutorInput<X.Command>, _ time: Time, _ effects: inout E
  ) where E.Report == X.Report {
    var calls = ExecutorCalls(time: time, random: random, isSubscribed: isSubscribed)
    executor.handle(input, &calls)
    random = calls.random
    for entry in calls.entries { perform(entry, time, &effects) }
    takeReports(&effects)
    guard isStopping, link != .finished else { return }
    if unacknowledged.updates.isEmpty { return finish(.stopped, &effects) }
    if shutdownDeadline == nil { shutdownDeadline = time.monotonic + options.shutdownGracePeriod }
  }

  private mutating func takeReports<E: ExecutorEffects>(_ effects: inout E) where E.Report == X.Report {
    if X.Report.self == Never.self { return }
    let reports = executor.reports
    if reports.isEmpty { return }
    executor.reports = []
    for report in reports { effects.report(report) }
  }

  private mutating func perform<E: ExecutorEffects>(
    _ entry: ExecutorCalls.Entry, _ time: Time, _ effects: inout E
  ) {
    switch entry {
    case .status(var status):
      if status.uuid == nil { status.uuid = UUID(random: random.next(), random.next()) }
      status.source = .executor
      status.executorID = executorID
      if status.timestamp == nil { status.timestamp = Double(time.wall) / 1e9 }
      unacknowledged.add(status)
      if case .subscribed(let session) = link { send(.update(status), to: session, time, &effects) }
    case .message(let data):
      if case .subscribed(let session) = link { send(.message(data), to: session, time, &effects) }
    case .wake(let instant): wakeTime = min(wakeTime, instant)
    case .stop: isStopping = true
    case .log(let level, let message): effects.log(level, message)
    }
  }
}
