// What a master answers by HTTP.

import HTTPTypes
import HummingbirdCore
public import Logging
public import MesetaHost
public import MesetaModel
public import MesetaProtocol
import NIOCore

/// The endpoints of a master.
public struct MasterHTTP: Sendable {
  private let scheduler: SchedulerEndpoint
  private let `operator`: OperatorEndpoint
  private let flags: [FlagValue]
  private let leader: HostPort

  /// - Parameters:
  ///   - host: runs the master.
  ///   - address: where clients of the leading master are sent.
  ///   - flags: what operators are told of how the master was started.
  public init(
    _ host: MasterHost, at address: HostPort, flags: [FlagValue] = [], options: HTTPOptions = HTTPOptions(),
    logger: Logger
  ) {
    self.flags = flags
    self.scheduler = SchedulerEndpoint(host.handler, options: options, logger: logger)
    self.operator = OperatorEndpoint(host: host, flags: flags)
    self.leader = address
  }

  /// What a server is to serve.
  public var routes: HTTPRoutes {
    HTTPRoutes(
      [
        "version": ["": HTTPEndpoint { .version(for: $0) }],
        "master": [
          "health": HTTPEndpoint { _ in .empty(.ok) },
          "flags": HTTPEndpoint { .flags(flags, for: $0) },
          "redirect": HTTPEndpoint(redirect),
          "api/v1": HTTPEndpoint(`operator`.answer),
          "api/v1/scheduler": HTTPEndpoint(scheduler.answer),
        ],
      ], delegate: "master")
  }

  /// Sends a client to the leading master; without the scheme, so that it keeps its own.
  private func redirect(_ exchange: HTTPExchange) -> Response {
    let path = exchange.path.hasPrefix("/master/") ? exchange.path.dropFirst(7) : exchange.path[...]
    // Whatever follows would be asked for again and again.
    guard path == "/redirect" else { return .text(.notFound, "404 Not Found.") }
    return Response(status: .temporaryRedirect, headers: [.location: "//\(leader)"])
  }
}

extension Response {
  /// The flags of a program as one object.
  static func flags(_ flags: [FlagValue], for exchange: HTTPExchange) -> Response {
    let list = flags.map { "\(JSONText.quoted($0.name)):\(JSONText.quoted($0.value))" }
    return .json(ByteBuffer(string: "{\"flags\":{\(list.joined(separator: ","))}}"), for: exchange)
  }

  /// The version of the interface, and of the program behind it.
  static func version(for exchange: HTTPExchange) -> Response {
    .json(
      ByteBuffer(
        string: "{\"build_date\":\"\",\"build_time\":0.0,\"build_user\":\"\","
          + "\"meseta_version\":\"\(Version.current)\",\"version\":\"\(Version.mesos)\"}"),
      for: exchange)
  }
}
