// A batch that outlives its process.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension BatchScheduler {
  /// How the jobs stand when nothing has been done.
  private var initial: [BatchRecord.Job] {
    jobs.map { BatchRecord.Job(retriesLeft: max($0.maxRetries, 0), standing: .waiting) }
  }

  /// Writes down how the jobs stand, if that has changed. It is kept before what was decided with it is said to the master.
  mutating func persistIfChanged(_ cluster: inout SchedulerCalls) {
    guard isPersistent, hasChanged else { return }
    hasChanged = false
    var record = BatchRecord(initial)
    for job in jobs.indices {
      record.jobs[job].retriesLeft = retriesLeft[job]
      switch outcomes[job] {
      case .finished: record.jobs[job].standing = .finished
      case .failed: record.jobs[job].standing = .failed
      case nil: break
      }
    }
    for (task, active) in active {
      record.jobs[active.job].standing = .active(task, active.agentID)
    }
    cluster.persist(record.bytes(initial: initial))
  }

  /// Goes on where an earlier incarnation was, and reports what that has done.
  mutating func restore(_ state: [UInt8], _ cluster: inout SchedulerCalls) {
    guard isPersistent else { return }
    guard let record = BatchRecord(state, initial: initial) else {
      return cluster.log(
        .error, "what was written down is not of this batch of \(jobs.count) jobs: it begins anew")
    }
    waiting = []
    progress = Progress()
    for index in sizes.indices { sizes[index].count = 0 }
    for job in jobs.indices.reversed() {
      retriesLeft[job] = record.jobs[job].retriesLeft
      switch record.jobs[job].standing {
      case .waiting:
        waiting.append(job)
        wait(job)
      case .finished:
        outcomes[job] = .finished
        progress.finished += 1
        reports.append(Transition(job: job, kind: .finished))
      case .failed:
        outcomes[job] = .failed
        progress.failed += 1
        reports.append(Transition(job: job, kind: .failed))
      case .active(let task, let agent):
        active[task] = Active(job: job, agentID: agent)
        unheard[task] = agent
        progress.active += 1
      }
    }
  }

  /// Asks what became of the tasks of an earlier incarnation that nobody has told of yet.
  func askForRestored(_ cluster: inout SchedulerCalls) {
    if unheard.isEmpty { return }
    let tasks = unheard.sorted { $0.key < $1.key }
    cluster.reconcile(tasks.map { SchedulerCall.ReconciledTask($0.key, agentID: $0.value) })
  }
}
