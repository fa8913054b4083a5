// An executor on the real clock.

public import Logging
public import MesetaFramework
import MesetaModel
import MesetaProtocol
package import MesetaRuntime
import Synchronization

/// Takes what an executor driver asks for.
package struct ExecutorSink<X: Executor>: HostSink, ExecutorEffects, Sendable {
  package var outbox: Outbox
  var reports: [X.Report] = []
  var reason: ExecutorFinishReason?

  package init(_ outbox: Outbox) { self.outbox = outbox }

  package mutating func report(_ report: X.Report) { reports.append(report) }
  package mutating func finished(_ reason: ExecutorFinishReason) { self.reason = reason }
}

/// An executor with its driver, and those who listen to it.
package struct ExecutorLogic<X: Executor>: MachineLogic {
  package var machine: ExecutorDriver<X>
  let reports: AsyncStream<X.Report>.Continuation
  let finished: @Sendable (ExecutorFinishReason) -> Void

  package var nextWake: Instant { machine.nextWake }

  package mutating func handle(
    _ input: NodeInput<ExecutorLocal<X.Command>>, at time: Time, _ sink: inout ExecutorSink<X>
  ) {
    machine.handle(input, at: time, &sink)
  }

  package static func runBatch(
    _ core: inout HostCore<Self>, of host: MachineHost<Self>
  ) -> AfterBatch { core.runBatch(of: host) }

  package mutating func perform(_ sink: inout ExecutorSink<X>, _ inbox: Inbox<ExecutorLocal<X.Command>>) {
    for report in sink.reports { reports.yield(report) }
    sink.reports.removeAll(keepingCapacity: true)
    if let reason = sink.reason {
      sink.reason = nil
      reports.finish()
      finished(reason)
    }
  }
}

/// Runs an ``Executor`` under an agent.
public final class ExecutorHost<X: Executor>: Sendable {
  private let host: MachineHost<ExecutorLogic<X>>
  private let event: OneTimeEvent
  private let reason: FinishedBox
  /// What the executor tells the program around it, until it ends.
  public let reports: AsyncStream<X.Report>

  private final class FinishedBox: Sendable {
    let value = Mutex<ExecutorFinishReason>(.stopped)
  }

  /// - Parameter seed: fresh for each life of the process.
  public init(
    _ driver: ExecutorDriver<X>, connector: any Connector, executor: any HostExecutor = TaskExecutor(),
    logger: Logger
  ) {
    let (reports, continuation) = AsyncStream.makeStream(of: X.Report.self)
    let event = OneTimeEvent()
    let box = FinishedBox()
    let name = driver.executorID.value
    let logic = ExecutorLogic(machine: driver, reports: continuation) { reason in
      box.value.withLock { $0 = reason }
      event.signal()
    }
    self.reports = reports
    self.event = event
    self.reason = box
    self.host = MachineHost(
      logic, as: .init(.executor, name: name), executor: executor, connector: connector, logger: logger)
  }

  public func start() { host.start() }

  /// Tells the executor something.
  public func send(_ command: X.Command) { host.post(.command(command)) }

  /// Returns once the driver has stopped for good, and ends its session.
  public func untilEnd() async -> ExecutorFinishReason {
    await event.wait()
    await host.stop(reason: "the executor has ended")
    return reason.value.withLock { $0 }
  }
}
