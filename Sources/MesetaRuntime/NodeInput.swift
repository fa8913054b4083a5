public import MesetaProtocol

/// What a host hands to any machine. What only one kind of machine gets is its `Local`.
///
/// Every input is a value that can be written down: the inputs and their times, replayed, give the same effects.
public enum NodeInput<Local: Hashable & Sendable>: Hashable, Sendable {
  /// A peer opened a session, or the session that was asked for by ``ClientEffects/connect()`` is open.
  case opened(SessionID, Peer)
  /// The session that was asked for could not be opened.
  case connectFailed(reason: String)
  /// A message arrived. `request` is ``RequestID/none`` unless it is a call whose outcome is wanted.
  case received(SessionID, RequestID, Message)
  /// A session is over: the peer left, or is taken to be dead. Not sent for sessions the machine closed.
  case closed(SessionID, reason: String)
  case local(Local)
  /// A deadline (``nextWake``) has passed. In a batch it comes after all that waited to be read: what came in time counts.
  case wake
  /// The inputs that were there are handled. What is done once for many inputs, such as allocation, is done now.
  case endOfBatch
}
