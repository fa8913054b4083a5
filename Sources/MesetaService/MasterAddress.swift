public import MesetaModel

/// Where a framework's master is, and what is spoken there.
public enum MasterAddress: Hashable, Sendable, CustomStringConvertible {
  /// Meseta's own protocol.
  case native(HostPort)
  /// Mesos's HTTP interface, which masters of Meseta and of Mesos answer. Demands are not known there.
  case http(HostPort)

  /// Reads `HOST:PORT` for the native protocol, with port 5052 unless it is given, or `http://HOST:PORT`, with port 5050.
  ///
  /// - Throws: what is wrong with the text.
  public init(parsing text: String) throws {
    let scheme = "http://"
    guard text.hasPrefix(scheme) else {
      self = .native(try HostPort(parsing: text, defaultPort: 5052))
      return
    }
    let rest = text.dropFirst(scheme.count)
    self = .http(
      try HostPort(parsing: String(rest.hasSuffix("/") ? rest.dropLast() : rest), defaultPort: 5050))
  }

  /// As it is read.
  public var description: String {
    switch self {
    case .native(let address): address.description
    case .http(let address): "http://\(address)"
    }
  }
}
