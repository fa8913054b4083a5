// Where hosts do their work.

public import MesetaRuntime

/// What a host has an executor do.
public protocol HostJob: AnyObject, Sendable {
  /// One step of the work that was announced with ``HostExecutor/execute(_:)``.
  func run()
  /// The time that was asked for with ``HostExecutor/schedule(_:at:)`` has come.
  func timerFired()
}

/// Does the work of hosts: on threads of its own as ``WorkerPool``, or on an event loop.
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
