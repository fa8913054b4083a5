// How the master of a measured cluster and its peers reach each other.

import ArgumentParser

enum TransportKind: String, ExpressibleByArgument, CaseIterable {
  /// Everything in one process.
  case inProcess = "in-process"

  static var names: String { allCases.map(\.rawValue).joined(separator: " or ") }
}
