// The registry of several masters.

public import MesetaHost
public import MesetaMaster
public import MesetaRuntime

/// Keeps the registry in ZooKeeper, for whichever master leads. What is asked for while a write is under way is written together
/// after it. It has to be closed.
public final class ZooKeeperRegistryStore: RegistryStore, RegistryArchive {
  private let address: ZooKeeperAddress
  private let nodes: ZooKeeperRegistryNodes
  private let queue = RegistryWriteQueue()

  /// - Parameter sessionTimeout: For so long writes wait for ZooKeeper, if they have to, before they fail.
  public init(_ address: ZooKeeperAddress, sessionTimeout: Span) {
    self.address = address
    self.nodes = ZooKeeperRegistryNodes(address, sessionTimeout: sessionTimeout)
  }

  /// Ends the session with ZooKeeper: what is not written yet may never be.
  public func close() async { await nodes.close() }

  // MARK: For masters

  /// What the entries have, without what ZooKeeper adds.
  public var bytes: Int? { queue.bytes }

  /// Takes the registry over: what an earlier leader writes from then on is refused. Gives what is in it.
  public func recover() async throws -> RegistryState {
    let entries = try await nodes.takeOver()
    let state = try RegistryContents(entries).state
    queue.begin(with: entries, state)
    return state
  }

  /// Writes operations; see ``RegistryStore``.
  public func write(
    _ operations: [RegistryOperation],
    completion: @escaping @Sendable (Result<Void, RegistryFailure>) -> Void
  ) {
    if queue.add(operations, completion: completion) { Task { await writePending() } }
  }

  private func writePending() async {
    while let writes = queue.take() {
      var rest = writes[...]
      for batch in ZooKeeperRegistryBatch.batches(of: writes.map(\.changes)) {
        let result = await write(batch)
        for write in rest.prefix(batch.finishedWrites) { write.completion(result) }
        rest = rest.dropFirst(batch.finishedWrites)
      }
    }
  }

  private func write(_ batch: ZooKeeperRegistryBatch) async -> Result<Void, RegistryFailure> {
    if let failure = queue.failure { return .failure(failure) }
    do throws(RegistryFailure) {
      return .success(try await nodes.write(batch))
    } catch {
      queue.fail(error)
      return .failure(error)
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
