public import MesetaProtocol

/// One conversation of a machine with a peer, numbered by the host. A session is not a connection: over HTTP the
/// calls of one session arrive on other connections than its events leave on.
@frozen
public struct SessionID: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
  public var number: UInt64

  @inlinable
  public init(_ number: UInt64) { self.number = number }

  @inlinable
  public static func < (left: SessionID, right: SessionID) -> Bool { left.number < right.number }

  public var description: String { "#\(number)" }
}

/// Who is at the other end of a session.
public struct Peer: Hashable, Codable, Sendable {
  public var role: PeerRole
  /// Who they are, if they have proven it.
  public var principal: Principal?
  /// Where they are, for people to read: `HOST:PORT`, a node's name, or `NAME (HOST:PORT)`.
  public var address: String
  /// The IP address that they are seen at; nil where there is no network between.
  public var ip: String?

  public init(_ role: PeerRole, principal: Principal? = nil, address: String, ip: String? = nil) {
    self.role = role
    self.principal = principal
    self.address = address
    self.ip = ip
  }

  /// The name of their machine, or its address where they have said none.
  package var hostname: String {
    let name = address.prefix { $0 != " " }
    guard let colon = name.lastIndex(of: ":"), !name.hasSuffix("]") else { return String(name) }
    return String(name[..<colon])
  }
}

/// Who stands behind a session.
public struct Principal: Hashable, Codable, Sendable {
  public var name: String
  public init(_ name: String) { self.name = name }
}

/// One call of a peer, numbered by the host. A machine gives exactly one outcome for each, at once or later.
@frozen
public struct RequestID: Hashable, Codable, Sendable {
  public var number: UInt64

  @inlinable
  public init(_ number: UInt64) { self.number = number }

  /// The call of a peer that does not want to hear of its outcome.
  public static let none = RequestID(0)
}

/// How a call ended.
public enum Outcome: Hashable, Sendable {
  /// It was taken; there is nothing to tell.
  case accepted
  indirect case response(OperatorResponse)
  indirect case failed(CallError)
}
