// A machine whose inputs a test reads and whose effects a test chooses, and an executor that a test steps.

import Logging
import MesetaHost
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Synchronization

/// Writes down what it is told, and does what the test's rule says.
struct ProbeLogic: MachineLogic {
  typealias Rule = @Sendable (NodeInput<Int>, Time, inout ProbeSink) -> Void

  struct Machine: Sendable {
    var wakes: [Instant] = []
  }

  var machine = Machine()
  let record: Record
  let rule: Rule

  var nextWake: Instant { machine.wakes.min() ?? .never }

  mutating func handle(_ input: NodeInput<Int>, at time: Time, _ sink: inout ProbeSink) {
    record.add(input, time)
    if input == .wake { machine.wakes.removeAll { $0 <= time.monotonic } }
    rule(input, time, &sink)
    machine.wakes += sink.wakes
    sink.wakes = []
  }

  mutating func perform(_ sink: inout ProbeSink, _ inbox: Inbox<Int>) {
    if !sink.posts.isEmpty { inbox.post(sink.posts) }
    sink.posts = []
  }
}

/// What a machine was told.
final class Record: Sendable {
  private let entries = Mutex<[(NodeInput<Int>, Time)]>([])

  func add(_ input: NodeInput<Int>, _ time: Time) { entries.withLock { $0.append((input, time)) } }

  var inputs: [NodeInput<Int>] { entries.withLock { $0.map(\.0) } }
  var times: [Time] { entries.withLock { $0.map(\.1) } }
  var messages: [Message] {
    inputs.compactMap { if case .received(_, _, let message) = $0 { message } else { nil } }
  }
}

struct ProbeSink: HostSink, Sendable {
  var outbox: Outbox
  /// Deadlines to add.
  var wakes: [Instant] = []
  /// What to say to oneself.
  var posts: [Int] = []

  init(_ outbox: Outbox) { self.outbox = outbox }
}

typealias ProbeHost = MachineHost<ProbeLogic>

/// Runs jobs when the test says so.
final class SteppedExecutor: HostExecutor {
  private let jobs = Mutex<[any HostJob]>([])
  private let timers = Mutex<[(any HostJob, Instant)]>([])

  func execute(_ job: any HostJob) { jobs.withLock { $0.append(job) } }
  func schedule(_ job: any HostJob, at time: Instant) { timers.withLock { $0.append((job, time)) } }

  /// Runs until nothing is left; how many steps that took.
  @discardableResult
  func run() -> Int {
    var steps = 0
    while let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
      job.run()
      steps += 1
    }
    return steps
  }

  var timerTimes: [Instant] { timers.withLock { $0.map(\.1) } }

  func fireTimers() {
    let due = timers.withLock { timers in
      let due = timers
      timers = []
      return due
    }
    for (job, _) in due { job.timerFired() }
  }
}

/// Remembers what a host sends.
final class LinkProbe: Link {
  struct State: Sendable {
    var batches: [[Message]] = []
    var reason: String?
    var consumed = 0
  }

  private let state = Mutex(State())

  func send(_ messages: [Message]) { state.withLock { $0.batches.append(messages) } }
  func close(reason: String) { state.withLock { $0.reason = reason } }
  func consumed(_ count: Int) { state.withLock { $0.consumed += count } }

  var batches: [[Message]] { state.withLock(\.batches) }
  var reason: String? { state.withLock(\.reason) }
  var consumed: Int { state.withLock(\.consumed) }
}

let quietLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
let somePeer = Peer(.framework, address: "test")

func probeHost(
  _ executor: any HostExecutor, connector: (any Connector)? = nil, name: String = "probe",
  record: Record = Record(), _ rule: @escaping ProbeLogic.Rule = { _, _, _ in }
) -> ProbeHost {
  let host = MachineHost(
    ProbeLogic(record: record, rule: rule), as: .init(.framework, name: name), executor: executor,
    connector: connector, logger: quietLogger)
  host.start()
  return host
}

/// A call with a number that tells it from others.
func call(_ number: Int, request: UInt64 = 0) -> Message {
  .schedulerCall(
    SchedulerCall(frameworkID: FrameworkID("f\(number)"), .revive(roles: [])), request: request)
}
