public import Logging
public import MesetaFramework
import MesetaHTTP
import MesetaHost
public import MesetaModel
import MesetaNet
import MesetaStorage
import NIOPosix
public import ServiceLifecycle

/// A framework on a cluster, as a service.
public final class FrameworkService<S: Scheduler>: Service {
  private let host: FrameworkHost<S>
  private let tearsDown: Bool

  /// A framework on a real cluster.
  ///
  /// - Parameters:
  ///   - record: what an earlier incarnation kept with `persist`: with it the framework takes its tasks over.
  ///   - tearsDown: whether a graceful shutdown ends the framework with all its tasks; if not they go on until its
  ///     failover time-out passes.
  ///   - persist: keeps the record, as ``FrameworkRecordFile/write(_:)`` does, and returns when it is durable: no task is
  ///     launched by a framework whose id could be forgotten. If it throws, the framework ends.
  public convenience init(
    _ scheduler: S, framework: FrameworkInfo, master: MasterAddress,
    options: SchedulerOptions = SchedulerOptions(),
    record: FrameworkRecord? = nil, tearsDown: Bool = true, logger: Logger,
    persist: @escaping @Sendable (FrameworkRecord) throws -> Void = { _ in }
  ) {
    let way = WayToMaster(master, name: framework.name, logger: logger)
    self.init(
      scheduler, framework: framework, way: way, options: options, record: record, tearsDown: tearsDown,
      logger: logger, persist: persist)
  }

  /// A framework on a real cluster, by the native protocol.
  public convenience init(
    _ scheduler: S, framework: FrameworkInfo, master: HostPort,
    options: SchedulerOptions = SchedulerOptions(),
    record: FrameworkRecord? = nil, tearsDown: Bool = true, logger: Logger,
    persist: @escaping @Sendable (FrameworkRecord) throws -> Void = { _ in }
  ) {
    self.init(
      scheduler, framework: framework, master: .native(master), options: options, record: record,
      tearsDown: tearsDown, logger: logger, persist: persist)
  }

  /// A framework on a cluster in this process.
  public convenience init(
    _ scheduler: S, framework: FrameworkInfo, on cluster: EmbeddedCluster,
    options: SchedulerOptions = SchedulerOptions(), tearsDown: Bool = true, logger: Logger
  ) {
    self.init(
      scheduler, framework: framework, way: WayToMaster(in: cluster), options: options, record: nil,
      tearsDown: tearsDown, logger: logger, persist: { _ in })
  }

  private init(
    _ scheduler: S, framework: FrameworkInfo, way: WayToMaster, options: SchedulerOptions,
    record: FrameworkRecord?, tearsDown: Bool, logger: Logger,
    persist: @escaping @Sendable (FrameworkRecord) throws -> Void
  ) {
    self.tearsDown = tearsDown
    self.host = FrameworkHost(
      scheduler, framework: framework, options: options, record: record, seed: .random(in: .min ... .max),
      connector: way.connector, executor: way.executor, logger: logger, persist: persist)
  }

  /// What the scheduler tells the application, until the framework ends. To be read, for it is kept until then.
  public var reports: AsyncStream<S.Report> { host.reports }

  /// The id that the master gave; nil before the first subscription.
  public var frameworkID: FrameworkID? {
    get async { await host.withDriver { $0.framework.id } }
  }

  /// Tells the scheduler something.
  public func send(_ command: S.Command) { host.send(command) }

  /// Runs until the scheduler stops, a graceful shutdown is asked for, or the task is cancelled.
  ///
  /// - Throws: ``FrameworkFailure`` if the master refuses the framework.
  public func run() async throws { try await MesetaService.run(host, tearsDown: tearsDown) }
}

/// How a framework reaches its master, and where its host works.
struct WayToMaster {
  let connector: any Connector
  let executor: any HostExecutor

  init(_ master: MasterAddress, name: String, logger: Logger) {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let options = NativeOptions(nodeName: name)
    self.connector =
      switch master {
      case .native(let address): NativeConnector([address], on: loop, options: options, logger: logger)
      case .http(let address): HTTPConnector(address, logger: logger)
      case .zooKeeper(let address):
        LeaderConnector(LeaderDetector(address, logger: logger)) { leader in
          guard let native = leader.nativeAddress else {
            return HTTPConnector(leader.httpAddress, logger: logger)
          }
          return NativeConnector([native], on: loop, options: options, logger: logger)
        }
      }
    self.executor = EventLoopExecutor(loop)
  }

  /// In this process.
  init(in cluster: EmbeddedCluster) {
    self.connector = cluster.connector
    self.executor = WorkerPool.shared
  }
}

/// What can be run as a framework.
protocol FrameworkRunner: Sendable {
  func start()
  func stop(teardown: Bool)
  func untilEnd() async -> FinishReason
}

extension FrameworkHost: FrameworkRunner {}
extension AsyncFrameworkHost: FrameworkRunner {}

/// Runs a framework until it ends; a graceful shutdown ends it, and so does the cancellation of the task: that is what a group
/// does when another of its services fails.
func run(_ framework: some FrameworkRunner, tearsDown: Bool) async throws {
  framework.start()
  let reason = await withTaskCancellationOrGracefulShutdownHandler {
    await framework.untilEnd()
  } onCancelOrGracefulShutdown: {
    framework.stop(teardown: tearsDown)
  }
  if case .failed(let why) = reason { throw FrameworkFailure(reason: why) }
}

/// The master will have nothing to do with a framework.
public struct FrameworkFailure: Error, Hashable, CustomStringConvertible {
  /// The master's.
  public let reason: String

  /// What has happened, with the reason.
  public var description: String { "the master refused the framework: \(reason)" }
}
