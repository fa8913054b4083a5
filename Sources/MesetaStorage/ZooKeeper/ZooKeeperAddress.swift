// zk://user:password@host:port,host:port/path

import Foundation
public import MesetaModel

/// Where ZooKeeper is, and where in it a cluster keeps what it shares.
public struct ZooKeeperAddress: Hashable, Sendable, CustomStringConvertible {
  /// How an address begins.
  public static let scheme = "zk://"

  /// The servers, any of which will do.
  public let servers: [HostPort]
  /// The node below which everything is; `/` at the top.
  public let path: String
  /// `USER:PASSWORD`, for who shows them to the servers.
  package let credentials: String?

  /// Says what is wrong with a text that should be an address.
  public struct SyntaxError: Error, Hashable, CustomStringConvertible {
    /// What is wrong, with the text but for the password.
    public let description: String
  }

  /// Servers without credentials, as for tests.
  package init(servers: [HostPort], path: String) {
    self.servers = servers
    self.path = path
    self.credentials = nil
  }

  /// Whether a text is meant as an address, and not as that of one machine.
  public static func isMeant(by text: String) -> Bool {
    text.hasPrefix(scheme) || text.hasPrefix("file://")
  }

  /// Reads an address, or `file://` and the name of a file in which one stands, as for passwords that others must not see
  /// among the arguments of a process.
  public init(argument text: String) throws {
    guard text.hasPrefix("file://") else {
      try self.init(parsing: text)
      return
    }
    let path = String(text.dropFirst("file://".count))
    let contents: String
    do { contents = try String(contentsOfFile: path, encoding: .utf8) } catch {
      throw SyntaxError(description: "\(text) cannot be read: \(error.localizedDescription)")
    }
    do { try self.init(parsing: contents) } catch {
      throw SyntaxError(description: "in \(path): \(error)")
    }
  }

  /// Reads `zk://[USER:PASSWORD@]HOST:PORT,HOST:PORT/PATH`; a server without a port is at 2181.
  public init(parsing text: String) throws(SyntaxError) {
    let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard text.hasPrefix(Self.scheme) else {
      throw SyntaxError(
        description: "\"\(text)\" is not the address of ZooKeeper: it has to begin with \(Self.scheme)")
    }
    let rest = text.dropFirst(Self.scheme.count)
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    var authority = rest[..<slash]
    var credentials: String?
    if let at = authority.lastIndex(of: "@") {
      credentials = String(authority[..<at])
      authority = authority[authority.index(after: at)...]
    }
    let shown = "\(Self.scheme)\(authority)\(rest[slash...])"
    func wrong(_ reason: String) -> SyntaxError {
      SyntaxError(description: "\"\(shown)\" is not zk://HOST:PORT,HOST:PORT/PATH: \(reason)")
    }
    if let credentials, !credentials.contains(":") {
      throw wrong("what stands before \"@\" is not USER:PASSWORD")
    }
    var servers: [HostPort] = []
    for server in authority.split(separator: ",", omittingEmptySubsequences: false) {
      do throws(HostPort.SyntaxError) {
        servers.append(try HostPort(parsing: String(server), defaultPort: 2181))
      } catch {
        throw wrong(error.description)
      }
    }
    self.servers = servers
    self.credentials = credentials
    let names = rest[slash...].split(separator: "/", omittingEmptySubsequences: true)
    if let name = names.first(where: { $0 == "." || $0 == ".." || $0.contains("\0") }) {
      throw wrong("\"\(name)\" cannot be the name of a node")
    }
    self.path = "/" + names.joined(separator: "/")
  }

  /// A node below the path.
  package func node(_ name: String) -> String { path == "/" ? "/\(name)" : "\(path)/\(name)" }

  /// As it is read, without the password.
  public var description: String { Self.scheme + serverList + path }

  /// As ZooKeeper's client reads them.
  var serverList: String { servers.map(\.description).joined(separator: ",") }
}
