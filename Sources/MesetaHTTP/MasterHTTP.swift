// What a master answers by HTTP.

import HTTPTypes
import HummingbirdCore
public import Logging
public import MesetaHost
import MesetaMaster
public import MesetaModel
public import MesetaProtocol
import MesetaRuntime
import MesetaWire
import NIOCore

/// The endpoints of a master.
public struct MasterHTTP: Sendable {
  private let scheduler: SchedulerEndpoint
  private let `operator`: OperatorEndpoint
  private let state: StateEndpoint
  private let metrics: MetricsEndpoint
  private let logging: LoggingEndpoint
  private let legacy: LegacyEndpoints
  private let flags: [FlagValue]
  private let leader: LeaderRedirect

  /// - Parameters:
  ///   - host: runs the master.
  ///   - address: where clients of the leading master are sent.
  ///   - flags: what operators are told of how the master was started.
  ///   - verbosity: of the log, for operators to change.
  public init(
    _ host: MasterHost, at address: HostPort, flags: [FlagValue] = [], options: HTTPOptions = HTTPOptions(),
    verbosity: LogVerbosity = LogVerbosity(), logger: Logger
  ) {
    self.flags = flags
    self.scheduler = SchedulerEndpoint(host.handler, options: options, logger: logger)
    let reports = Reports(options: options, logger: logger) { await host.withMaster { $0 } }
    let metrics = MetricsEndpoint { peer in
      let master = await host.withMaster { $0 }
      _ = try master.answer(.getMaster, for: peer)
      var list = master.measure(at: HostClock.now())
      list.gauge("master/operator_event_stream_subscribers", host.watcherCount)
      list.counter("master/http_cache_hits", reports.sharedCount)
      list.add(host.registryMeasures)
      list.add(host.allocationMeasures)
      list.add(await host.waitingMail())
      return list
    }
    self.metrics = metrics
    let logging = LoggingEndpoint(verbosity: verbosity)
    self.logging = logging
    let calls = OperatorCalls(host: host)
    self.legacy = LegacyEndpoints(calls: calls)
    self.operator = OperatorEndpoint(
      calls: calls, reports: reports, subscriptions: OperatorSubscriptions(calls: calls, logger: logger),
      node: NodeEndpoint(metrics: metrics, logging: logging, flags: flags))
    self.state = StateEndpoint(reports: reports, flags: flags)
    self.leader = LeaderRedirect { address }
  }

  /// What a server is to serve.
  public var routes: HTTPRoutes {
    HTTPRoutes(
      ofMaster: [
        "redirect": HTTPEndpoint(leader.toRoot),
        "api/v1": HTTPEndpoint(`operator`.answer),
        "api/v1/scheduler": HTTPEndpoint(scheduler.answer),
      ].merging(state.endpoints) { $1 }.merging(legacy.endpoints) { $1 }, metrics, logging, flags)
  }
}

extension HTTPRoutes {
  /// Those of a master: what it tells of itself whether it leads or not, and the paths that are given.
  init(
    ofMaster paths: [String: HTTPEndpoint], _ metrics: MetricsEndpoint, _ logging: LoggingEndpoint,
    _ flags: [FlagValue], others: HTTPEndpoint? = nil
  ) {
    let own = [
      "health": HTTPEndpoint { _ in .empty(.ok) }, "flags": HTTPEndpoint { try .flags(flags, for: $0) },
    ]
    self.init(
      [
        "version": ["": HTTPEndpoint { try .version(for: $0) }],
        "metrics": metrics.endpoints,
        "logging": ["toggle": HTTPEndpoint(logging.toggle)],
        "files": FileEndpoints.none.endpoints,
        "system": ["stats.json": .systemStatistics],
        "master": own.merging(paths) { $1 },
      ], delegate: "master", others: others)
  }
}

extension Response {
  /// The flags of a program as one object.
  static func flags(_ flags: [FlagValue], for exchange: HTTPExchange) throws -> Response {
    try .json(for: exchange) { json throws(WireError) in
      try json.object { json throws(WireError) in try json.field(flags: flags) }
    }
  }

  /// The version of the interface, and of the program behind it.
  static func version(for exchange: HTTPExchange) throws -> Response {
    try .json(for: exchange) { json throws(WireError) in
      try json.object { json in json.fieldsOfVersion() }
    }
  }
}
