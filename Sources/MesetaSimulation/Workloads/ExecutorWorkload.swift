// A framework with executors of its own.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Runs tasks under several executors, sends those messages, and has one shut down now and then.
struct ExecutorWorkload: Workload {
  private var work: WorkList
  private var random: SeededGenerator
  private let need = Resources(["cpus": Scalar(milli: 200), "mem": Scalar(64)])
  private let overhead = Resources(["cpus": Scalar(milli: 100), "mem": Scalar(32)])
  /// Where executors were seen last.
  private var seen: [(agent: AgentID, executor: ExecutorID)] = []
  private var shutdowns = 0
  /// Of the names of executors. One that was launched before a restart, with resources that nobody remembers, takes no task.
  private var generation = 0

  init(_ shape: Shape.Framework) {
    work = WorkList(shape.tasks)
    random = SeededGenerator(seed: shape.seed)
  }

  var lack: String? { work.lack }

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    work.follow(input, &cluster)
    switch input {
    case .offers(let offers):
      for offer in offers { use(offer, &cluster) }
    case .update(let update) where update.state == .running: meet(update, &cluster)
    case .update(let update) where update.state == .error: generation += 1
    case .executorLost(let agent, let executor, _):
      seen.removeAll { $0.agent == agent && $0.executor == executor }
    case .wake: trouble(&cluster)
    default: break
    }
    if !work.isDone { cluster.wake(after: .seconds(15)) }
    cluster.want(need + overhead, count: work.waiting)
  }

  private mutating func use(_ offer: Offer, _ cluster: inout SchedulerCalls) {
    if shutdowns < 5, let executor = offer.executorIDs.first, random.oneIn(10) {
      shutdowns += 1
      cluster.call(.shutdown(executorID: executor, agentID: offer.agentID))
    }
    var launch = cluster.accept(offer)
    while work.waiting > 0, launch.fits(need + overhead) {
      var plan = work.nextPlan(&random)
      // An executor runs what it is told to: there is nothing that it could not launch.
      if plan == "unlaunchable" { plan = "run" }
      let number = random.below(3)
      let name = ExecutorID("worker\(number)-\(generation)")
      // Some do not start, and some never tell their agent that they have.
      let plain = ["executor", "steady executor", "unruly executor"][Int(number)]
      let command = random.oneIn(30) ? "unlaunchable" : random.oneIn(40) ? "hold" : plain
      let executor = ExecutorInfo(id: name, command: .shell(command), resources: overhead)
      guard let id = launch.run(under: executor, resources: need, data: Array(plan.utf8)) else { return }
      work.launched(id, plan)
      if random.oneIn(8) { cluster.kill(id) }
    }
  }

  private mutating func meet(_ update: TaskUpdate, _ cluster: inout SchedulerCalls) {
    guard let agent = update.status.agentID, let executor = update.status.executorID else { return }
    if !seen.contains(where: { $0.agent == agent && $0.executor == executor }) {
      seen.append((agent, executor))
    }
    cluster.message(Array("hello".utf8), to: executor, on: agent)
  }

  private mutating func trouble(_ cluster: inout SchedulerCalls) {
    if let id = work.takeEndless() { cluster.kill(id) }
    guard shutdowns < 5, !seen.isEmpty, random.oneIn(4) else { return }
    shutdowns += 1
    let (agent, executor) = seen[Int(random.below(UInt64(seen.count)))]
    cluster.call(.shutdown(executorID: executor, agentID: agent))
  }
}
