// Frameworks that run commands until each has finished once.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Launches on whatever fits, ends what does not end by itself, and now and then does not take an update at once.
struct BatchWorkload: Workload {
  private var work: WorkList
  private let need: Resources

  init(_ shape: Shape.Framework) {
    work = WorkList(shape.tasks)
    var random = SeededGenerator(seed: shape.seed)
    need = Self.need(&random)
  }

  static func need(_ random: inout SeededGenerator) -> Resources {
    Resources([
      "cpus": Scalar(milli: 100 + Int64(random.below(900))), "mem": Scalar(32 + Int(random.below(512))),
    ])
  }

  var lack: String? { work.lack }

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    if case .update(let update) = input, update.status.uuid != nil, cluster.random.oneIn(50) {
      return cluster.refuse(update)
    }
    work.follow(input, &cluster)
    switch input {
    case .offers(let offers):
      for offer in offers { use(offer, &cluster) }
    case .wake:
      if let id = work.takeEndless() { cluster.kill(id, grace: cluster.random.oneIn(2) ? .seconds(1) : nil) }
    case .inverseOffers(let offers):
      for offer in offers {
        if cluster.random.oneIn(2) { cluster.accept(offer) } else { cluster.decline(offer) }
      }
    default: break
    }
    if !work.endless.isEmpty { cluster.wake(after: .seconds(10)) }
    cluster.want(need, count: work.waiting)
  }

  private mutating func use(_ offer: Offer, _ cluster: inout SchedulerCalls) {
    var launch = cluster.accept(offer)
    while work.waiting > 0, launch.fits(need) {
      let plan = work.nextPlan(&cluster.random)
      let isWild = work.isWild
      let id = launch.launch(need) { task in
        task.command = .shell(plan)
        if isWild { OddTasks.spice(&task, &cluster.random) }
      }
      guard let id else { return }
      work.launched(id, plan)
      if cluster.random.oneIn(8) { cluster.kill(id) }
    }
  }
}

/// The ready-made scheduler of batches.
struct JobsWorkload: Workload {
  private var batch: BatchScheduler

  init(_ shape: Shape.Framework) {
    var random = SeededGenerator(seed: shape.seed)
    let need = BatchWorkload.need(&random)
    let jobs = (0..<shape.tasks).map {
      BatchJob("job\($0)", .shell("run"), resources: need, maxRetries: 100_000)
    }
    batch = BatchScheduler(jobs, isClosed: random.oneIn(2))
  }

  var reports: [BatchScheduler.Transition] {
    get { batch.reports }
    set { batch.reports = newValue }
  }

  var lack: String? {
    batch.progress.isDone ? nil : "\(batch.progress.finished) of \(batch.progress.total) jobs have finished"
  }

  mutating func handle(_ input: SchedulerInput<BatchScheduler.Command>, _ cluster: inout SchedulerCalls) {
    batch.handle(input, &cluster)
  }
}
