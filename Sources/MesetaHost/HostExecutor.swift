// Where hosts do their work.

public import MesetaRuntime

/// What a host has an executor do.
public protocol HostJob: AnyObject, Sendable {
  /// One step of the work that was announced with ``HostExecutor/execute(_:)``.
  func run()
  /// The time that was asked for with ``HostExecutor/schedule(_:at:)`` has come.
  func timerFired()
}

/// Does the work of hosts: on threads of its own, on an event loop, or on Swift's shared threads.
///
/// A host sees to it that its own steps do not overlap; different hosts of one executor may run at the same time,
/// or not.
public protocol HostExecutor: Sendable {
  /// Has `job` run soon, never within this call. Each call brings about one ``HostJob/run()``.
  func execute(_ job: any HostJob)

  /// Calls ``HostJob/timerFired()`` at the time, or soon after it. A timer is never taken back: a host lets those
  /// pass that it does not need any more. It does not keep the job in memory.
  func schedule(_ job: any HostJob, at time: Instant)
}

/// Runs hosts on the threads that Swift keeps for tasks: as many as there are processors, shared by all.
public struct TaskExecutor: HostExecutor {
  /// All are the same.
  public init() {}

  /// Runs the job in a task of its own.
  public func execute(_ job: any HostJob) {
    Task.detached { job.run() }
  }

  /// Sleeps in a task of its own.
  public func schedule(_ job: any HostJob, at time: Instant) {
    let wait = max(0, (time - HostClock.now().monotonic).nanoseconds)
    Task.detached { [weak job] in
      try? await Task.sleep(nanoseconds: UInt64(wait))
      job?.timerFired()
    }
  }
}
