public import MesetaProtocol

/// One conversation of a machine with a peer, numbered by the host. A session is not a connection: it may be
/// spread over several.
@frozen
public struct SessionID: Hashable, Comparable, Sendable {
  public var number: UInt64

  @inlinable
  public init(_ number: UInt64) { self.number = number }

  @inlinable
  public static func < (left: SessionID, right: SessionID) -> Bool { left.number < right.number }
}

/// One call of a peer, numbered by the host: the machine gives exactly one outcome for it.
@frozen
public struct RequestID: Hashable, Sendable {
  public var number: UInt64

  @inlinable
  public init(_ number: UInt64) { self.number = number }
}

/// Who stands behind a session, once authenticated.
public struct Principal: Hashable, Sendable {
  public var name: String
  public init(_ name: String) { self.name = name }
}

/// The answer to a call.
public enum Outcome<Response: Sendable>: Sendable {
  case done(Response)
  case failed(CallError)
}

extension Outcome: Equatable where Response: Equatable {}
