import MesetaHost
import MesetaRuntime
import Synchronization
import Testing

/// Counts its runs, and tells when there have been enough.
private final class CountingJob: HostJob {
  private let count = Mutex(0)
  private let wanted: Int
  private let continuation: CheckedContinuation<Void, Never>

  init(_ wanted: Int, _ continuation: CheckedContinuation<Void, Never>) {
    self.wanted = wanted
    self.continuation = continuation
  }

  func run() {
    let isEnough = count.withLock { count in
      count += 1
      return count == wanted
    }
    if isEnough { continuation.resume() }
  }

  func timerFired() { run() }
}

@Suite(.timeLimit(.minutes(5))) struct WorkerPoolTests {
  @Test func eachAnnouncementIsOneRun() async {
    await withCheckedContinuation { continuation in
      let job = CountingJob(4000, continuation)
      for _ in 0..<4 {
        Task.detached { for _ in 0..<1000 { WorkerPool.shared.execute(job) } }
      }
    }
  }

  /// Five milliseconds are long enough for the workers to fall asleep: they have to be woken.
  @Test func aTimerFiresAtItsTime() async {
    let (early, late) = (Instant.zero, HostClock.now().monotonic + .milliseconds(5))
    let job = Mutex<CountingJob?>(nil)  // the pool does not keep what waits for a timer
    for time in [early, late] {
      await withCheckedContinuation { continuation in
        let counting = CountingJob(1, continuation)
        job.withLock { $0 = counting }
        WorkerPool.shared.schedule(counting, at: time)
      }
      #expect(HostClock.now().monotonic >= time)
    }
    job.withLock { $0 = nil }
  }
}
