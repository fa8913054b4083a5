// An executor on the real clock.

public import Logging
public import MesetaFramework
import MesetaModel
package import MesetaProtocol
package import MesetaRuntime

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
  let listener: HostListener<X.Report, ExecutorFinishReason>
  let end: OneTimeValue<ExecutorFinishReason>

  package var nextWake: Instant { machine.nextWake }

  package mutating func handle(
    _ input: NodeInput<ExecutorLocal<X.Command>>, at time: Time, _ sink: inout ExecutorSink<X>
  ) {
    machine.handle(input, at: time, &sink)
  }

  package mutating func receive(
    _ messages: inout [Message], from session: SessionID, at time: Time, _ sink: inout ExecutorSink<X>
  ) -> Bool {
    sink.handle(&messages, from: session) { message, _, sink in
      machine.received(message, from: session, at: time, &sink)
    }
  }

  package static func runBatch(
    _ core: inout HostCore<Self>, of host: MachineHost<Self>
  ) -> AfterBatch { core.runBatch(of: host) }

  package mutating func perform(_ sink: inout ExecutorSink<X>, _ inbox: Inbox<ExecutorLocal<X.Command>>) {
    for report in sink.reports { listener.reported(report) }
    sink.reports.removeAll(keepingCapacity: true)
    if let reason = sink.reason {
      sink.reason = nil
      end.set(reason)
      listener.ended(reason)
    }
  }
}

/// Runs an `Executor` under an agent.
public final class ExecutorHost<X: Executor>: Sendable {
  private let host: MachineHost<ExecutorLogic<X>>
  private let end = OneTimeValue<ExecutorFinishReason>()
  /// What the executor tells the program around it, until it ends. To be read, for it is kept until then.
  public let reports: AsyncStream<X.Report>

  /// - Parameter driver: Made with a fresh seed for each life of the process.
  public convenience init(
    _ driver: ExecutorDriver<X>, connector: any Connector, executor: any HostExecutor = WorkerPool.shared,
    logger: Logger
  ) {
    self.init(driver, connector: connector, executor: executor, logger: logger, listener: nil)
  }

  /// - Parameter listener: Who is told in place of ``reports``, which then end at once.
  package init(
    _ driver: ExecutorDriver<X>, connector: any Connector, executor: any HostExecutor, logger: Logger,
    listener: HostListener<X.Report, ExecutorFinishReason>?
  ) {
    let (reports, continuation) = AsyncStream.makeStream(of: X.Report.self)
    if listener != nil { continuation.finish() }
    let logic = ExecutorLogic(
      machine: driver,
      listener: listener
        ?? HostListener {
          continuation.yield($0)
        } ended: { _ in
          continuation.finish()
        },
      end: end)
    self.reports = reports
    self.host = MachineHost(
      logic, as: .init(.executor, name: driver.executorID.value), executor: executor, connector: connector,
      logger: logger)
  }

  /// Begins to connect.
  public func start() { host.start() }

  /// Tells the executor something.
  public func send(_ command: X.Command) { host.post(.command(command)) }

  /// Has the executor told to shut down, as its agent would have it; if it does not within its grace period, the driver
  /// stops without it.
  public func shutdown() { host.post(.shutdown) }

  /// Returns once the driver has stopped for good, and ends its session.
  public func untilEnd() async -> ExecutorFinishReason {
    let reason = await end.value
    await host.stop(reason: "the executor has ended")
    return reason
  }
}
