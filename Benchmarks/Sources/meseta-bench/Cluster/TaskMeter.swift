// Follows the tasks of a measured framework from launch to end.

import BenchmarkSupport
import MesetaModel
import Synchronization

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
      try await Task.sleep(nanoseconds: 20_000_000)  // the figures do not hang on it
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
