// What the stores of the registry can write by themselves, without Meseta.

import BenchmarkSupport
import CZooKeeperClient
import Foundation
import GRDB
import Glibc
import MesetaModel
import Synchronization

/// Writes as many bytes as an agent's entry has, one after the other.
enum RawStore {
  static let bytes = 300

  /// Transactions of one row each, each of them on disk, in a second.
  static func sqlite(directory: String, seconds: Double) throws -> Double {
    let database = try DatabaseQueue(path: directory + "/raw.sqlite")
    try database.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA journal_mode = WAL")
      try database.execute(sql: "PRAGMA synchronous = FULL")
      try database.execute(sql: "CREATE TABLE rows (name INTEGER PRIMARY KEY, value BLOB NOT NULL)")
    }
    let value = Data(count: bytes)
    let begun = Clock.now()
    var count = 0
    while Double(Clock.now() - begun) < seconds * 1e9 {
      try database.write { database in
        try database.execute(sql: "INSERT INTO rows (value) VALUES (?)", arguments: [value])
      }
      count += 1
    }
    return Double(count) / (Double(Clock.now() - begun) / 1e9)
  }

  /// Nodes that are set in a second, with so many requests under way.
  static func zooKeeper(_ server: HostPort, seconds: Double, window: Int = 1000) async throws -> Double {
    let answered = Counter()
    guard let handle = zookeeper_init("\(server)", nil, 30_000, nil, nil, 0) else {
      throw BenchmarkFailure("no session with ZooKeeper: \(String(cString: strerror(errno)))")
    }
    defer { zookeeper_close(handle) }
    while zoo_state(handle) != ZOO_CONNECTED_STATE { try await Task.sleep(nanoseconds: 1_000_000) }
    let value = [CChar](repeating: 0, count: bytes)
    guard zoo_create(handle, "/raw", value, Int32(bytes), bench_open_acl(), 0, nil, 0) == ZOK.rawValue else {
      throw BenchmarkFailure("ZooKeeper does not make a node")
    }
    let context = Unmanaged.passUnretained(answered).toOpaque()
    let begun = Clock.now()
    var asked = 0
    while Double(Clock.now() - begun) < seconds * 1e9 {
      while asked - answered.value < window {
        guard zoo_aset(handle, "/raw", value, Int32(bytes), -1, Self.completed, context) == ZOK.rawValue
        else {
          throw BenchmarkFailure("ZooKeeper does not take a write")
        }
        asked += 1
      }
      try await Task.sleep(nanoseconds: 200_000)
    }
    let count = answered.value
    let duration = Double(Clock.now() - begun) / 1e9
    try await answered.wait(for: asked, "writes are answered")
    return Double(count) / duration
  }

  /// On the client's own thread.
  private static let completed: stat_completion_t = { _, _, context in
    guard let context else { return }
    Unmanaged<Counter>.fromOpaque(context).takeUnretainedValue().increment()
  }
}
