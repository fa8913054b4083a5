// What the native transport allows, at both of its ends.

public import MesetaProtocol
public import MesetaRuntime
public import MesetaWire
public import NIOCore

/// Bounds and times of connections. Both ends keep their own.
public struct NativeOptions: Sendable {
  /// Names this node in the handshake, for the peer's log.
  public var nodeName: String
  /// Bounds on each message; the longest frame is its `maximumBytes`, for those we send too.
  public var limits = WireLimits.standard
  /// After so long without a message to send a heartbeat is sent. After three times as long without anything
  /// received the peer is taken to be dead, and its session ends.
  public var heartbeatInterval: Span = .seconds(5)
  /// How long the peer may take for its part of the handshake.
  public var handshakeTimeout: Span = .seconds(10)
  /// How long a connection attempt may take for each address.
  public var connectTimeout: Span = .seconds(5)
  /// How long a session that ends waits for the peer to take what was sent.
  public var lingerTimeout: Span = .seconds(2)
  /// How many bytes may wait for a peer besides what its channel has taken, about 1 MiB. With more its session ends, and
  /// in place of them it is told so.
  public var maximumOutgoingBytes = 64 << 20
  /// How much may have been received that the host has not handled; with more nothing is read.
  public var maximumUnhandledBytes = 64 << 20
  public var maximumUnhandledMessages = 16_384
  /// How many connections a server keeps; with more the newest is refused.
  public var maximumConnections = 100_000
  /// Bits of what this node can do besides; both ends use what they have in common.
  public var features: UInt64 = 0
  /// Adds handlers to a new connection before all others: the place of TLS.
  public var secure: (@Sendable (any Channel) throws -> Void)?
  /// Who a peer is by its credential, or why it is turned away. Nobody has proven anything unless this is given.
  public var authenticate: @Sendable (Credential?, PeerRole) throws(AuthenticationFailure) -> Principal? = {
    (_, _) throws(AuthenticationFailure) in nil
  }
  /// What this node shows to prove who it is.
  public var credential: Credential?

  public init(nodeName: String) { self.nodeName = nodeName }
}

/// Why a peer is turned away; told to it.
public struct AuthenticationFailure: Error, Hashable, Sendable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}

/// How a connection of the native protocol begins.
enum NativeProtocol {
  /// The first bytes from the side that connects.
  static let magic: [UInt8] = Array("MSTA".utf8)
  /// The versions that this node speaks.
  static let versions: ClosedRange<UInt32> = 1...1
  /// The longest handshake.
  static let maximumHandshakeBytes = 64 << 10
}

extension NativeOptions {
  /// A channel takes little: what it has taken cannot be dropped any more.
  static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 256 << 10, high: 1 << 20)
}

extension Span {
  var timeAmount: TimeAmount { .nanoseconds(nanoseconds) }
}
