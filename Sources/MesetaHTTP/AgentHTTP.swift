// What an agent answers by HTTP.

import HTTPTypes
import HummingbirdCore
public import Logging
public import MesetaHost
public import MesetaProtocol

/// The endpoints of an agent.
public struct AgentHTTP: Sendable {
  private let executor: ExecutorEndpoint
  private let flags: [FlagValue]

  /// - Parameters:
  ///   - host: runs the agent.
  ///   - flags: what operators are told of how the agent was started.
  public init(
    _ host: AgentHost, flags: [FlagValue] = [], options: HTTPOptions = HTTPOptions(), logger: Logger
  ) {
    self.flags = flags
    self.executor = ExecutorEndpoint(host.handler, options: options, logger: logger)
  }

  /// What a server is to serve.
  public var routes: HTTPRoutes {
    let agent = [
      "health": HTTPEndpoint { _ in .empty(.ok) },
      "flags": HTTPEndpoint { try .flags(flags, for: $0) },
      "api/v1/executor": HTTPEndpoint(executor.answer),
    ]
    // Some clients write parentheses in hexadecimal.
    return HTTPRoutes(
      [
        "version": ["": HTTPEndpoint { try .version(for: $0) }],
        "slave(1)": agent, "slave%281%29": agent,
      ], delegate: "slave(1)")
  }
}
