// The machine around a scheduler: it connects, subscribes, and keeps the safe defaults.

public import MesetaModel
public import MesetaProtocol
public import MesetaRuntime

/// Runs a ``Scheduler`` against a master.
///
/// A pure state machine. The way of an input through it: the `DriverCore` follows the connection (`DriverCore.swift`)
/// and takes events of the master (`DriverCore+Events.swift`); what the scheduler is to be told of them it is told on its
/// `SchedulerSeat`; what it then says is collected in a `CallBuffer` and sent by the core (`DriverCore+Calls.swift`).
/// Whoever cannot be compiled for a scheduler, as a simulation, may hand messages to the core by itself (`DriverCore+Quiet.swift`).
public struct SchedulerDriver<S: Scheduler>: Sendable {
  /// What the driver is told.
  public typealias Input = NodeInput<SchedulerLocal<S.Command>>

  package var core: DriverCore
  /// Always a ``SchedulerSeat`` of the scheduler's type.
  private var base: Seat

  /// - Parameters:
  ///   - framework: What the framework says of itself. An id in it is one of an earlier incarnation.
  ///   - record: What the earlier incarnation asked to keep; its framework id is used if `framework` has none.
  ///   - seed: Fresh for each incarnation of a process, or the ids of its tasks would come again.
  public init(
    _ scheduler: S, framework: FrameworkInfo, options: SchedulerOptions = SchedulerOptions(),
    record: FrameworkRecord? = nil, seed: UInt64
  ) {
    self.core = DriverCore(framework: framework, options: options, record: record, seed: seed)
    self.base = SchedulerSeat(scheduler)
  }

  /// The framework's own part.
  public var scheduler: S { seat.scheduler }

  /// How the driver behaves.
  public var options: SchedulerOptions { core.options }

  /// As it subscribes; with the id that the master gave.
  public var framework: FrameworkInfo { core.framework }

  /// When the driver next needs a `wake`. It begins to connect with its first input.
  public var nextWake: Instant { core.nextWake }

  /// Whether the subscription stands.
  public var isSubscribed: Bool { core.isSubscribed }

  /// Whether the driver has stopped for good.
  public var isFinished: Bool { core.isFinished }

  /// The rare branches that it has been through.
  package var marks: Marks<DriverMark> { core.marks }

  /// How many tasks are known that have not ended.
  public var liveTasks: Int { core.tasks.count }

  /// Takes one input.
  public mutating func handle<E: FrameworkEffects>(_ input: Input, at time: Time, _ effects: inout E)
  where E.Report == S.Report {
    if core.isFinished { return closeLate(input, &effects) }
    ownSeat()
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

  /// Takes the messages that arrived together, as ``handle(_:at:_:)`` takes each; an input of the scheduler's own type costs
  /// more to move than its message. What has been handled is gone from the array.
  public mutating func received<E: FrameworkEffects>(
    _ messages: inout [Message], from session: SessionID, at time: Time, _ effects: inout E
  ) where E.Report == S.Report {
    ownSeat()
    for index in messages.indices {
      var message = Message.heartbeat
      swap(&message, &messages[index])
      if core.isFinished { return }
      if core.restores { restore(time, &effects) }
      tell(core.received(consume message, from: session, time, &effects), time, &effects)
      if core.nextWake <= time.monotonic { meetDeadlines(time, &effects) }
    }
  }

  /// Where the scheduler sits.
  package var seat: SchedulerSeat<S> { unsafeDowncast(base, to: SchedulerSeat<S>.self) }

  /// Whether the scheduler is this driver's alone.
  package var ownsSeat: Bool {
    mutating get { isKnownUniquelyReferenced(&base) }
  }

  /// Makes sure of that, before the scheduler is changed.
  package mutating func ownSeat() {
    if !ownsSeat { base = SchedulerSeat(seat.scheduler) }
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
    core.tell(telling, seat, time, &effects)
    if seat.reports { takeReports(&effects) }
    core.conclude(telling.then, time, &effects)
  }

  /// Lets the scheduler handle an input that nothing follows, and does what it then says.
  private mutating func hear<E: FrameworkEffects>(
    _ input: SchedulerInput<S.Command>, _ time: Time, _ effects: inout E
  ) where E.Report == S.Report {
    var calls = core.begin(time)
    seat.scheduler.handle(input, &calls)
    core.end(calls, time, &effects)
    if seat.reports { takeReports(&effects) }
    core.conclude(.nothing, time, &effects)
  }

  private mutating func takeReports<E: FrameworkEffects>(_ effects: inout E)
  where E.Report == S.Report {
    let reports = seat.scheduler.reports
    if reports.isEmpty { return }
    seat.scheduler.reports = []
    for report in reports { effects.report(report) }
  }
}
