import GRDB

/// The tables of a database, version after version (`PRAGMA user_version`). Whoever changes them adds a step.
struct SQLiteSchema: Sendable {
  /// What makes each version of the one before; the first begins with an empty database.
  let steps: [@Sendable (Database) throws -> Void]

  /// The version that this program writes.
  var version: Int { steps.count }

  /// The version of a database; 0 if it is empty.
  static func version(of database: Database) throws -> Int {
    // A number below zero was never written: without its sign it is one of a later program, as which it is refused.
    Int(UInt32(bitPattern: try Int32.fetchOne(database, sql: "PRAGMA user_version") ?? 0))
  }

  /// Brings a database of that version, which is no later one, to the present one.
  func migrate(_ database: Database, from found: Int) throws {
    if found == version { return }
    for step in steps[found...] { try step(database) }
    try database.execute(sql: "PRAGMA user_version = \(version)")
  }
}
