// A custom executor in a simulation: its tasks run by the same plans as plain commands.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// An executor that runs each task by the plan in its data, echoes messages, and ends when it is told to.
struct ScriptedExecutor: Machine {
  private struct Task {
    var info: TaskInfo
    var plan: CommandPlan
    var end: Instant
  }

  let frameworkID: FrameworkID
  let executorID: ExecutorID
  /// Whether it goes on when it is told to end.
  let isDeaf: Bool
  /// Whether it comes back when its session is over, as executors of frameworks that checkpoint do.
  let isSteady: Bool
  /// Whether it also says what it must not.
  let isUnruly: Bool
  private var random: SeededGenerator
  private var session: SessionID?
  private var isConnecting = false
  /// When it connects again.
  private var nextAttempt = Instant.zero
  private var tasks: [Task] = []
  private var unacknowledged: [TaskStatus] = []
  /// The ends that it tells once more, because the answer was lost, and when.
  private var repeats: [(status: TaskStatus, due: Instant)] = []

  init(
    frameworkID: FrameworkID, executorID: ExecutorID, seed: UInt64, isDeaf: Bool = false,
    isSteady: Bool = false, isUnruly: Bool = false
  ) {
    self.isUnruly = isUnruly
    self.isDeaf = isDeaf
    self.isSteady = isSteady
    self.frameworkID = frameworkID
    self.executorID = executorID
    self.random = SeededGenerator(seed: seed)
  }

  var nextWake: Instant {
    let attempt = session == nil && !isConnecting ? nextAttempt : .never
    return min(attempt, tasks.map(\.end).min() ?? .never, repeats.map(\.due).min() ?? .never)
  }

  mutating func handle(_ input: consuming NodeInput<Local>, at time: Time, _ effects: inout Outbox) {
    switch input {
    case .opened(let opened, _):
      session = opened
      isConnecting = false
      if isUnruly { call(.message([1]), &effects) }
      call(
        .subscribe(unacknowledgedTasks: tasks.map(\.info), unacknowledgedUpdates: unacknowledged), &effects)
    case .closed(let closed, _) where closed != session: break
    case .connectFailed where isSteady, .closed where isSteady:
      session = nil
      isConnecting = false
      nextAttempt = time.monotonic + .seconds(1)
    case .connectFailed, .closed:
      effects.exit()
      isConnecting = true
      session = nil
    case .received(_, _, .executorEvent(let event)): hear(event, at: time, &effects)
    case .wake, .endOfBatch, .received, .local: break
    }
    if session == nil, !isConnecting, nextAttempt <= time.monotonic {
      isConnecting = true
      effects.connect()
    }
    for task in tasks where task.end <= time.monotonic { end(task, at: time, &effects) }
    tasks.removeAll { $0.end <= time.monotonic }
    for late in repeats where late.due <= time.monotonic { call(.update(late.status), &effects) }
    repeats.removeAll { $0.due <= time.monotonic }
  }

  private mutating func hear(_ event: ExecutorEvent, at time: Time, _ effects: inout Outbox) {
    switch event {
    case .launch(let info):
      let plan = CommandPlan(parsing: String(decoding: info.data ?? [], as: UTF8.self), &random)
      tasks.append(Task(info: info, plan: plan, end: plan.length.map { time.monotonic + $0 } ?? .never))
      report(info.id, .running, nil, at: time, &effects)
      if isUnruly { misbehave(at: time, &effects) }
    case .kill(let id, _):
      guard tasks.contains(where: { $0.info.id == id }) else { return }
      tasks.removeAll { $0.info.id == id }
      report(id, .killed, nil, at: time, &effects)
    case .acknowledged(_, let uuid): unacknowledged.removeAll { $0.uuid == uuid }
    case .message(let data): call(.message(Array("echo ".utf8) + data), &effects)
    case .shutdown: if !isDeaf { effects.exit() }
    case .subscribed, .launchGroup, .error, .heartbeat, .unknown: break
    }
  }

  private mutating func end(_ task: Task, at time: Time, _ effects: inout Outbox) {
    let isFine = task.plan.status == 0
    report(
      task.info.id, isFine ? .finished : .failed, isFine ? nil : "ended with \(task.plan.status)", at: time,
      &effects)
  }

  private mutating func report(
    _ id: TaskID, _ state: TaskState, _ message: String?, at time: Time, _ effects: inout Outbox
  ) {
    let status = TaskStatus(
      taskID: id, state: state, source: .executor, message: message, executorID: executorID,
      timestamp: Double(time.wall) / 1e9, uuid: UUID(random: random.next(), random.next()))
    unacknowledged.append(status)
    call(.update(status), &effects)
    if state.isTerminal, random.oneIn(20) {
      repeats.append((status, time.monotonic + .milliseconds(Int(random.below(30_000)))))
    }
  }

  /// Says something wrong.
  private mutating func misbehave(at time: Time, _ effects: inout Outbox) {
    let stranger = TaskStatus(
      taskID: TaskID("never\(random.below(3))"), state: .running, source: .executor, executorID: executorID,
      timestamp: Double(time.wall) / 1e9, uuid: UUID(random: random.next(), random.next()))
    switch random.below(8) {
    case 0: call(.update(stranger), &effects)
    case 1: call(.message([]), of: "nobody", &effects)
    case 2: call(.message([]), by: "nobody", &effects)
    case 3: call(.subscribe(unacknowledgedTasks: [], unacknowledgedUpdates: []), by: "nobody", &effects)
    case 4: call(.unknown(type: 99), &effects)
    case 5: call(.heartbeat, &effects)
    default: break
    }
  }

  private func call(
    _ kind: ExecutorCall.Kind, of framework: FrameworkID? = nil, by executor: ExecutorID? = nil,
    _ effects: inout Outbox
  ) {
    guard let session else { return }
    let call = ExecutorCall(
      frameworkID: framework ?? frameworkID, executorID: executor ?? executorID, kind)
    effects.send(.executorCall(call, request: 0), to: session)
  }
}
