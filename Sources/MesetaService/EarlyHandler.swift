import MesetaHost
import MesetaProtocol
import MesetaRuntime
import Synchronization

/// Stands in for a host that needs to know its port before it can be made: turns sessions away until then.
final class EarlyHandler: SessionHandler {
  private let handler = Mutex<(any SessionHandler)?>(nil)

  /// From now on everything goes to `handler`.
  func become(_ handler: any SessionHandler) { self.handler.withLock { $0 = handler } }

  private var current: (any SessionHandler)? { handler.withLock { $0 } }

  func opened(_ link: any Link, _ peer: Peer) -> SessionID? { current?.opened(link, peer) }
  func connectFailed(reason: String) { current?.connectFailed(reason: reason) }
  func received(_ session: SessionID, _ messages: [Message]) { current?.received(session, messages) }
  func closed(_ session: SessionID, reason: String) { current?.closed(session, reason: reason) }
}
