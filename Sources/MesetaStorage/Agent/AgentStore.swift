// Where an agent keeps what it must not forget: one SQLite database.

import Foundation
import GRDB
package import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaWire
import Synchronization

/// The database of an agent.
///
/// What was written survives the process; what was synchronised, and all before it, the machine.
package final class AgentStore: Sendable {
  /// What an earlier life of an agent has left.
  package struct Contents {
    package var checkpoint: AgentCheckpoint?
    package var memory = AgentMemory()
    /// Names the start of the machine in which it was written.
    package var bootID: String?
    /// Records that cannot be read and were passed over: what is wrong with each.
    package var skipped: [String] = []
  }

  private static let schema = SQLiteSchema(steps: [makeTables])

  private let path: String
  private let queue: DatabaseQueue
  /// Whether the connection synchronises each transaction.
  private let synchronizes = Mutex(true)

  /// Opens the database, which is made if it is not there.
  ///
  /// - Throws: ``UnreadableCheckpoint`` for a file that this version cannot read. It is left as it is.
  package init(path: String) throws {
    self.path = path
    do {
      var configuration = Configuration()
      configuration.busyMode = .timeout(5)
      queue = try DatabaseQueue(path: path, configuration: configuration)
      let found = try queue.read(SQLiteSchema.version)
      guard found <= Self.schema.version else {
        throw UnreadableCheckpoint(
          path: path,
          reason: "it has format version \(found), this program reads version \(Self.schema.version)")
      }
      let check = try queue.read { db in try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "?" }
      guard check == "ok" else { throw UnreadableCheckpoint(path: path, reason: check) }
      try queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
      }
      try queue.write { db in try Self.schema.migrate(db, from: found) }
    } catch let error as DatabaseError {
      throw Self.refusal(error, path)
    }
  }

  /// A file that is damaged cannot be read; anything else that goes wrong is told as it is.
  private static func refusal(_ error: DatabaseError, _ path: String) -> any Error {
    switch error.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT: UnreadableCheckpoint(path: path, reason: error.message ?? "damaged")
    default: error
    }
  }

  @Sendable private static func makeTables(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE agent (id INTEGER PRIMARY KEY CHECK (id = 1), checkpoint BLOB, boot_id TEXT);
        INSERT INTO agent (id) VALUES (1);
        CREATE TABLE frameworks (
          number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, info BLOB NOT NULL, is_ending INTEGER NOT NULL);
        CREATE TABLE executors (
          number INTEGER PRIMARY KEY, framework TEXT NOT NULL, id TEXT NOT NULL, info BLOB NOT NULL,
          container TEXT NOT NULL, is_ending INTEGER NOT NULL, UNIQUE (framework, id));
        CREATE TABLE ended_tasks (
          number INTEGER PRIMARY KEY, executor INTEGER NOT NULL, id TEXT NOT NULL);
        CREATE INDEX ended_tasks_by_executor ON ended_tasks (executor);
        CREATE TABLE tasks (
          number INTEGER PRIMARY KEY, framework TEXT NOT NULL, id TEXT NOT NULL, info BLOB, container TEXT,
          is_accepted INTEGER NOT NULL, is_sent INTEGER NOT NULL, kill_reason INTEGER, kill_grace INTEGER,
          state INTEGER NOT NULL, running_since REAL, UNIQUE (framework, id));
        CREATE TABLE updates (
          number INTEGER PRIMARY KEY, task INTEGER NOT NULL, uuid BLOB NOT NULL, status BLOB NOT NULL,
          is_acknowledged INTEGER NOT NULL);
        CREATE INDEX updates_by_task ON updates (task);
        """)
  }

  // MARK: Writing

  /// Replaces the checkpoint, and returns when it is there for good.
  package func write(_ checkpoint: AgentCheckpoint) throws {
    var encoder = RecordEncoder()
    let record = encoder.encode(
      AgentCheckpointRecord(
        agentID: checkpoint.agentID, resources: checkpoint.resources,
        removedVolumes: checkpoint.removedVolumes, operations: checkpoint.operations, info: checkpoint.info))
    try transaction(isSynchronized: true) { db in
      try db.execute(sql: "UPDATE agent SET checkpoint = ?", arguments: [record])
    }
  }

  /// Writes down the start of the machine that it is.
  package func write(bootID: String) throws {
    try transaction(isSynchronized: true) { db in
      try db.execute(sql: "UPDATE agent SET boot_id = ?", arguments: [bootID])
    }
  }

  /// Takes changes in, all or none of them.
  package func record(_ records: [AgentRecord], isSynchronized: Bool) throws {
    try transaction(isSynchronized: isSynchronized) { db in
      var tables = AgentTables(db)
      for record in records { try tables.take(record) }
      // A transaction that changes nothing synchronises nothing.
      if records.isEmpty { try db.execute(sql: "UPDATE agent SET id = id") }
    }
  }

  /// Forgets everything: what comes is another agent.
  package func clear() throws {
    try transaction(isSynchronized: true) { db in
      for table in ["frameworks", "executors", "ended_tasks", "tasks", "updates"] {
        try db.execute(sql: "DELETE FROM \(table)")
      }
      try db.execute(sql: "UPDATE agent SET checkpoint = NULL")
    }
  }

  private func transaction(isSynchronized: Bool, _ body: (Database) throws -> Void) throws {
    try queue.writeWithoutTransaction { db in
      if synchronizes.withLock({ $0 != isSynchronized }) {
        try db.execute(sql: "PRAGMA synchronous = \(isSynchronized ? "FULL" : "NORMAL")")
        synchronizes.withLock { $0 = isSynchronized }
      }
      try db.inTransaction(.immediate) {
        try body(db)
        return .commit
      }
    }
  }

  // MARK: Reading

  /// What is there.
  ///
  /// - Parameter isStrict: Whether a record that cannot be read is refused with all others, rather than passed over.
  /// - Throws: ``UnreadableCheckpoint``.
  package func read(isStrict: Bool) throws -> Contents {
    do {
      return try queue.read { db in
        var reader = AgentTableReader(db)
        do {
          return try reader.read(isStrict: isStrict)
        } catch let error as UnreadableRecord {
          throw UnreadableCheckpoint(path: path, reason: error.description)
        }
      }
    } catch let error as DatabaseError {
      throw Self.refusal(error, path)
    }
  }
}
