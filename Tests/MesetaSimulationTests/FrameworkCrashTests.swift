// Frameworks that crash, and find out what became of their tasks when they start again.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaSimulation
import Testing

@Suite struct FrameworkCrashTests {
  @Test(arguments: Seeds(20))
  func aSchedulerThatKeepsWhatItNeedsFinishesItsJobs(seed: Seed) throws {
    var faults = Faults()
    faults.frameworkCrashEvery = .seconds(20)
    faults.crashWithinBatchMillionths = 2000
    faults.downTime = .milliseconds(100)...Span.seconds(20)
    var world = Simulation(seed, faults: .fixed(faults))
    world.add(agents: 3, try Resources(parsing: "cpus:4;mem:4096"))
    let batch = world.add(DurableBatch(jobs: 200), survivesCrashes: true)
    try world.run(until: { $0.scheduler(of: batch)?.finished == 200 }, within: .minutes(30))
    #expect(world.statistics.faults[.frameworkCrash] > 0)
  }

  @Test func aSchedulerThatMayNotCrashDoesNot() throws {
    var faults = Faults()
    faults.frameworkCrashEvery = .seconds(5)
    faults.crashWithinBatchMillionths = 0
    var world = Simulation(4, faults: .fixed(faults))
    world.add(DurableBatch(jobs: 1))
    try world.run(for: .minutes(5))
    #expect(world.statistics.faults[.frameworkCrash] == 0)
    #expect(world.statistics.crashes == 0)
  }

  @Test(arguments: Seeds(20))
  func everyJobFinishesWhateverBreaks(seed: Seed) throws {
    var world = Simulation(seed, faults: .swarm, masters: 3)
    world.add(agents: 5, try Resources(parsing: "cpus:4;mem:4096"))
    let batch = world.add(DurableBatch(jobs: 100), survivesCrashes: true)
    do {
      try world.run(until: { $0.scheduler(of: batch)?.finished == 100 }, within: .minutes(40))
    } catch {
      Issue.record("\(error)\n\(world.faults)\n\(world.trace.lines.suffix(25).joined(separator: "\n"))")
    }
  }
}

/// Runs each of so many jobs until it has finished, over crashes of its own: what is launched is written down before.
struct DurableBatch: Scheduler {
  private struct Job {
    var attempt = 0
    var isLaunched = false
    var isFinished = false
  }

  private var jobs: [Job]
  private let need = Resources(["cpus": Scalar(1), "mem": Scalar(512)])

  init(jobs: Int) { self.jobs = Array(repeating: Job(), count: jobs) }

  var finished: Int { jobs.filter(\.isFinished).count }
  private var waiting: Int { jobs.filter { !$0.isFinished && !$0.isLaunched }.count }

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .restored(let bytes): restore(bytes)
    case .subscribed:
      let launched = jobs.indices.filter { jobs[$0].isLaunched && !jobs[$0].isFinished }
      if !launched.isEmpty {
        cluster.reconcile(launched.map { SchedulerCall.ReconciledTask(taskID(of: $0)) })
      }
    case .offers(let offers): for offer in offers { launch(on: offer, &cluster) }
    case .update(let update): hear(update, &cluster)
    default: break
    }
    cluster.want(need, count: waiting)
  }

  private mutating func launch(on offer: Offer, _ cluster: inout SchedulerCalls) {
    let room = offer.resources.scalar("cpus").milli / 1000
    let chosen = jobs.indices.filter { !jobs[$0].isFinished && !jobs[$0].isLaunched }.prefix(Int(room))
    for job in chosen {
      jobs[job].attempt += 1
      jobs[job].isLaunched = true
    }
    if !chosen.isEmpty { cluster.persist(record) }
    var use = cluster.accept(offer)
    for job in chosen where use.run(shell: "run", resources: need, id: taskID(of: job)) == nil {
      jobs[job].isLaunched = false
    }
  }

  private mutating func hear(_ update: TaskUpdate, _ cluster: inout SchedulerCalls) {
    let parts = update.taskID.value.split(separator: ".").compactMap { Int($0) }
    guard parts.count == 2, jobs.indices.contains(parts[0]), jobs[parts[0]].attempt == parts[1] else {
      return
    }
    if update.state == .finished {
      jobs[parts[0]].isFinished = true
    } else if update.state.isTerminal {
      jobs[parts[0]].isLaunched = false
    } else {
      return
    }
    cluster.persist(record)
  }

  private func taskID(of job: Int) -> TaskID { TaskID("\(job).\(jobs[job].attempt)") }

  private var record: [UInt8] {
    Array(
      jobs.map { "\($0.attempt) \($0.isLaunched ? 1 : 0) \($0.isFinished ? 1 : 0)" }.joined(separator: ";")
        .utf8)
  }

  private mutating func restore(_ bytes: [UInt8]) {
    for (job, text) in String(decoding: bytes, as: UTF8.self).split(separator: ";").enumerated() {
      let parts = text.split(separator: " ").compactMap { Int($0) }
      guard parts.count == 3, jobs.indices.contains(job) else { continue }
      jobs[job] = Job(attempt: parts[0], isLaunched: parts[1] == 1, isFinished: parts[2] == 1)
    }
  }
}
