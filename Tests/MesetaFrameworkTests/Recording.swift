// A host that writes down what a driver asks for, and the values that stories are made of.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Writes effects down.
struct Recorder<Report: Sendable>: FrameworkEffects, ExecutorEffects {
  var sent: [(message: Message, session: SessionID)] = []
  var closed: [(session: SessionID, reason: String)] = []
  var connects = 0
  var records: [FrameworkRecord] = []
  var reports: [Report] = []
  var finishes: [FinishReason] = []
  var executorFinishes: [ExecutorFinishReason] = []
  var warnings: [String] = []

  mutating func send(_ message: Message, to session: SessionID) { sent.append((message, session)) }
  mutating func respond(_ request: RequestID, _ outcome: Outcome) {}
  mutating func close(_ session: SessionID, reason: String) { closed.append((session, reason)) }
  mutating func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
    if level >= .warning { warnings.append(message()) }
  }
  mutating func connect() { connects += 1 }
  mutating func persist(_ record: FrameworkRecord) { records.append(record) }
  mutating func report(_ report: Report) { reports.append(report) }
  mutating func finished(_ reason: FinishReason) { finishes.append(reason) }
  mutating func finished(_ reason: ExecutorFinishReason) { executorFinishes.append(reason) }

  /// The scheduler's calls since the last time, without their framework id.
  mutating func takeCalls() -> [SchedulerCall.Kind] {
    defer { sent = [] }
    return sent.compactMap { if case .schedulerCall(let call, _) = $0.message { call.kind } else { nil } }
  }
}

/// A scheduler driver with a clock and a recorder around it.
struct Stage<S: Scheduler> {
  var driver: SchedulerDriver<S>
  var effects = Recorder<S.Report>()
  var now = Instant.zero
  var session = SessionID(1)

  init(
    _ scheduler: S, framework: FrameworkInfo = FrameworkInfo(name: "test"),
    options: SchedulerOptions = SchedulerOptions(), record: FrameworkRecord? = nil, seed: UInt64 = 1
  ) {
    driver = SchedulerDriver(scheduler, framework: framework, options: options, record: record, seed: seed)
  }

  var time: Time { Time(monotonic: now, wall: 1_700_000_000_000_000_000 + now.nanoseconds) }

  mutating func give(_ input: SchedulerDriver<S>.Input) { driver.handle(input, at: time, &effects) }
  mutating func event(_ event: SchedulerEvent) { give(.received(session, .none, .schedulerEvent(event))) }
  mutating func command(_ command: S.Command) { give(.local(.command(command))) }

  /// Lets time pass, waking the driver when it asks.
  mutating func advance(_ span: Span) {
    let end = now + span
    while driver.nextWake <= end {
      now = max(now, driver.nextWake)
      give(.wake)
    }
    now = end
  }

  /// Lets time pass with a heartbeat of the master every ten seconds.
  mutating func advanceInTouch(_ span: Span) {
    let end = now + span
    while now < end {
      advance(min(.seconds(10), end - now))
      event(.heartbeat)
    }
  }

  /// Answers the wish for a connection.
  mutating func open() {
    session = SessionID(session.number + 1)
    give(.opened(session, Peer(.master, address: "m:5050")))
  }

  /// From nothing to a subscription; forgets what was sent on the way.
  mutating func subscribe() {
    give(.wake)
    open()
    event(.subscribed("f1", heartbeatInterval: 15, master: nil))
    effects.sent = []
  }

  /// Loses the connection and subscribes again; returns the calls.
  mutating func reconnect() -> [SchedulerCall.Kind] {
    give(.closed(session, reason: "reset"))
    advance(.seconds(16))
    open()
    event(.subscribed("f1", heartbeatInterval: 15, master: nil))
    return effects.takeCalls()
  }
}

/// Does what the test says, and remembers what it was told.
struct Puppet: Scheduler {
  typealias Command = String
  var heard: [SchedulerInput<String>] = []
  var play: @Sendable (SchedulerInput<String>, inout SchedulerCalls) -> Void = { _, _ in }

  mutating func handle(_ input: SchedulerInput<String>, _ cluster: inout SchedulerCalls) {
    heard.append(input)
    play(input, &cluster)
  }
}

/// A driver that has subscribed, with a scheduler that does what the test says.
func stage(
  options: SchedulerOptions = SchedulerOptions(),
  _ play: @escaping @Sendable (SchedulerInput<String>, inout SchedulerCalls) -> Void = { _, _ in }
) -> Stage<Puppet> {
  var stage = Stage(Puppet(play: play), options: options)
  stage.subscribe()
  _ = stage.effects.takeCalls()
  return stage
}

func offer(_ number: UInt64, _ resources: Resources = "cpus:4;mem:1024", agent: AgentID = "a1") -> Offer {
  Offer(
    id: OfferID(prefix: "m", number: number), frameworkID: "f1", agentID: agent, hostname: agent.value,
    resources: resources.allocated(to: "*"), allocationRole: "*")
}

func offerID(_ number: UInt64) -> OfferID { OfferID(prefix: "m", number: number) }

func status(_ task: TaskID, _ state: TaskState, uuid: UInt64? = nil) -> TaskStatus {
  TaskStatus(taskID: task, state: state, agentID: "a1", uuid: uuid.map { UUID(high: 0, low: $0) })
}

extension SchedulerCall.Kind {
  /// The tasks of an ACCEPT.
  var launched: [TaskInfo] {
    guard case .accept(let accept) = self else { return [] }
    return accept.operations.flatMap { if case .launch(let tasks) = $0.kind { tasks } else { [TaskInfo]() } }
  }
}
