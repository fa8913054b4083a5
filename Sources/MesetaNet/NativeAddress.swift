// Where a node listens.

package import NIOCore

/// `HOST:PORT`; an IPv6 address stands in brackets.
public struct NativeAddress: Hashable, Sendable, CustomStringConvertible {
  public var host: String
  public var port: Int

  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Reads `HOST:PORT`.
  ///
  /// - Throws: ``NativeAddressError``, which says what is wrong with the text.
  public init(_ text: String) throws(NativeAddressError) {
    guard let colon = text.lastIndex(of: ":") else {
      throw NativeAddressError("\"\(text)\" is not HOST:PORT: there is no port")
    }
    var host = text[..<colon]
    let portText = text[text.index(after: colon)...]
    guard let port = Int(portText) else {
      throw NativeAddressError("\"\(text)\" is not HOST:PORT: the port \"\(portText)\" is not a number")
    }
    guard (0...65535).contains(port) else {
      throw NativeAddressError("\"\(text)\" is not HOST:PORT: the port \(port) is not from 0 to 65535")
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty else { throw NativeAddressError("\"\(text)\" is not HOST:PORT: there is no host") }
    self.init(host: String(host), port: port)
  }

  package init(_ address: SocketAddress) {
    self.init(host: address.ipAddress ?? address.pathname ?? "", port: address.port ?? 0)
  }

  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// A text that is no address.
public struct NativeAddressError: Error, Hashable, Sendable, CustomStringConvertible {
  public var description: String
  init(_ description: String) { self.description = description }
}
