public import Logging
public import MesetaFramework
public import MesetaHost
public import MesetaModel
public import ServiceLifecycle

/// A framework that is written with async and await, as a service: a loop over the events of ``cluster`` runs beside it.
///
/// Where the framework ends, through the cluster, by a graceful shutdown or because the master refuses it, the events end
/// too.
public final class AsyncFrameworkService: Service {
  private let host: AsyncFrameworkHost
  private let tearsDown: Bool

  /// A framework on a real cluster.
  ///
  /// - Parameters:
  ///   - bufferedEvents: how many events may wait for the loop; each offer counts as one.
  ///   - record: what an earlier incarnation kept with `persist`: with it the framework takes its tasks over.
  ///   - tearsDown: whether a graceful shutdown ends the framework with all its tasks; if not they go on until its
  ///     failover time-out passes.
  ///   - persist: keeps the record, as ``FrameworkRecordFile/write(_:)`` does, and returns when it is durable: no task is
  ///     launched by a framework whose id could be forgotten. If it throws, the framework ends.
  public convenience init(
    _ framework: FrameworkInfo, master: MasterAddress, options: SchedulerOptions = SchedulerOptions(),
    bufferedEvents: Int = 1000, record: FrameworkRecord? = nil, tearsDown: Bool = true, logger: Logger,
    persist: @escaping @Sendable (FrameworkRecord) throws -> Void = { _ in }
  ) {
    let way = WayToMaster(master, name: framework.name, logger: logger)
    self.init(
      framework, way: way, options: options, bufferedEvents: bufferedEvents, record: record,
      tearsDown: tearsDown, logger: logger, persist: persist)
  }

  /// A framework on a real cluster, by the native protocol.
  public convenience init(
    _ framework: FrameworkInfo, master: HostPort, options: SchedulerOptions = SchedulerOptions(),
    bufferedEvents: Int = 1000, record: FrameworkRecord? = nil, tearsDown: Bool = true, logger: Logger,
    persist: @escaping @Sendable (FrameworkRecord) throws -> Void = { _ in }
  ) {
    self.init(
      framework, master: .native(master), options: options, bufferedEvents: bufferedEvents, record: record,
      tearsDown: tearsDown, logger: logger, persist: persist)
  }

  /// A framework on a cluster in this process.
  public convenience init(
    _ framework: FrameworkInfo, on embedded: EmbeddedCluster, options: SchedulerOptions = SchedulerOptions(),
    bufferedEvents: Int = 1000, tearsDown: Bool = true, logger: Logger
  ) {
    self.init(
      framework, way: WayToMaster(in: embedded), options: options, bufferedEvents: bufferedEvents,
      record: nil,
      tearsDown: tearsDown, logger: logger, persist: { _ in })
  }

  private init(
    _ framework: FrameworkInfo, way: WayToMaster, options: SchedulerOptions, bufferedEvents: Int,
    record: FrameworkRecord?, tearsDown: Bool, logger: Logger,
    persist: @escaping @Sendable (FrameworkRecord) throws -> Void
  ) {
    self.tearsDown = tearsDown
    self.host = AsyncFrameworkHost(
      framework: framework, options: options, bufferedEvents: bufferedEvents, record: record,
      seed: .random(in: .min ... .max), connector: way.connector, executor: way.executor, logger: logger,
      persist: persist)
  }

  /// What happens to the framework, and what it may do.
  public var cluster: AsyncCluster { host.cluster }

  /// Runs until the framework ends, a graceful shutdown is asked for, or the task is cancelled.
  ///
  /// - Throws: ``FrameworkFailure`` if the master refuses the framework.
  public func run() async throws { try await MesetaService.run(host, tearsDown: tearsDown) }
}
