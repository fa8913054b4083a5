// What a master and an agent tell operators of themselves as processes.

import MesetaMaster
import MesetaProtocol
import MesetaRuntime
import MesetaWire

/// Answers the calls that the operator APIs have in common.
struct NodeEndpoint: Sendable {
  let metrics: MetricsEndpoint
  let logging: LoggingEndpoint
  let flags: [FlagValue]

  /// Nil where Mesos answers with nothing.
  func answer(_ call: NodeCall, _ exchange: HTTPExchange) async throws -> NodeAnswer? {
    switch call {
    case .getHealth: return .health(true)
    case .getVersion: return .version(Version.mesos)
    case .getFlags: return .flags(flags)
    case .getMetrics:
      let metrics = try await metrics.metrics(for: exchange.operatorPeer)
      return .metrics(metrics.map { MetricValue($0.name, $0.value) })
    case .getLoggingLevel: return .loggingLevel(UInt32(logging.level))
    case .setLoggingLevel(let level, let duration):
      try logging.set(Int(level), for: Span(nanoseconds: duration))
      return nil
    }
  }
}
