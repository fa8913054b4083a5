// How the master of a measured cluster and its peers reach each other.

import ArgumentParser

enum TransportKind: String, ExpressibleByArgument, CaseIterable {
  /// Everything in one process; nothing goes through bytes.
  case inProcess = "in-process"
  /// The master in a process of its own, all others in another; protobuf over loopback TCP.
  case tcp

  /// As a table says it.
  var title: String { self == .tcp ? "over TCP" : "in process" }

  static var names: String { allCases.map(\.rawValue).joined(separator: " or ") }
}
