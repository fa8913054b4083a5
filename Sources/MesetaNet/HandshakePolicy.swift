// What is answered to a handshake.

import MesetaProtocol
import MesetaRuntime
import MesetaWire

extension NativeOptions {
  /// What a server says to a peer, and who the peer is.
  func answer(_ handshake: Handshake, from address: String) -> (reply: HandshakeReply, peer: Peer?) {
    let versions = NativeProtocol.versions
    guard handshake.versions.overlaps(versions) else {
      return (
        .refused(
          "this node speaks \(text(versions)) of the native protocol and the peer \(text(handshake.versions)): "
            + "one of them has to be upgraded"), nil
      )
    }
    let principal: Principal?
    do throws(AuthenticationFailure) {
      principal = try authenticate(handshake.credential, handshake.role)
    } catch {
      return (.refused(error.description), nil)
    }
    let name = handshake.nodeName.isEmpty ? address : "\(handshake.nodeName.prefix(256)) (\(address))"
    return (
      .accepted(
        version: min(versions.upperBound, handshake.versions.upperBound),
        features: features & handshake.features, nodeName: nodeName),
      Peer(handshake.role, principal: principal, address: name)
    )
  }

  /// What a client says first.
  func handshake(_ role: PeerRole, name: String) -> Handshake {
    Handshake(
      versions: NativeProtocol.versions, features: features, role: role, credential: credential,
      nodeName: name)
  }

  private func text(_ versions: ClosedRange<UInt32>) -> String {
    versions.count == 1
      ? "version \(versions.lowerBound)" : "versions \(versions.lowerBound) to \(versions.upperBound)"
  }
}
