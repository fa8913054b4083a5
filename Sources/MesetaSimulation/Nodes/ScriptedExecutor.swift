// A custom executor in a simulation: its tasks run by the same plans as plain commands.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// An executor that runs each task by the plan in its data, echoes messages, and ends when it is told to.
struct ScriptedExecutor: Machine {
  private struct Task {
    var id: TaskID
    var plan: CommandPlan
    var end: Instant
  }

  let frameworkID: FrameworkID
  let executorID: ExecutorID
  /// Whether it goes on when it is told to end.
  let isDeaf: Bool
  private var random: SeededGenerator
  private var session: SessionID?
  private var isConnecting = false
  private var tasks: [Task] = []
  private var unacknowledged: [TaskStatus] = []

  init(frameworkID: FrameworkID, executorID: ExecutorID, seed: UInt64, isDeaf: Bool = false) {
    self.isDeaf = isDeaf
    self.frameworkID = frameworkID
    self.executorID = executorID
    self.random = SeededGenerator(seed: seed)
  }

  var nextWake: Instant {
    if session == nil { return isConnecting ? .never : .zero }
    return tasks.map(\.end).min() ?? .never
  }

  mutating func handle(_ input: consuming NodeInput<Local>, at time: Time, _ effects: inout Outbox) {
    switch input {
    case .opened(let opened, _):
      session = opened
      isConnecting = false
      call(.subscribe(unacknowledgedTasks: [], unacknowledgedUpdates: unacknowledged), &effects)
    case .connectFailed, .closed:
      effects.exit()  // as executors of frameworks that do not checkpoint do
      isConnecting = true
      session = nil
    case .received(_, _, .executorEvent(let event)): hear(event, at: time, &effects)
    case .wake, .endOfBatch, .received, .local: break
    }
    if session == nil, !isConnecting {
      isConnecting = true
      effects.connect()
    }
    for task in tasks where task.end <= time.monotonic { end(task, at: time, &effects) }
    tasks.removeAll { $0.end <= time.monotonic }
  }

  private mutating func hear(_ event: ExecutorEvent, at time: Time, _ effects: inout Outbox) {
    switch event {
    case .launch(let info):
      let plan = CommandPlan(parsing: String(decoding: info.data ?? [], as: UTF8.self), &random)
      tasks.append(Task(id: info.id, plan: plan, end: plan.length.map { time.monotonic + $0 } ?? .never))
      report(info.id, .running, nil, at: time, &effects)
    case .kill(let id, _):
      guard tasks.contains(where: { $0.id == id }) else { return }
      tasks.removeAll { $0.id == id }
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
      task.id, isFine ? .finished : .failed, isFine ? nil : "ended with \(task.plan.status)", at: time,
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
  }

  private func call(_ kind: ExecutorCall.Kind, _ effects: inout Outbox) {
    guard let session else { return }
    let call = ExecutorCall(frameworkID: frameworkID, executorID: executorID, kind)
    effects.send(.executorCall(call, request: 0), to: session)
  }
}
