// An executor with an async face, on the real clock.

public import Logging
public import MesetaFramework
public import MesetaModel

/// Runs an executor whose events and reports are those of an ``AsyncAgent``.
public final class AsyncExecutorHost: Sendable {
  private let host: ExecutorHost<BufferedExecutor>
  /// What happens to the executor, and what it may tell its agent.
  public let agent: AsyncAgent

  /// - Parameters:
  ///   - bufferedEvents: How many events may wait before messages of the scheduler are lost.
  ///   - seed: Fresh for each life of the process.
  public init(
    frameworkID: FrameworkID, executorID: ExecutorID, options: ExecutorOptions = ExecutorOptions(),
    bufferedEvents: Int = 1000, seed: UInt64, connector: any Connector,
    executor: any HostExecutor = WorkerPool.shared, logger: Logger
  ) {
    let desk = AsyncAgent.Desk()
    let host = ExecutorHost(
      ExecutorDriver(
        BufferedExecutor(capacity: bufferedEvents), frameworkID: frameworkID, executorID: executorID,
        options: options, seed: seed),
      connector: connector, executor: executor, logger: logger,
      listener: .init {
        Self.answer($0, desk)
      } ended: { _ in
        desk.end(throwing: ExecutorHasEnded())
      })
    self.host = host
    self.agent = AsyncAgent(desk) { host.send($0) }
  }

  private static func answer(_ report: BufferedExecutor.Report, _ desk: AsyncAgent.Desk) {
    switch report {
    case .event(let event, let ticket): desk.deliver(event, to: ticket)
    case .done(let ticket): desk.answer(ticket, with: .success(()))
    }
  }

  /// Begins to connect.
  public func start() { host.start() }

  /// Has the executor told to shut down, as its agent would have it; if it does not within its grace period, it ends
  /// all the same.
  public func shutdown() { host.shutdown() }

  /// Returns once the executor has ended, and ends its session.
  public func untilEnd() async -> ExecutorFinishReason { await host.untilEnd() }
}
