// What the operator APIs of masters and agents have in common: questions about the process itself.

package import MesetaProtocol

/// A call that a master and an agent understand alike.
package enum NodeCall: Hashable, Sendable {
  case getHealth
  case getVersion
  case getFlags
  case getMetrics
  case getLoggingLevel
  /// So much more is logged for so long; nanoseconds.
  case setLoggingLevel(UInt32, duration: Int64)
}

/// An answer to a ``NodeCall``.
package enum NodeAnswer: Sendable {
  case health(Bool)
  case version(String)
  case flags([FlagValue])
  case metrics([MetricValue])
  case loggingLevel(UInt32)
}
