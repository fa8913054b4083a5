// Asks for the state of tasks until the master has answered for each of them.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// The tasks that the master still has to answer for. It is silent about those of agents that have not come back after
/// its own failover, which is why they are asked for again.
struct Reconciliation: Sendable {
  private var order: [SchedulerCall.ReconciledTask] = []
  /// For look-up only.
  private var open: Set<TaskID> = []
  private var attempt = 0
  /// When to ask again; `.never` if all is answered.
  private(set) var deadline = Instant.never

  var isAnswered: Bool { open.isEmpty }

  /// Begins to wait for answers on `tasks`, which are being asked for now.
  mutating func ask(
    _ tasks: [SchedulerCall.ReconciledTask], now: Instant, backoff: Backoff,
    _ random: inout SeededGenerator
  ) {
    for task in tasks where open.insert(task.taskID).inserted { order.append(task) }
    attempt = 0
    arm(now, backoff, &random)
  }

  /// The master has spoken about the task.
  mutating func answered(_ id: TaskID) {
    guard !open.isEmpty, open.remove(id) != nil, open.isEmpty else { return }
    stop()
  }

  /// The tasks to ask for again at a deadline that has passed.
  mutating func due(
    now: Instant, backoff: Backoff, _ random: inout SeededGenerator
  ) -> [SchedulerCall.ReconciledTask] {
    guard deadline <= now else { return [] }
    order.removeAll { !open.contains($0.taskID) }
    attempt += 1
    arm(now, backoff, &random)
    return order
  }

  /// Between half the bound and the bound: never at once, because the answers are on their way.
  private mutating func arm(_ now: Instant, _ backoff: Backoff, _ random: inout SeededGenerator) {
    guard !open.isEmpty else { return stop() }
    let bound = backoff.bound(attempt).nanoseconds
    deadline = now + Span(nanoseconds: bound / 2 + Int64(random.below(UInt64(bound / 2) + 1)))
  }

  mutating func stop() {
    order = []
    open = []
    attempt = 0
    deadline = .never
  }
}
