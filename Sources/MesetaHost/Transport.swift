// The seam between a host and whatever carries messages for it: the in-process network, TCP, HTTP.

public import MesetaProtocol
public import MesetaRuntime

/// The way to the peer of a session, as its host holds it.
public protocol Link: Sendable {
  /// Sends messages, in order and after those before them. Never blocks. What the peer is too slow to take is kept
  /// up to a bound; beyond it the session ends.
  func send(_ messages: [Message])

  /// Ends the session, after what was sent. The handler does not hear of it again.
  func close(reason: String)

  /// The host is done with so many of the messages that were delivered: a transport that waits for it before it
  /// reads on keeps a fast peer from filling a slow host's memory.
  func consumed(_ count: Int)
}

/// To whom a transport brings sessions and their messages; a host.
///
/// For one session the calls come one after the other and in this order: `opened`, `received` any number of times,
/// `closed` unless the handler closed the session itself. None of them blocks, and within them nothing is called
/// on a link but ``Link/consumed(_:)``: a host answers after it has returned.
public protocol SessionHandler: AnyObject, Sendable {
  /// A session begins: by a peer, or because it was asked for with ``Connector/connect(_:)``. Nil if no sessions
  /// are taken (any more).
  func opened(_ link: any Link, _ peer: Peer) -> SessionID?

  /// A session that was asked for cannot be opened.
  func connectFailed(reason: String)

  func received(_ session: SessionID, _ messages: [Message])

  func closed(_ session: SessionID, reason: String)

  /// Why ``opened(_:_:)`` takes no sessions; told to peers.
  var refusal: String { get }
}

extension SessionHandler {
  /// What holds for most.
  public var refusal: String { "it is stopping" }
}

/// A host that also takes calls which come by another way than their session's link, as over HTTP.
public protocol CallHandler: SessionHandler {
  /// Hands over a call of a session, after what came before it. `outcome` is called once: on the host's executor, or within
  /// this call if the host has stopped.
  func call(
    _ session: SessionID, _ message: Message, outcome: @escaping @Sendable (Outcome) -> Void)
}

/// Opens sessions to a master, or to an agent.
public protocol Connector: Sendable {
  /// Tries once to open a session, and calls either ``SessionHandler/opened(_:_:)`` or
  /// ``SessionHandler/connectFailed(reason:)`` of the handler. Never blocks.
  func connect(_ request: ConnectRequest)
}

/// Who wants a session.
public struct ConnectRequest: Sendable {
  /// What the one who connects is.
  public var role: PeerRole
  /// Its name, for the peer's log.
  public var name: String
  /// On whose behalf it comes.
  public var principal: Principal?
  /// To whom the session is brought.
  public var handler: any SessionHandler

  /// Asks for a session.
  public init(_ role: PeerRole, name: String, principal: Principal? = nil, handler: any SessionHandler) {
    self.role = role
    self.name = name
    self.principal = principal
    self.handler = handler
  }
}
