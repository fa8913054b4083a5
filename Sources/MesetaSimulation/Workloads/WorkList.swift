// Tasks that have to be run, whatever becomes of them on the way.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// So many tasks, each run until it has finished once.
struct WorkList: Sendable {
  private let wanted: Int
  private(set) var finished = 0
  /// Those that run as far as is known, with what they do; for look-up only.
  private var active: [TaskID: String] = [:]
  /// Those that only end when they are told to, in the order of their launches.
  private(set) var endless: [TaskID] = []
  private var launched = 0

  init(_ wanted: Int) { self.wanted = wanted }

  /// How many are to be launched.
  var waiting: Int { max(0, wanted - finished - active.count) }
  var isDone: Bool { finished >= wanted }
  var lack: String? { isDone ? nil : "\(finished) of \(wanted) tasks have finished" }

  /// Whether tasks may still be such as fail.
  var isWild: Bool { launched < 2 * wanted }

  /// What the next task does. Those that fail are few, so that the work comes to an end.
  mutating func nextPlan(_ random: inout SeededGenerator) -> String {
    guard isWild else { return "run" }
    let plans = [
      "run", "run", "run", "run 10ms", "run 100ms", "run 20s", "run 90s", "exit 3", "unlaunchable", "hold",
      "hang",
    ]
    return plans[Int(random.below(UInt64(plans.count)))]
  }

  mutating func launched(_ id: TaskID, _ plan: String) {
    launched += 1
    active[id] = plan
    if plan == "hold" || plan == "hang" { endless.append(id) }
  }

  /// The next that has to be ended.
  mutating func takeEndless() -> TaskID? { endless.isEmpty ? nil : endless.removeFirst() }

  /// Takes what an input says of the tasks. One that nobody waits for is killed, and the next incarnation learns how many have
  /// finished: it runs anew what has not.
  mutating func follow(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .restored(let record): finished = Int(String(decoding: record, as: UTF8.self)) ?? 0
    case .update(let update):
      if !take(update) { cluster.kill(update.taskID) }
      if update.state == .finished { cluster.persist(Array("\(finished)".utf8)) }
    default: break
    }
  }

  /// Takes a report. Returns whether that is all there is to do: false for a task that runs, though nobody waits for it.
  private mutating func take(_ update: TaskUpdate) -> Bool {
    let isOver = update.state.isTerminal || update.state == .unreachable || update.state == .unknown
    guard active[update.taskID] != nil else { return isOver }
    if isOver {
      active[update.taskID] = nil
      endless.removeAll { $0 == update.taskID }
    }
    if update.state == .finished { finished += 1 }
    return true
  }
}
