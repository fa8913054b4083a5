// One server for all tests that need no more, each below a path of its own.

import Foundation
import MesetaRuntime
import ZooKeeperServers

@testable import MesetaStorage

enum TestZooKeeper {
  /// Started by the first who asks; ends with the process.
  private static let server = Task { try await ZooKeeperServers() }

  /// A place where nothing is yet.
  static func address() async throws -> ZooKeeperAddress {
    let servers = try await server.value
    return try ZooKeeperAddress(parsing: servers.url("test-\(UInt64.random(in: .min ... .max))"))
  }
}

extension ZooKeeperSession {
  /// A session that is connected.
  static func connected(
    to address: ZooKeeperAddress, timeout: Span = .seconds(30), news: @escaping @Sendable () -> Void = {}
  ) async throws -> ZooKeeperSession {
    let bell = Bell()
    let session = try open(address, timeout: timeout) {
      bell.ring()
      news()
    }
    bell.ring()
    for await _ in bell.rings {
      switch session.state {
      case .connected: return session
      case .over(let error): throw error
      case .connecting: continue
      }
    }
    return session
  }
}
