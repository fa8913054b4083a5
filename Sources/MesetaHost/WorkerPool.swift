// The threads that hosts run on where nobody chooses others.

internal import DequeModule
import Glibc
public import MesetaRuntime
import Synchronization

/// A thread for each processor, shared by all hosts of the process.
///
/// Hosts do not run on the threads that Swift keeps for tasks: a host may wait for a file, which those threads must not, and
/// it hands over to another host every few microseconds. A worker that runs out of jobs therefore looks for the next one
/// for as long as going to sleep and being woken would take, before it does sleep.
public final class WorkerPool: HostExecutor {
  /// The pool of this process; its threads start with its first use, and never end.
  public static let shared = WorkerPool(threads: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  private struct State: Sendable {
    var jobs: Deque<any HostJob> = []
    /// How many workers look for a job, and how many sleep until they are woken.
    var searching = 0
    var sleeping = 0
  }

  /// How often a searching worker looks: ten to twenty microseconds, as each time it lets others have the processor.
  private static let searchTurns = 30

  private let state = Mutex(State())
  /// How many jobs wait; for those who look without the lock.
  private let waiting = Atomic<Int>(0)
  private let wakeUp: Semaphore

  private init(threads: Int) {
    wakeUp = Semaphore()
    for _ in 0..<threads { HostThread.start { [self] in work() } }
  }

  /// Has a worker run the job once, the jobs in the order of their announcements.
  public func execute(_ job: any HostJob) {
    let wakes = state.withLock { state in
      state.jobs.append(job)
      waiting.store(state.jobs.count, ordering: .relaxed)
      guard state.sleeping > 0, state.jobs.count > state.searching else { return false }
      state.sleeping -= 1
      return true
    }
    if wakes { wakeUp.signal() }
  }

  /// Has a worker tell the job at the time, unless the job is gone by then.
  public func schedule(_ job: any HostJob, at time: Instant) {
    let wait = max(0, (time - HostClock.now().monotonic).nanoseconds)
    Task.detached { [weak job, self] in
      try? await Task.sleep(nanoseconds: UInt64(wait))
      if let job { execute(TimerJob(job)) }
    }
  }

  private final class TimerJob: HostJob {
    private let job: any HostJob

    init(_ job: any HostJob) { self.job = job }
    func run() { job.timerFired() }
    func timerFired() {}
  }

  // MARK: Workers

  private func work() {
    while true { next().run() }
  }

  private func next() -> any HostJob {
    while true {
      if let job = take(whileSearching: false) { return job }
      state.withLock { $0.searching += 1 }
      var turn = 0
      while turn < Self.searchTurns, waiting.load(ordering: .relaxed) == 0 {
        turn += 1
        sched_yield()
      }
      if let job = take(whileSearching: true) { return job }
    }
  }

  /// The oldest job. Nil, for a worker that was searching after a sleep, if there is none.
  private func take(whileSearching: Bool) -> (any HostJob)? {
    let (job, sleeps) = state.withLock { state -> ((any HostJob)?, Bool) in
      if whileSearching { state.searching -= 1 }
      let job = state.jobs.popFirst()
      waiting.store(state.jobs.count, ordering: .relaxed)
      let sleeps = job == nil && whileSearching
      if sleeps { state.sleeping += 1 }
      return (job, sleeps)
    }
    if sleeps { wakeUp.wait() }
    return job
  }
}
