// A framework whose tasks never end by themselves.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Keeps so many commands running. For a while it ends one now and then, and runs another in its place. It acknowledges by
/// itself, and late.
struct ServiceWorkload: Workload {
  private enum Stand: Hashable, Sendable {
    case launched
    case running
    /// It is told to end.
    case doomed
  }

  private let wanted: Int
  private let need: Resources
  private var random: SeededGenerator
  /// For look-up only; ``order`` has the tasks as they were launched.
  private var stands: [TaskID: Stand] = [:]
  private var order: [TaskID] = []
  private var unacknowledged: [TaskUpdate] = []
  private var killsLeft = 10

  init(_ shape: Shape.Framework) {
    wanted = shape.tasks
    random = SeededGenerator(seed: shape.seed)
    need = Resources(["cpus": Scalar(milli: 100 + Int64(random.below(300))), "mem": Scalar(64)])
  }

  static var options: SchedulerOptions {
    var options = SchedulerOptions()
    options.acknowledges = false
    options.reconcileInterval = .minutes(2)
    return options
  }

  private var running: Int { order.count { stands[$0] == .running } }
  private var waiting: Int { max(0, wanted - order.count { stands[$0] != .doomed }) }

  var lack: String? { running >= wanted ? nil : "\(running) of \(wanted) tasks run" }

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .offers(let offers):
      for offer in offers { use(offer, &cluster) }
    case .update(let update): self.update(update, &cluster)
    case .subscribed: cluster.reconcile(order.map { .init($0) })
    case .wake: elapsed(&cluster)
    default: break
    }
    cluster.wake(after: .seconds(5))
    cluster.want(need, count: waiting)
  }

  private mutating func use(_ offer: Offer, _ cluster: inout SchedulerCalls) {
    var launch = cluster.accept(offer)
    while waiting > 0, launch.fits(need) {
      guard let id = launch.run(shell: random.oneIn(3) ? "hang" : "hold", resources: need) else { return }
      stands[id] = .launched
      order.append(id)
    }
  }

  private mutating func update(_ update: TaskUpdate, _ cluster: inout SchedulerCalls) {
    let (id, state) = (update.taskID, update.state)
    if update.status.uuid != nil {
      if random.oneIn(3) { unacknowledged.append(update) } else { cluster.acknowledge(update) }
    }
    let isOver = state.isTerminal || state == .unreachable || state == .unknown
    guard let stand = stands[id] else {
      // One of an earlier life, or one that was given up.
      if !isOver { cluster.kill(id) }
      return
    }
    if isOver {
      stands[id] = nil
      order.removeAll { $0 == id }
    } else if state == .running, stand == .launched {
      stands[id] = .running
    }
  }

  private mutating func elapsed(_ cluster: inout SchedulerCalls) {
    for update in unacknowledged { cluster.acknowledge(update) }
    unacknowledged = []
    guard killsLeft > 0, running == wanted, random.oneIn(4), let id = order.first else { return }
    killsLeft -= 1
    stands[id] = .doomed
    cluster.kill(id, grace: random.oneIn(2) ? .seconds(Int(random.below(20))) : nil)
  }
}
