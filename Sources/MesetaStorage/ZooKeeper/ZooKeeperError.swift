// What ZooKeeper has against a call.

import CZooKeeper

/// Why a call to ZooKeeper failed.
package struct ZooKeeperError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What went wrong, as far as anybody does something about it.
  package enum Kind: Hashable, Sendable {
    /// The connection was lost: whether the call was carried out is not known. The session may go on.
    case connectionLoss
    /// The session has ended, with all that hangs on it.
    case sessionOver
    case noNode
    case nodeExists
    case badVersion
    case notEmpty
    case notAuthorized
    /// Anything else, by its number.
    case other(Int32)
  }

  package let kind: Kind
  /// ZooKeeper's word for it, and which node it was about.
  package let description: String
  /// Which operation of several failed.
  package let operation: Int?

  package init(_ kind: Kind, _ description: String, operation: Int? = nil) {
    self.kind = kind
    self.description = description
    self.operation = operation
  }

  init(code: Int32, about path: String, operation: Int? = nil) {
    self.init(
      Self.kind(of: code), "\(path): \(zerror(code).map { String(cString: $0) } ?? "error \(code)")",
      operation: operation)
  }

  private static func kind(of code: Int32) -> Kind {
    switch code {
    case ZCONNECTIONLOSS.rawValue, ZOPERATIONTIMEOUT.rawValue, ZSESSIONMOVED.rawValue,
      ZTHROTTLEDOP.rawValue:
      .connectionLoss
    case ZSESSIONEXPIRED.rawValue, ZCLOSING.rawValue, ZINVALIDSTATE.rawValue, ZAUTHFAILED.rawValue:
      .sessionOver
    case ZNONODE.rawValue: .noNode
    case ZNODEEXISTS.rawValue: .nodeExists
    case ZBADVERSION.rawValue: .badVersion
    case ZNOTEMPTY.rawValue: .notEmpty
    case ZNOAUTH.rawValue: .notAuthorized
    default: .other(code)
    }
  }
}
