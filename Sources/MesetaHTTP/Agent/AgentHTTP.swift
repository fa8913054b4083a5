// What an agent answers by HTTP.

import HTTPTypes
import HummingbirdCore
public import Logging
public import MesetaHost
public import MesetaProtocol
import MesetaRuntime

/// The endpoints of an agent.
public struct AgentHTTP: Sendable {
  private let executor: ExecutorEndpoint
  private let `operator`: AgentOperatorEndpoint
  private let files: FileEndpoints
  private let state: AgentState
  private let metrics: MetricsEndpoint
  private let logging: LoggingEndpoint
  private let flags: [FlagValue]

  /// - Parameters:
  ///   - host: runs the agent.
  ///   - flags: what operators are told of how the agent was started.
  ///   - verbosity: of the log, for operators to change.
  public init(
    _ host: AgentHost, flags: [FlagValue] = [], options: HTTPOptions = HTTPOptions(),
    verbosity: LogVerbosity = LogVerbosity(), logger: Logger
  ) {
    self.flags = flags
    self.executor = ExecutorEndpoint(host.handler, options: options, logger: logger)
    self.files = FileEndpoints(of: host)
    let startTime = Double(HostClock.now().wall) / 1e9
    let reports = Reports(options: options, logger: logger) { await host.withAgent { $0 } }
    self.state = AgentState(host: host, reports: reports, flags: flags, startTime: startTime)
    self.metrics = MetricsEndpoint { _ in await host.measure(startTime: startTime) }
    self.logging = LoggingEndpoint(verbosity: verbosity)
    self.operator = AgentOperatorEndpoint(
      host: host, files: files, node: NodeEndpoint(metrics: metrics, logging: logging, flags: flags))
  }

  /// What a server is to serve.
  public var routes: HTTPRoutes {
    let agent = [
      "health": HTTPEndpoint { _ in .empty(.ok) },
      "flags": HTTPEndpoint { try .flags(flags, for: $0) },
      "api/v1": HTTPEndpoint(`operator`.answer),
      "api/v1/executor": HTTPEndpoint(executor.answer),
    ].merging(state.endpoints) { $1 }
    // Some clients write parentheses in hexadecimal.
    return HTTPRoutes(
      [
        "version": ["": HTTPEndpoint { try .version(for: $0) }],
        "metrics": metrics.endpoints,
        "logging": ["toggle": HTTPEndpoint(logging.toggle)],
        "files": files.endpoints,
        "system": ["stats.json": .systemStatistics],
        "slave(1)": agent, "slave%281%29": agent,
      ], delegate: "slave(1)")
  }
}
