// The machine around a scheduler: it connects, subscribes, and keeps the safe defaults.

public import MesetaModel
public import MesetaProtocol
public import MesetaRuntime

/// Runs a ``Scheduler`` against a master.
///
/// A pure state machine. The way of an input through it: the `DriverCore` follows the connection (`DriverCore.swift`)
/// and takes events of the master (`DriverCore+Events.swift`); what the scheduler is to be told of them it is told here;
/// what it then says is collected in a `CallBuffer` and sent by the core (`DriverCore+Calls.swift`).
public struct SchedulerDriver<S: Scheduler>: Sendable {
  /// What the driver is told.
  public typealias Input = NodeInput<SchedulerLocal<S.Command>>

  private var core: DriverCore
  /// The framework's own part.
  public private(set) var scheduler: S

  /// - Parameters:
  ///   - framework: What the framework says of itself. An id in it is one of an earlier incarnation.
  ///   - record: What the earlier incarnation asked to keep; its framework id is used if `framework` has none.
  ///   - seed: Fresh for each incarnation of a process, or the ids of its tasks would come again.
  public init(
    _ scheduler: S, framework: FrameworkInfo, options: SchedulerOptions = SchedulerOptions(),
    record: FrameworkRecord? = nil, seed: UInt64
  ) {
    self.core = DriverCore(framework: framework, options: options, record: record, seed: seed)
    self.scheduler = scheduler
  }

  /// How the driver behaves.
  public var options: SchedulerOptions { core.options }

  /// As it subscribes; with the id that the master gave.
  public var framework: FrameworkInfo { core.framework }

  /// When the driver next needs a `wake`. It begins to connect with its first input.
  public var nextWake: Instant { core.nextWake }

  /// Whether the subscription stands.
  public var isSubscribed: Bool { core.isSubscribed }

  /// Whether the driver has stopped for good.
  public var isFinished: Bool { core.link == .finished }

  /// How many tasks are known that have not ended.
  public var liveTasks: Int { core.tasks.count }

  /// Takes one input.
  public mutating func handle<E: FrameworkEffects>(_ input: Input, at time: Time, _ effects: inout E)
  where E.Report == S.Report {
    if core.link == .finished { return closeLate(input, &effects) }
    if core.restores { restore(time, &effects) }
    switch input {
    case .received(let session, _, let message):
      tell(core.received(message, from: session, time, &effects), time, &effects)
    case .opened(let session, _): core.opened(session, time, &effects)
    case .connectFailed(let reason): core.connectFailed(reason, time, &effects)
    case .closed(let session, let reason):
      if session == core.session { tell(core.disconnected(reason, time, &effects), time, &effects) }
    case .local(.command(let command)): hear(.command(command), time, &effects)
    case .local(.stop(let teardown)): core.stop(teardown: teardown, time, &effects)
    case .wake, .endOfBatch: break
    }
    if core.nextWake <= time.monotonic { meetDeadlines(time, &effects) }
  }

  /// Takes a message, as ``handle(_:at:_:)`` does; an input of the scheduler's own type costs more to move than its message.
  public mutating func received<E: FrameworkEffects>(
    _ message: Message, from session: SessionID, at time: Time, _ effects: inout E
  ) where E.Report == S.Report {
    if core.link == .finished { return }
    if core.restores { restore(time, &effects) }
    tell(core.received(message, from: session, time, &effects), time, &effects)
    if core.nextWake <= time.monotonic { meetDeadlines(time, &effects) }
  }

  private mutating func restore<E: FrameworkEffects>(_ time: Time, _ effects: inout E)
  where E.Report == S.Report {
    core.restores = false
    hear(.restored(core.record.state), time, &effects)
  }

  private mutating func meetDeadlines<E: FrameworkEffects>(_ time: Time, _ effects: inout E)
  where E.Report == S.Report {
    if core.takeWake(time) { hear(.wake, time, &effects) }
    tell(core.meetDeadlines(time, &effects), time, &effects)
  }

  /// A connection that was asked for before the end came.
  private func closeLate<E: FrameworkEffects>(_ input: Input, _ effects: inout E) {
    if case .opened(let session, _) = input { effects.close(session, reason: "the framework has stopped") }
  }

  /// Lets the scheduler handle an event, and does what it then says and what is to follow.
  private mutating func tell<E: FrameworkEffects>(_ telling: Telling?, _ time: Time, _ effects: inout E)
  where E.Report == S.Report {
    guard let telling else { return }
    var said = handle(SchedulerInput(telling.event), time)
    core.end(&said, time, &effects)
    core.follow(telling, said, time, &effects)
    takeWord(said, time, &effects)
    if case .fail(let reason) = telling.then { core.finish(.failed(reason), &effects) }
  }

  /// Lets the scheduler handle an input that nothing follows, and does what it then says.
  private mutating func hear<E: FrameworkEffects>(
    _ input: SchedulerInput<S.Command>, _ time: Time, _ effects: inout E
  ) where E.Report == S.Report {
    var said = handle(input, time)
    core.end(&said, time, &effects)
    takeWord(said, time, &effects)
  }

  /// Lets the scheduler handle an input; returns what it says.
  private mutating func handle(_ input: SchedulerInput<S.Command>, _ time: Time) -> Said {
    let buffer = CallBuffer(core.begin())
    var calls = SchedulerCalls(
      time: time, random: core.random, frameworkID: core.framework.id, isSubscribed: core.isSubscribed,
      buffer: buffer)
    scheduler.handle(input, &calls)
    core.random = calls.random
    var said = Said(offers: OfferBook(), names: core.names, nextRequest: 0)
    swap(&said, &buffer.said)
    return said
  }

  /// Takes the scheduler's reports, and its wish to end.
  private mutating func takeWord<E: FrameworkEffects>(
    _ said: Said, _ time: Time, _ effects: inout E
  ) where E.Report == S.Report {
    takeReports(&effects)
    if said.entries.isEmpty { return }
    for case .stop(let teardown) in said.entries { core.stop(teardown: teardown, time, &effects) }
  }

  private mutating func takeReports<E: FrameworkEffects>(_ effects: inout E)
  where E.Report == S.Report {
    // Asking a scheduler that has none for its reports costs more than an offer.
    if S.Report.self == Never.self { return }
    let reports = scheduler.reports
    if reports.isEmpty { return }
    scheduler.reports = []
    for report in reports { effects.report(report) }
  }
}

extension SchedulerInput {
  /// An event of the driver, which knows no commands.
  init(_ event: SchedulerInput<Never>) {
    switch event {
    case .restored(let state): self = .restored(state)
    case .subscribed(let id, let subscription): self = .subscribed(id, subscription)
    case .disconnected(let reason): self = .disconnected(reason: reason)
    case .offers(let offers): self = .offers(offers)
    case .rescinded(let id): self = .rescinded(id)
    case .update(let update): self = .update(update)
    case .operationUpdate(let status): self = .operationUpdate(status)
    case .message(let agentID, let executorID, let data):
      self = .message(agentID: agentID, executorID: executorID, data: data)
    case .agentLost(let id): self = .agentLost(id)
    case .executorLost(let agentID, let executorID, let status):
      self = .executorLost(agentID, executorID, status: status)
    case .accepted(let request): self = .accepted(request: request)
    case .rejected(let error, let request): self = .rejected(error, request: request)
    case .failed(let reason): self = .failed(reason)
    case .wake: self = .wake
    }
  }
}
