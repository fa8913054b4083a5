import Foundation
public import Logging
public import MesetaFramework
import MesetaHTTP
public import MesetaHost
import MesetaModel
import MesetaNet
import NIOPosix
public import ServiceLifecycle

/// An executor under the agent that started this process, as a service.
public final class ExecutorService<X: Executor>: Service {
  private let executor: X
  private let environment: [String: String]
  private let logger: Logger

  /// - Parameter environment: nil: the process's own.
  public init(_ executor: X, environment: [String: String]? = nil, logger: Logger) {
    self.executor = executor
    self.environment = environment ?? ProcessInfo.processInfo.environment
    self.logger = logger
  }

  /// Runs until the executor stops. A graceful shutdown and the cancellation of the task shut it down, as its agent would.
  ///
  /// - Throws: what the environment lacks, if no agent started this process, and ``ExecutorFailure``.
  public func run() async throws {
    let start = try ExecutorStart(environment, logger)
    let host = ExecutorHost(
      ExecutorDriver(
        executor, frameworkID: start.frameworkID, executorID: start.executorID, options: start.options,
        seed: .random(in: .min ... .max)),
      connector: start.connector, executor: start.executor, logger: logger)
    try await MesetaService.run(host)
  }
}

/// An executor that is written with async and await, under the agent that started this process, as a service: a loop over
/// the events of ``agent`` runs beside it, and ends when the executor ends.
public final class AsyncExecutorService: Service {
  private let host: AsyncExecutorHost

  /// - Parameters:
  ///   - bufferedEvents: how many events may wait before messages of the scheduler are lost.
  ///   - environment: nil: the process's own.
  /// - Throws: what the environment lacks, if no agent started this process.
  public init(bufferedEvents: Int = 1000, environment: [String: String]? = nil, logger: Logger) throws {
    let start = try ExecutorStart(environment ?? ProcessInfo.processInfo.environment, logger)
    self.host = AsyncExecutorHost(
      frameworkID: start.frameworkID, executorID: start.executorID, options: start.options,
      bufferedEvents: bufferedEvents, seed: .random(in: .min ... .max), connector: start.connector,
      executor: start.executor, logger: logger)
  }

  /// What happens to the executor, and what it may tell its agent.
  public var agent: AsyncAgent { host.agent }

  /// Runs until the executor stops. A graceful shutdown and the cancellation of the task shut it down, as its agent would.
  ///
  /// - Throws: ``ExecutorFailure``.
  public func run() async throws { try await MesetaService.run(host) }
}

/// What can be run as an executor.
private protocol ExecutorRunner: Sendable {
  func start()
  func shutdown()
  func untilEnd() async -> ExecutorFinishReason
}

extension ExecutorHost: ExecutorRunner {}
extension AsyncExecutorHost: ExecutorRunner {}

private func run(_ executor: some ExecutorRunner) async throws {
  executor.start()
  let reason = await withTaskCancellationOrGracefulShutdownHandler {
    await executor.untilEnd()
  } onCancelOrGracefulShutdown: {
    executor.shutdown()
  }
  if case .failed(let why) = reason { throw ExecutorFailure(reason: why) }
}

/// What an executor is to do by its environment, and the way to its agent.
private struct ExecutorStart {
  let frameworkID: FrameworkID
  let executorID: ExecutorID
  let options: ExecutorOptions
  let connector: any Connector
  let executor: any HostExecutor

  init(_ environment: [String: String], _ logger: Logger) throws {
    let variables = try ExecutorEnvironment(from: environment)
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    self.frameworkID = variables.frameworkID
    self.executorID = variables.executorID
    self.options = ExecutorOptions(variables)
    if let agent = environment["MESETA_AGENT"] {
      self.connector = NativeConnector(
        [try HostPort(parsing: agent, defaultPort: 5053)], on: loop,
        options: NativeOptions(nodeName: variables.executorID.value), logger: logger)
    } else {
      // An agent of Mesos.
      var options = HTTPClientOptions()
      options.authorization = variables.authenticationToken.map { "Bearer \($0)" }
      self.connector = HTTPConnector(
        try HostPort(parsing: variables.agentEndpoint, defaultPort: 5051), options: options, logger: logger)
    }
    self.executor = EventLoopExecutor(loop)
  }
}

/// The agent will have nothing to do with an executor.
public struct ExecutorFailure: Error, Hashable, CustomStringConvertible {
  /// The agent's.
  public let reason: String

  /// What has happened, with the reason.
  public var description: String { "the agent refused the executor: \(reason)" }
}
