public import MesetaModel
public import MesetaStorage

/// Where a framework's master is, and what is spoken there.
public enum MasterAddress: Hashable, Sendable, CustomStringConvertible {
  /// Meseta's own protocol.
  case native(HostPort)
  /// Mesos's HTTP interface, which masters of Meseta and of Mesos answer. Demands are not known there.
  case http(HostPort)
  /// The master that leads, as ZooKeeper says, by the native protocol or, where it does not speak that, by HTTP.
  case zooKeeper(ZooKeeperAddress)

  /// Reads `HOST:PORT` for the native protocol, with port 5052 unless it is given; `http://HOST:PORT`, with port 5050;
  /// `zk://HOST:PORT,HOST:PORT/PATH`, or `file://` and the name of a file with that.
  ///
  /// - Throws: what is wrong with the text.
  public init(parsing text: String) throws {
    if ZooKeeperAddress.isMeant(by: text) {
      self = .zooKeeper(try ZooKeeperAddress(argument: text))
      return
    }
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
    case .zooKeeper(let address): address.description
    }
  }
}
