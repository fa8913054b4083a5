// The registry in ZooKeeper, entry by entry.

import MesetaHost
import MesetaRuntime

/// Reads and writes the registry's nodes. Every change is one request that ZooKeeper carries out as a whole, and only if no
/// other leader has taken the registry over since.
actor ZooKeeperRegistryNodes {
  private let address: ZooKeeperAddress
  private let layout: ZooKeeperRegistryLayout
  private let timeout: Span
  private var session: ZooKeeperSession?
  /// The version of the epoch's node: ours until another leader sets it.
  private var epoch: Int32 = 0
  private var counter: (number: Int64, version: Int32) = (0, 0)
  /// The entries that are there. Look-up only.
  private var known: Set<RegistryKey> = []

  init(_ address: ZooKeeperAddress, sessionTimeout: Span) {
    self.address = address
    self.layout = ZooKeeperRegistryLayout(root: address.node("registry"))
    self.timeout = sessionTimeout
  }

  func close() async {
    await session?.close()
  }

  // MARK: Reading

  /// Takes the registry over from the leader before: nothing that it writes from now on is carried out.
  func takeOver() async throws(RegistryFailure) -> [RegistryEntry] {
    do {
      try await connect()
      try await lay()
      try await checkFormat()
      epoch = try await insist { [layout] session throws(ZooKeeperError) in
        try await session.set(layout.epoch, [])
      }
      let stat = try await insist { [layout] session throws(ZooKeeperError) in
        try await session.get(layout.counter).stat
      }
      counter = (0, stat.version)
      let entries = try await readEntries()
      known = Set(entries.map(\.key))
      return entries
    } catch {
      throw failure(error)
    }
  }

  /// All entries, beside a leader that may be there. Nil if there is no registry.
  func read() async throws(RegistryFailure) -> [RegistryEntry]? {
    do {
      try await connect()
      let isThere = try await insist { [layout] session throws(ZooKeeperError) in
        try await session.exists(layout.root) != nil
      }
      guard isThere else { return nil }
      try await checkFormat()
      return try await readEntries()
    } catch {
      throw failure(error)
    }
  }

  /// Whether masters stand for election beside it.
  func hasCandidates() async throws(RegistryFailure) -> Bool {
    do {
      try await connect()
      return try await insist { [address] session throws(ZooKeeperError) in
        guard try await session.exists(address.path) != nil else { return false }
        return ElectionNode.leader(among: try await session.children(of: address.path)) != nil
      }
    } catch {
      throw failure(error)
    }
  }

  private func connect() async throws {
    if session == nil { session = try ZooKeeperSession.open(address, timeout: timeout) {} }
    try await untilConnected()
  }

  /// Makes an empty registry where there is none.
  private func lay() async throws {
    let layout = layout
    try await insist { session throws(ZooKeeperError) in
      if try await session.exists(layout.root) != nil { return }
      try await session.createWithParents(String(layout.root.dropLast("/registry".count)))
      do throws(ZooKeeperError) {
        try await session.multi(layout.foundation)
      } catch {
        // Another master did at the same time.
        if error.kind != .nodeExists { throw error }
      }
    }
  }

  private func checkFormat() async throws {
    let data = try await insist { [layout] session throws(ZooKeeperError) in
      try await session.get(layout.root).data
    }
    let text = String(decoding: data, as: UTF8.self)
    guard let format = ZooKeeperRegistryLayout.format(of: text) else {
      throw RegistryFailure(
        .unreadable,
        "\(place) holds something else than a registry of Meseta. It is left as it is: name another path")
    }
    guard format == ZooKeeperRegistryLayout.format else {
      throw RegistryFailure(
        .unreadable,
        "\(place) was written by a later version of Meseta (format \(format); this one knows "
          + "\(ZooKeeperRegistryLayout.format)). It is left as it is: run that version, or name another path to begin anew"
      )
    }
  }

  private func readEntries() async throws -> [RegistryEntry] {
    var entries: [RegistryEntry] = []
    try await withThrowingTaskGroup(of: [RegistryEntry].self) { group in
      for bucket in 0..<ZooKeeperRegistryLayout.bucketCount {
        // Some at a time: each asks for all entries of a bucket at once.
        if bucket >= 16, let read = try await group.next() { entries += read }
        group.addTask { try await self.readBucket(bucket) }
      }
      for try await read in group { entries += read }
    }
    return entries.sorted { $0.key < $1.key }
  }

  private func readBucket(_ number: Int) async throws -> [RegistryEntry] {
    let bucket = layout.bucket(number)
    let names = try await insist { session throws(ZooKeeperError) in try await session.children(of: bucket) }
    return try await withThrowingTaskGroup(of: RegistryEntry?.self) { group in
      for name in names {
        group.addTask { try await self.readEntry(bucket + "/" + name, name) }
      }
      var entries: [RegistryEntry] = []
      for try await entry in group { if let entry { entries.append(entry) } }
      return entries
    }
  }

  private func readEntry(_ node: String, _ name: String) async throws -> RegistryEntry? {
    guard let key = ZooKeeperRegistryLayout.key(of: name) else {
      throw RegistryFailure(
        .unreadable, "\(place) holds \(name), which this version does not know. It is left as it is")
    }
    let data = try await insist { session throws(ZooKeeperError) -> [UInt8]? in
      do throws(ZooKeeperError) {
        return try await session.get(node).data
      } catch {
        // A leader removed it since.
        if error.kind == .noNode { return nil }
        throw error
      }
    }
    guard let data else { return nil }
    guard let entry = ZooKeeperRegistryLayout.entry(key, data: data) else {
      throw RegistryFailure(
        .unreadable,
        "\(place) is damaged: the checksum of \(key) is wrong. It is left as it is: restore it from an export, or name another path "
          + "to begin anew")
    }
    return entry
  }

  // MARK: Writing

  /// Writes a batch, all of it or nothing. One at a time.
  func write(_ batch: ZooKeeperRegistryBatch) async throws(RegistryFailure) {
    let operations = operations(for: batch)
    if operations.isEmpty { return }
    let text = Array("\(epoch) \(counter.number + 1)".utf8)
    let request =
      [
        .check(layout.epoch, version: epoch), .check(layout.counter, version: counter.version),
        .set(layout.counter, text),
      ] + operations
    do throws(ZooKeeperError) {
      try await carryOut(request, counterText: text)
    } catch {
      if error.kind == .badVersion, error.operation == 0 {
        throw RegistryFailure(.deposed, "another master has taken over \(place)")
      }
      throw failure(error)
    }
    counter = (counter.number + 1, counter.version + 1)
    for change in batch.changes {
      switch change {
      case .put(let entry): known.insert(entry.key)
      case .remove(let key): known.remove(key)
      }
    }
  }

  /// Sends a request until it is known that it was carried out, once.
  private func carryOut(_ request: [NodeOperation], counterText: [UInt8]) async throws(ZooKeeperError) {
    while true {
      let problem: ZooKeeperError
      do throws(ZooKeeperError) {
        guard let session else { throw ZooKeeperError(.sessionOver, "there is no session") }
        return try await session.multi(request)
      } catch {
        problem = error
      }
      if problem.kind == .sessionOver { throw problem }
      if problem.kind == .connectionLoss { try await untilConnected() }
      // The counter tells whether it was carried out and only the answer was lost. If not, the request can be made again: what
      // may still be on its way is refused then, or the one that follows it.
      let isDone = try await insist { [layout] session throws(ZooKeeperError) in
        try await session.catchUp(layout.counter)
        return try await session.get(layout.counter).data == counterText
      }
      if isDone { return }
      if problem.kind != .connectionLoss { throw problem }
    }
  }

  private func operations(for batch: ZooKeeperRegistryBatch) -> [NodeOperation] {
    batch.changes.compactMap { change in
      let node = layout.node(of: change.key)
      switch change {
      case .put(let entry):
        let data = ZooKeeperRegistryLayout.data(of: entry)
        return known.contains(entry.key) ? .set(node, data) : .create(node, data)
      case .remove(let key): return known.contains(key) ? .delete(node) : nil
      }
    }
  }

  // MARK: The connection

  /// Asks again after a lost connection, until the session is over.
  private func insist<Value: Sendable>(
    _ body: (ZooKeeperSession) async throws(ZooKeeperError) -> Value
  ) async throws(ZooKeeperError) -> Value {
    while true {
      guard let session else { throw ZooKeeperError(.sessionOver, "there is no session") }
      do throws(ZooKeeperError) {
        return try await body(session)
      } catch {
        guard error.kind == .connectionLoss else { throw error }
      }
      try await untilConnected()
    }
  }

  /// Waits for the connection, for as long as ZooKeeper would keep the session.
  private func untilConnected() async throws(ZooKeeperError) {
    let deadline = LeadershipLease.now() + (session?.timeout ?? timeout)
    while let session {
      switch session.state {
      case .connected: return
      case .over(let error): throw error
      case .connecting:
        guard LeadershipLease.now() < deadline else {
          throw ZooKeeperError(.sessionOver, "ZooKeeper was not reached for \(session.timeout)")
        }
        try? await Task.sleep(nanoseconds: 10_000_000)
      }
    }
  }

  private nonisolated var place: String { "the registry at \(address)" }

  private nonisolated func failure(_ error: any Error) -> RegistryFailure {
    error as? RegistryFailure ?? RegistryFailure(.unavailable, "\(place) cannot be used: \(error)")
  }
}
