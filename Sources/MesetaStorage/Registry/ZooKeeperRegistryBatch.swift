// Changes of the registry that go to ZooKeeper at once.

/// Collects writes until a request is full. Of several changes of one entry the last counts.
struct ZooKeeperRegistryBatch {
  /// ZooKeeper takes requests of a little less than 1 MiB, and writes more to its log than it was sent.
  static let longest = 512 << 10
  static let mostOperations = 2000

  private(set) var changes: [RegistryChange] = []
  /// How many writes are complete with this batch.
  private(set) var finishedWrites = 0
  /// Where in `changes` an entry is. Look-up only.
  private var places: [RegistryKey: Int] = [:]
  private var size = 0

  var isEmpty: Bool { changes.isEmpty }

  /// Whether there is room for more.
  func hasRoom(for more: [RegistryChange]) -> Bool {
    size + more.reduce(0) { $0 + Self.size(of: $1) } <= Self.longest
      && changes.count + more.count <= Self.mostOperations
  }

  mutating func add(_ change: RegistryChange) {
    size += Self.size(of: change)
    if let place = places[change.key] {
      changes[place] = change
    } else {
      places[change.key] = changes.count
      changes.append(change)
    }
  }

  /// Shares out writes to as few batches as will do, in order. A write is in one, unless it alone is too large.
  static func batches(of writes: [[RegistryChange]]) -> [ZooKeeperRegistryBatch] {
    var batches: [ZooKeeperRegistryBatch] = []
    var batch = ZooKeeperRegistryBatch()
    func close() {
      if !batch.isEmpty || batch.finishedWrites > 0 { batches.append(batch) }
      batch = ZooKeeperRegistryBatch()
    }
    for write in writes {
      if !batch.hasRoom(for: write) { close() }
      for change in write {
        if !batch.hasRoom(for: [change]) { close() }
        batch.add(change)
      }
      batch.finishedWrites += 1
    }
    close()
    return batches
  }

  private static func size(of change: RegistryChange) -> Int {
    let value = if case .put(let entry) = change { entry.value.count } else { 0 }
    // The path, escaped, and what ZooKeeper adds.
    return value + 3 * change.key.name.utf8.count + 128
  }
}
