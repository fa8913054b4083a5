// What a master answers by HTTP while another leads, or none.

import HTTPTypes
import HummingbirdCore
import MesetaMaster
public import MesetaModel
public import MesetaProtocol
import MesetaRuntime

/// The endpoints of a master that does not lead: what is about itself it answers, with all else it sends clients to the leader.
public struct StandbyHTTP: Sendable {
  private let redirect: LeaderRedirect
  private let metrics: MetricsEndpoint
  private let logging: LoggingEndpoint
  private let flags: [FlagValue]

  /// - Parameters:
  ///   - flags: what operators are told of how the master was started.
  ///   - verbosity: of the log, for operators to change.
  ///   - leader: where the leading master answers HTTP; nil while there is none.
  public init(
    flags: [FlagValue] = [], verbosity: LogVerbosity = LogVerbosity(),
    leader: @escaping @Sendable () -> HostPort?
  ) {
    self.flags = flags
    self.redirect = LeaderRedirect(leader: leader)
    self.logging = LoggingEndpoint(verbosity: verbosity)
    self.metrics = MetricsEndpoint { _ in
      var list = MetricList()
      list.gauge("master/elected", 0)
      return list
    }
  }

  /// What a server is to serve.
  public var routes: HTTPRoutes {
    HTTPRoutes(
      ofMaster: ["redirect": HTTPEndpoint(redirect.toRoot)], metrics, logging, flags,
      others: HTTPEndpoint(redirect.toSame))
  }
}
