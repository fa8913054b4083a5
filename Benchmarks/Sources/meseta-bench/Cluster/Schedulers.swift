// What the measured frameworks do.

import MesetaFramework
import MesetaModel
import MesetaRuntime
import Synchronization

/// Declines every offer, to have it again as soon as may be.
struct DecliningScheduler: Scheduler {
  let subscribed: Counter

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .offers(let offers):
      for offer in offers { cluster.decline(offer, for: .zero) }
    case .subscribed: subscribed.increment()
    default: break
    }
  }
}

/// Launches a number of equal tasks, as many at a time as there is room for.
struct LaunchingScheduler: Scheduler {
  let need: Resources
  let command: CommandInfo
  let meter: TaskMeter
  let subscribed: Counter
  private var launched = 0

  init(need: Resources, command: CommandInfo, meter: TaskMeter, subscribed: Counter) {
    self.need = need
    self.command = command
    self.meter = meter
    self.subscribed = subscribed
  }

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .offers(let offers):
      for offer in offers { use(offer, &cluster) }
    case .update(let update):
      if let number = Int(update.taskID.value) {
        meter.heard(update.state, of: number, update.status.message)
      }
    case .subscribed: subscribed.increment()
    default: break
    }
  }

  private mutating func use(_ offer: Offer, _ cluster: inout SchedulerCalls) {
    guard launched < meter.count else { return cluster.decline(offer, for: .minutes(60)) }
    var use = cluster.accept(offer)
    let first = launched
    while launched < meter.count, use.fits(need) {
      use.run(command, resources: need, id: TaskID(String(launched)))
      launched += 1
    }
    use.refuseRest(for: .zero)
    meter.launched(first..<launched)
  }
}

/// Follows the tasks of one framework.
final class TaskMeter: Sendable {
  private struct State: Sendable {
    var launchedAt: [Int64]
    var running = 0
    var ended = 0
    var latency = Histogram()
    /// When the warm-up was over, and when the last task had ended.
    var start: Int64 = 0
    var end: Int64 = 0
    var failure: String?
  }

  let count: Int
  /// The tasks that end before the measuring begins.
  private let warmUp: Int
  private let state: Mutex<State>

  init(count: Int) {
    self.count = count
    warmUp = count / 10
    state = Mutex(State(launchedAt: [Int64](repeating: 0, count: count)))
  }

  func launched(_ tasks: Range<Int>) {
    let now = Clock.now()
    state.withLock { state in
      for task in tasks { state.launchedAt[task] = now }
    }
  }

  func heard(_ update: TaskState, of task: Int, _ message: String?) {
    let now = Clock.now()
    state.withLock { state in
      switch update {
      case .running:
        state.running += 1
        if state.ended >= warmUp, state.launchedAt.indices.contains(task) {
          state.latency.record(now - state.launchedAt[task])
        }
      case .finished:
        state.ended += 1
        if state.ended == warmUp { state.start = now }
        if state.ended == count { state.end = now }
      case .staging, .starting, .killing: break
      default: state.failure = state.failure ?? "task \(task) is \(update): \(message ?? "no reason given")"
      }
    }
  }

  /// Waits until all tasks run.
  func waitForRunning(within seconds: Double) async throws {
    try await wait(within: seconds, "running") { $0.running }
  }

  /// Waits until all tasks have ended.
  func waitForEnd(within seconds: Double) async throws {
    try await wait(within: seconds, "finished") { $0.ended }
  }

  private func wait(
    within seconds: Double, _ what: String, _ reached: @Sendable (borrowing State) -> Int
  ) async throws {
    let deadline = Clock.now() + Int64(seconds * 1e9)
    while true {
      let (now, failure) = state.withLock { (reached($0), $0.failure) }
      if let failure { throw BenchmarkFailure(failure) }
      if now >= count { return }
      guard Clock.now() < deadline else {
        throw BenchmarkFailure("\(now) of \(count) tasks are \(what) after \(Int(seconds)) s")
      }
      try await Task.sleep(nanoseconds: 1_000_000)
    }
  }

  /// Tasks a second after the warm-up, and from ACCEPT to TASK_RUNNING.
  var figures: (rate: Double, latency: Histogram) {
    state.withLock { state in
      let seconds = Double(state.end - state.start) / 1e9
      return (seconds > 0 ? Double(count - warmUp) / seconds : 0, state.latency)
    }
  }
}
