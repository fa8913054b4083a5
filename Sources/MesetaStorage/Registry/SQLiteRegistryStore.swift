// The registry of a master that is the only one: a file in its work directory.

import Dispatch
import Foundation
import GRDB
public import MesetaHost
public import MesetaMaster
import Synchronization

/// Keeps the registry in a file, `registry.sqlite`. What is asked for while a write is under way is written together after it, in
/// one transaction that is on disk when it completes (`synchronous = FULL` in WAL mode).
public final class SQLiteRegistryStore: RegistryStore, RegistryArchive {
  /// The file.
  public let path: String
  private let database: DatabaseQueue
  /// Held for as long as the store is there: one master at a time has the file.
  private let lock: Mutex<FileLock?>
  private let queue = RegistryWriteQueue()
  private let writer = DispatchQueue(label: "registry")

  /// Takes the registry of a work directory for this process alone.
  ///
  /// - Parameter directory: made if it is not there.
  /// - Throws: ``RegistryFailure`` if the file is another master's, damaged, or of a later version. It is left as it is.
  public convenience init(directory: String) throws(RegistryFailure) {
    try self.init(directory: directory, isShared: false)
  }

  /// - Parameter isShared: to look at a registry, perhaps beside a master that runs.
  package init(directory: String, isShared: Bool) throws(RegistryFailure) {
    let path = directory + "/registry.sqlite"
    self.path = path
    do {
      if isShared {
        guard FileManager.default.fileExists(atPath: path) else {
          throw RegistryFailure(
            .unreadable,
            "there is no registry in \(directory): a master that runs with this work directory makes one")
        }
        lock = Mutex(nil)
      } else {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        guard let held = FileLock(directory + "/registry.lock") else {
          throw RegistryFailure(
            .unavailable, "another master uses \(directory): stop it, or name another work directory")
        }
        lock = Mutex(held)
        // Looked at before it is opened for writing, which changes it.
        if FileManager.default.fileExists(atPath: path) { try Self.check(path) }
      }
      database = try DatabaseQueue(path: path, configuration: Self.configuration(isReadOnly: isShared))
    } catch {
      throw RegistryFailure(error, path)
    }
  }

  private static func configuration(isReadOnly: Bool) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = isReadOnly
    configuration.busyMode = .timeout(5)
    configuration.label = "registry"
    return configuration
  }

  private static func check(_ path: String) throws {
    let database = try DatabaseQueue(path: path, configuration: configuration(isReadOnly: true))
    _ = try database.read { try SQLiteRegistryFile.check($0, path: path) }
  }

  /// Has what is written survive the machine, and brings the file to the present form.
  private func prepare() throws {
    try database.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA journal_mode = WAL")
      try database.execute(sql: "PRAGMA synchronous = FULL")
      try database.inTransaction {
        let found = try SQLiteRegistryFile.check(database, path: path)
        try SQLiteRegistryFile.schema.migrate(database, from: found)
        return .commit
      }
    }
  }

  // MARK: For masters

  /// What the entries have, without what the file adds.
  public var bytes: Int? { queue.bytes }

  /// Reads all of it, and has what is written from then on survive the machine.
  public func recover() async throws -> RegistryState {
    let entries = try await entries()
    let state = try RegistryContents(entries).state
    do { try prepare() } catch { throw RegistryFailure(error, path) }
    queue.begin(with: entries, state)
    return state
  }

  /// Writes operations; see ``RegistryStore``.
  public func write(
    _ operations: [RegistryOperation],
    completion: @escaping @Sendable (Result<Void, RegistryFailure>) -> Void
  ) {
    if queue.add(operations, completion: completion) { writer.async { self.writePending() } }
  }

  private func writePending() {
    while let writes = queue.take() {
      let result = write(writes.flatMap(\.changes))
      for write in writes { write.completion(result) }
    }
  }

  private func write(_ changes: [RegistryChange]) -> Result<Void, RegistryFailure> {
    if let failure = queue.failure { return .failure(failure) }
    do {
      return .success(try database.write { try SQLiteRegistryFile.apply(changes, to: $0) })
    } catch {
      let failure = RegistryFailure(error, path)
      queue.fail(failure)
      return .failure(failure)
    }
  }

  /// Writes what was asked for, and lets another have the file.
  public func close() async {
    await withCheckedContinuation { continuation in
      writer.async { [self] in
        try? database.close()
        lock.withLock { $0 = nil }
        continuation.resume()
      }
    }
  }

  // MARK: For operators

  package func entries() async throws(RegistryFailure) -> [RegistryEntry] {
    do {
      return try await database.read { [path] database in
        guard try SQLiteRegistryFile.check(database, path: path) > 0 else { return [] }
        let problems = try String.fetchAll(database, sql: "PRAGMA quick_check(1)")
        guard problems == ["ok"] else {
          throw RegistryFailure(
            .unreadable,
            "\(path) is damaged: \(problems.first ?? "?"). It is left as it is: restore it from an export, or move it away to begin "
              + "anew")
        }
        return try SQLiteRegistryFile.entries(database, path: path)
      }
    } catch {
      throw RegistryFailure(error, path)
    }
  }

  package func fill(_ entries: [RegistryEntry]) async throws(RegistryFailure) {
    do {
      try prepare()
      try await database.write { [path] database in
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM entries") ?? 0
        guard count == 0 else {
          throw RegistryFailure(
            .unavailable, "\(path) holds \(count) entries already: import into a work directory of its own")
        }
        try SQLiteRegistryFile.apply(entries.map(RegistryChange.put), to: database)
      }
    } catch {
      throw RegistryFailure(error, path)
    }
  }
}

extension RegistryFailure {
  /// What went wrong with the file.
  fileprivate init(_ error: any Error, _ path: String) {
    switch error {
    case let failure as RegistryFailure: self = failure
    case let error as DatabaseError
    where error.resultCode == .SQLITE_NOTADB || error.resultCode == .SQLITE_CORRUPT:
      self.init(
        .unreadable,
        "\(path) is damaged: \(error.message ?? "\(error)"). It is left as it is: restore it from an export, or move it away to "
          + "begin anew")
    case let error as DatabaseError: self.init(.unavailable, "\(path): \(error.message ?? "\(error)")")
    default: self.init(.unavailable, "\(path): \(error.localizedDescription)")
    }
  }
}
