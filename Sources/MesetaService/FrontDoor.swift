// Where a master's peers come in while masters come and go behind it.

import MesetaHost
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaStorage
import Synchronization

/// Says who gets the next session: the master of this process while it leads, or nobody.
final class FrontDoor: Sendable {
  private let host = Mutex<(any SessionHandler)?>(nil)
  private let standby: StandbyHandler

  /// - Parameter detector: knows who leads in place of this process's master; nil if there are no others.
  init(_ detector: LeaderDetector?) { standby = StandbyHandler(detector) }

  /// For one connection, from its beginning to its end: the sessions of one master are unknown to the next.
  var handler: any SessionHandler { host.withLock { $0 } ?? standby }

  /// Where peers come to find it.
  var address: HostPort? { standby.at }

  /// Where peers came to find it.
  func stands(at address: HostPort) { standby.stands(at: address) }

  func open(to host: any SessionHandler) { self.host.withLock { $0 = host } }

  func close() { host.withLock { $0 = nil } }
}

/// Turns sessions away on behalf of a master that does not lead.
private final class StandbyHandler: SessionHandler {
  private let detector: LeaderDetector?
  private let address = Mutex<HostPort?>(nil)

  init(_ detector: LeaderDetector?) { self.detector = detector }

  func stands(at address: HostPort) { self.address.withLock { $0 = address } }
  var at: HostPort? { address.withLock { $0 } }

  var refusal: String {
    guard let detector else { return "it is starting or stopping" }
    // A master that has just lost the lead, or is about to take it, knows of nobody but itself.
    guard let leader = detector.leader, leader.nativeAddress != at else {
      return "this master does not lead, and there is none that is known to just now"
    }
    return "this master does not lead: the one at \(leader.nativeAddress ?? leader.httpAddress) does"
  }

  func opened(_ link: any Link, _ peer: Peer) -> SessionID? { nil }
  func connectFailed(reason: String) {}
  func received(_ session: SessionID, _ messages: [Message]) {}
  func closed(_ session: SessionID, reason: String) {}
}
