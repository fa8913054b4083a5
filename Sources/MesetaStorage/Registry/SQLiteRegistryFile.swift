// The file of a registry on one machine: a database of SQLite with one table of entries.

import Foundation
import GRDB
import MesetaHost
import MesetaWire

/// What is in the file, and how it is told from others.
enum SQLiteRegistryFile {
  /// "Mesr": says that the file is a registry of ours (`PRAGMA application_id`).
  static let applicationID = 0x4D65_7372
  static let schema = SQLiteSchema(steps: [makeTable])

  /// Says what is wrong with a file. Returns which version it has; 0: it is empty.
  static func check(_ database: Database, path: String) throws -> Int {
    let format = try SQLiteSchema.version(of: database)
    let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    if application == 0, format == 0, tables == 0 { return 0 }
    guard application == applicationID else {
      throw RegistryFailure(
        .unreadable,
        "\(path) is a database of something else. It is left as it is: name another work directory")
    }
    guard format <= schema.version else {
      throw RegistryFailure(
        .unreadable,
        "\(path) was written by a later version of Meseta (format \(format); this one knows \(schema.version)). It is left as it is: "
          + "run that version, or move the file away to begin anew")
    }
    return format
  }

  @Sendable private static func makeTable(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE entries (
          kind TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, checksum INTEGER NOT NULL,
          PRIMARY KEY (kind, name)
        ) WITHOUT ROWID;
        PRAGMA application_id = \(applicationID);
        """)
  }

  /// All entries, in the order of their keys.
  static func entries(_ database: Database, path: String) throws -> [RegistryEntry] {
    let sql = "SELECT kind, name, value, checksum FROM entries ORDER BY kind, name"
    var entries: [RegistryEntry] = []
    let rows = try Row.fetchCursor(database, sql: sql)
    while let row = try rows.next() {
      let (kind, name): (String, String) = (row[0], row[1])
      let value = [UInt8](row[2] as Data)
      guard let kind = RegistryKey.Kind(rawValue: kind) else {
        throw RegistryFailure(
          .unreadable, "\(path) holds \(kind)/\(name), which this version does not know. It is left as it is")
      }
      let key = RegistryKey(kind, name)
      guard checksum(key, value) == row[3] as Int64 else {
        throw RegistryFailure(
          .unreadable,
          "\(path) is damaged: the checksum of \(key) is wrong. It is left as it is: restore it from an export, or move it away to "
            + "begin anew")
      }
      entries.append(RegistryEntry(key, value))
    }
    return entries
  }

  static func apply(_ changes: [RegistryChange], to database: Database) throws {
    let put = try database.cachedStatement(
      sql: "INSERT OR REPLACE INTO entries (kind, name, value, checksum) VALUES (?, ?, ?, ?)")
    let remove = try database.cachedStatement(sql: "DELETE FROM entries WHERE kind = ? AND name = ?")
    for change in changes {
      let key = change.key
      switch change {
      case .put(let entry):
        try put.execute(arguments: [
          key.kind.rawValue, key.name, Data(entry.value), checksum(key, entry.value),
        ])
      case .remove: try remove.execute(arguments: [key.kind.rawValue, key.name])
      }
    }
  }

  /// Of the key and the value, so that a value that has got to another key is noticed.
  private static func checksum(_ key: RegistryKey, _ value: [UInt8]) -> Int64 {
    var checksum = CRC32C()
    Array(key.description.utf8).withUnsafeBytes { checksum.update($0) }
    value.withUnsafeBytes { checksum.update($0) }
    return Int64(checksum.value)
  }
}
