// A framework with an async face, on the real clock.

public import Logging
public import MesetaFramework
public import MesetaModel
import MesetaProtocol

/// Runs a framework whose events and calls are those of an ``AsyncCluster``.
public final class AsyncFrameworkHost: Sendable {
  private let host: FrameworkHost<BufferedScheduler>
  /// What happens to the framework, and what it may do.
  public let cluster: AsyncCluster

  /// - Parameters:
  ///   - options: The defaults that hold for a `Scheduler` hold here too; see ``AsyncCluster`` for when they apply.
  ///   - bufferedEvents: How many events may wait; each offer counts as one.
  ///   - record: What an earlier incarnation asked to keep.
  ///   - seed: Fresh for each incarnation.
  ///   - persist: Keeps the record for the next incarnation, and returns when it is durable.
  public init(
    framework: FrameworkInfo, options: SchedulerOptions = SchedulerOptions(), bufferedEvents: Int = 1000,
    record: FrameworkRecord? = nil, seed: UInt64, connector: any Connector,
    executor: any HostExecutor = WorkerPool.shared, logger: Logger,
    persist: @escaping @Sendable (FrameworkRecord) throws -> Void = { _ in }
  ) {
    let desk = AsyncCluster.Desk()
    let host = FrameworkHost(
      BufferedScheduler(options: options, capacity: bufferedEvents), framework: framework,
      options: BufferedScheduler.driverOptions(options), record: record, seed: seed, connector: connector,
      executor: executor, logger: logger, persist: persist,
      listener: .init {
        Self.answer($0, desk)
      } ended: { _ in
        desk.end(throwing: FrameworkHasEnded())
      })
    self.host = host
    self.cluster = AsyncCluster(desk) { host.send($0) }
  }

  private static func answer(_ report: BufferedScheduler.Report, _ desk: AsyncCluster.Desk) {
    switch report {
    case .event(let event, let ticket): desk.deliver(event, to: ticket)
    case .done(let ticket): desk.answer(ticket, with: .success([]))
    case .launched(let ids, let ticket): desk.answer(ticket, with: .success(ids))
    case .failed(let error, let ticket): desk.answer(ticket, with: .failure(error))
    }
  }

  /// Begins to connect.
  public func start() { host.start() }

  /// Ends the framework with all tasks, or this incarnation alone.
  public func stop(teardown: Bool) { host.stop(teardown: teardown) }

  /// Returns once the framework has ended, and ends its sessions.
  public func untilEnd() async -> FinishReason { await host.untilEnd() }
}
