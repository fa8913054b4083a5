// The registry of several masters.

public import MesetaHost
public import MesetaMaster
public import MesetaRuntime
import Synchronization

/// Keeps the registry in ZooKeeper, for whichever master leads. What is asked for while a write is under way is written together
/// after it. It has to be closed.
public final class ZooKeeperRegistryStore: RegistryStore, RegistryArchive {
  private typealias Completion = @Sendable (Result<Void, RegistryFailure>) -> Void

  private struct Pending {
    var writes: [(operations: [RegistryOperation], completion: Completion)] = []
    var isWriting = false
    var failure: RegistryFailure?
    /// Used by the one that writes.
    var journal = RegistryJournal(RegistryState())
  }

  private let address: ZooKeeperAddress
  private let nodes: ZooKeeperRegistryNodes
  private let pending = Mutex(Pending())

  /// - Parameter sessionTimeout: For so long writes wait for ZooKeeper, if they have to, before they fail.
  public init(_ address: ZooKeeperAddress, sessionTimeout: Span) {
    self.address = address
    self.nodes = ZooKeeperRegistryNodes(address, sessionTimeout: sessionTimeout)
  }

  /// Ends the session with ZooKeeper: what is not written yet may never be.
  public func close() async { await nodes.close() }

  // MARK: For masters

  /// Takes the registry over: what an earlier leader writes from then on is refused. Gives what is in it.
  public func recover() async throws -> RegistryState {
    let state = try RegistryContents(try await nodes.takeOver()).state
    pending.withLock { $0.journal = RegistryJournal(state) }
    return state
  }

  /// Writes operations; see ``RegistryStore``.
  public func write(
    _ operations: [RegistryOperation],
    completion: @escaping @Sendable (Result<Void, RegistryFailure>) -> Void
  ) {
    let begins = pending.withLock { pending in
      pending.writes.append((operations, completion))
      defer { pending.isWriting = true }
      return !pending.isWriting
    }
    if begins { Task { await writePending() } }
  }

  private func writePending() async {
    while let (completions, changes, failure) = takePending() {
      var (rest, failure) = (completions[...], failure)
      for batch in ZooKeeperRegistryBatch.batches(of: changes) {
        if failure == nil { failure = await write(batch) }
        for completion in rest.prefix(batch.finishedWrites) {
          completion(failure.map(Result.failure) ?? .success(()))
        }
        rest = rest.dropFirst(batch.finishedWrites)
      }
    }
  }

  /// What waits to be written, and why it cannot be, if so; nil if there is nothing.
  private func takePending() -> ([Completion], [[RegistryChange]], RegistryFailure?)? {
    pending.withLock { pending in
      let writes = pending.writes
      pending.writes = []
      if writes.isEmpty {
        pending.isWriting = false
        return nil
      }
      let changes = writes.map { pending.journal.changes(for: $0.operations) }
      return (writes.map(\.completion), changes, pending.failure)
    }
  }

  private func write(_ batch: ZooKeeperRegistryBatch) async -> RegistryFailure? {
    do throws(RegistryFailure) {
      try await nodes.write(batch)
      return nil
    } catch {
      pending.withLock { $0.failure = error }
      return error
    }
  }

  // MARK: For operators

  package func entries() async throws(RegistryFailure) -> [RegistryEntry] {
    guard let entries = try await nodes.read() else {
      throw RegistryFailure(
        .unreadable, "there is no registry at \(address): a master that leads with this --zk makes one")
    }
    return entries
  }

  package func fill(_ entries: [RegistryEntry]) async throws(RegistryFailure) {
    if try await nodes.hasCandidates() {
      throw RegistryFailure(.unavailable, "masters stand for election at \(address): stop them first")
    }
    if let count = try await nodes.read()?.count, count > 0 {
      throw RegistryFailure(
        .unavailable,
        "the registry at \(address) holds \(count) entries already: import into a path of its own")
    }
    _ = try await nodes.takeOver()
    for batch in ZooKeeperRegistryBatch.batches(of: entries.map { [.put($0)] }) {
      try await nodes.write(batch)
    }
  }
}
