// Runs hosts on an event loop.

public import MesetaHost
public import MesetaRuntime
public import NIOCore

/// Runs hosts on the thread of an event loop. If their connections are on the same loop, no message changes
/// threads between its socket and its machine: what one turn of the loop read is one batch.
public struct EventLoopExecutor: HostExecutor {
  public let eventLoop: any EventLoop

  public init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  public func execute(_ job: any HostJob) {
    eventLoop.execute { job.run() }
  }

  public func schedule(_ job: any HostJob, at time: Instant) {
    let wait = max(0, (time - HostClock.now().monotonic).nanoseconds)
    eventLoop.scheduleTask(in: .nanoseconds(wait)) { [weak job] in job?.timerFired() }
  }
}
