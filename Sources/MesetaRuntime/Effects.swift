public import MesetaProtocol

/// What any machine may ask its host to do. One method an effect: a host performs them, a recorder writes them
/// down, a test asserts them.
public protocol Effects {
  /// Sends to the peer of a session. Messages of one session arrive in order, or the session closes.
  mutating func send(_ message: consuming Message, to session: SessionID)
  /// Gives the outcome of a call, once.
  mutating func respond(_ request: RequestID, _ outcome: Outcome)
  /// Ends a session, after what was sent to it.
  mutating func close(_ session: SessionID, reason: String)
  /// Says something to the operator.
  mutating func log(_ level: LogLevel, _ message: @autoclosure () -> String)
}

/// What a machine that has a master (or an executor that has an agent) may ask for besides.
public protocol ClientEffects: Effects {
  /// Opens a session to wherever the master is now. Answered by `opened` or `connectFailed`; one at a time.
  mutating func connect()
}

public enum LogLevel: Int32, Hashable, Comparable, Sendable {
  case debug = 0
  case info = 1
  case warning = 2
  case error = 3

  public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}

/// Names a write to storage. Writes complete in the order they were asked for; a crash loses a suffix of them.
@frozen
public struct StorageToken: Hashable, Codable, Sendable {
  public var number: UInt64

  @inlinable
  public init(_ number: UInt64) { self.number = number }
}
