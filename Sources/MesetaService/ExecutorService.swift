import Foundation
public import Logging
public import MesetaFramework
import MesetaHost
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

  /// Runs until the executor stops.
  ///
  /// - Throws: what the environment lacks, if no agent started this process, and ``ExecutorFailure``.
  public func run() async throws {
    let variables = try ExecutorEnvironment(from: environment)
    let agent = try HostPort(
      parsing: environment["MESETA_AGENT"] ?? variables.agentEndpoint, defaultPort: 5053)
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let connector = NativeConnector(
      [NativeAddress(host: agent.host, port: agent.port)], on: loop,
      options: NativeOptions(nodeName: variables.executorID.value), logger: logger)
    let host = ExecutorHost(
      ExecutorDriver(
        executor, frameworkID: variables.frameworkID, executorID: variables.executorID,
        options: ExecutorOptions(variables), seed: .random(in: .min ... .max)),
      connector: connector, executor: EventLoopExecutor(loop), logger: logger)
    host.start()
    if case .failed(let why) = await host.untilEnd() { throw ExecutorFailure(reason: why) }
  }
}

/// The agent will have nothing to do with an executor.
public struct ExecutorFailure: Error, Hashable, CustomStringConvertible {
  public let reason: String

  public var description: String { "the agent refused the executor: \(reason)" }
}
