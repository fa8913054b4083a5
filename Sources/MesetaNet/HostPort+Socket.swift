// Addresses of the model as sockets have them.

package import MesetaModel
package import NIOCore

extension HostPort {
  /// The address of one end of a socket.
  package init(_ address: SocketAddress) {
    self.init(host: address.ipAddress ?? address.pathname ?? "", port: address.port ?? 0)
  }
}
