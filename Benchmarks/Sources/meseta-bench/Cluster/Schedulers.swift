// What the measured frameworks do.

import MesetaFramework
import MesetaModel
import MesetaRuntime

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

/// Launches a number of equal tasks: as many at a time as there is room for, or at a pace.
struct LaunchingScheduler: Scheduler {
  /// How many tasks may be on their way to running. With more, offers could expire while their ACCEPT waits.
  private static let maximumStarting = 8192

  let need: Resources
  let command: CommandInfo
  let meter: TaskMeter
  private var pace: Pace?
  private var launched = 0
  private var running = 0
  /// The offers that wait for tasks, the oldest first.
  private var stock: [Offer] = []

  init(need: Resources, command: CommandInfo, meter: TaskMeter, pace: Pace?) {
    self.need = need
    self.command = command
    self.meter = meter
    self.pace = pace
  }

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .offers(let offers):
      for offer in offers { cluster.hold(offer) }
      stock += offers
    case .rescinded(let id): stock.removeAll { $0.id == id }
    case .update(let update):
      if update.state == .running { running += 1 }
      if let number = Int(update.taskID.value) {
        meter.heard(update.state, of: number, update.status.message)
      }
    default: break
    }
    if !stock.isEmpty { launch(&cluster) }
  }

  /// Launches what may be launched, on the offers that have waited longest.
  private mutating func launch(_ cluster: inout SchedulerCalls) {
    var target = min(meter.count, running + Self.maximumStarting)
    if let (due, next) = pace?.due(at: cluster.time.monotonic) {
      target = min(target, due)
      if due < meter.count { cluster.wake(at: next) }
    }
    var used = 0
    while launched < target, used < stock.count {
      launch(until: target, on: stock[used], &cluster)
      used += 1
    }
    stock.removeFirst(used)
    guard launched == meter.count else { return }
    for offer in stock { cluster.decline(offer, for: .minutes(60)) }
    stock = []
  }

  /// Launches tasks on an offer until so many have been launched in all, or it is full.
  private mutating func launch(until target: Int, on offer: Offer, _ cluster: inout SchedulerCalls) {
    var use = cluster.accept(offer)
    let first = launched
    while launched < target, use.fits(need) {
      use.run(command, resources: need, id: TaskID(String(launched)))
      launched += 1
    }
    use.refuseRest(for: .zero)
    meter.launched(first..<launched)
  }
}

/// How fast tasks fall due.
struct Pace {
  /// What falls due within a step does so together, at its end.
  private static let step = Span.milliseconds(1)

  private let perSecond: Double
  private var start: Instant?
  private var due = 0
  private var next = Instant.zero

  init(perSecond: Double) { self.perSecond = perSecond }

  /// How many tasks have fallen due since it was first asked, and when to ask again.
  mutating func due(at now: Instant) -> (tasks: Int, next: Instant) {
    let start = self.start ?? now
    self.start = start
    if now >= next {
      due = Int((now - start).inSeconds * perSecond)
      next = now + Self.step
    }
    return (due, next)
  }
}
