import Testing

@testable import MesetaStorage

@Suite struct ZooKeeperRegistryLayoutTests {
  private let layout = ZooKeeperRegistryLayout(root: "/meseta/registry")

  @Test(arguments: [
    ("eng/dev", "quotas:eng%2fdev"), ("", "quotas:"), ("*", "quotas:%2a"), ("a.b-c_D9", "quotas:a.b-c_D9"),
    ("100%", "quotas:100%25"), ("ä:b", "quotas:%c3%a4%3ab"),
  ])
  func anyNameFitsIntoOneNode(name: String, node: String) {
    let key = RegistryKey(.quota, name)
    #expect(ZooKeeperRegistryLayout.name(of: key) == node)
    #expect(ZooKeeperRegistryLayout.key(of: node) == key)
  }

  @Test(arguments: [
    "quotas", "tasks:1", "quotas:%", "quotas:%zz", "quotas:%2", "quotas:/", "quotas:%2F", "quotas:%ff",
  ])
  func whatWeDoNotWriteIsNoKey(name: String) { #expect(ZooKeeperRegistryLayout.key(of: name) == nil) }

  /// In stores: these must never change.
  @Test func entriesStayWhereTheyAre() {
    #expect(layout.node(of: RegistryKey(.maintenance)) == "/meseta/registry/entries/c6/maintenance:")
    #expect(layout.node(of: RegistryKey(.agent, "a-S1")) == "/meseta/registry/entries/19/agents:a-S1")
  }

  @Test func aHundredThousandAgentsMakeShortLists() {
    var sizes: [String: Int] = [:]
    // A tenth of them.
    for number in 0..<10_000 {
      let node = layout.node(of: RegistryKey(.agent, "3c9a1f0e-7d1b-4a57-9a59-0c3f4a6e8b11-S\(number)"))
      sizes[String(node.prefix(28)), default: 0] += node.utf8.count
    }
    #expect(sizes.count == 256)
    #expect(10 * (sizes.values.max() ?? .max / 10) < 128 << 10)
  }

  @Test func aValueThatWasChangedOrMovedIsNoticed() {
    let entry = RegistryEntry(RegistryKey(.weight, "eng"), [1, 2, 3])
    var data = ZooKeeperRegistryLayout.data(of: entry)
    #expect(ZooKeeperRegistryLayout.entry(entry.key, data: data) == entry)
    #expect(ZooKeeperRegistryLayout.entry(RegistryKey(.weight, "ops"), data: data) == nil)
    data[5] ^= 1
    #expect(ZooKeeperRegistryLayout.entry(entry.key, data: data) == nil)
    #expect(ZooKeeperRegistryLayout.entry(entry.key, data: []) == nil)
  }
}

@Suite struct ZooKeeperRegistryBatchTests {
  private func put(_ name: String, _ count: Int = 1) -> RegistryChange {
    .put(RegistryEntry(RegistryKey(.agent, name), [UInt8](repeating: 7, count: count)))
  }

  @Test func writesGoTogetherAsFarAsTheyFit() {
    let writes = (0..<10).map { [put("a\($0)", 200 << 10), .remove(RegistryKey(.gone, "a\($0)"))] }
    let batches = ZooKeeperRegistryBatch.batches(of: writes)
    #expect(batches.map(\.changes.count) == [4, 4, 4, 4, 4])
    #expect(batches.flatMap(\.changes) == writes.flatMap { $0 })
  }

  @Test func aWriteIsOnlyTornIfItIsTooLargeByItself() {
    let small = [put("s", 10)]
    let large = (0..<5000).map { put("l\($0)") }
    let batches = ZooKeeperRegistryBatch.batches(of: [small, large, small])
    #expect(batches.first?.changes == small)
    #expect(batches.flatMap(\.changes) == small + large + small)
    #expect(batches.allSatisfy { $0.changes.count <= ZooKeeperRegistryBatch.mostOperations })
  }

  @Test func ofSeveralChangesOfAnEntryTheLastCounts() {
    let removal = RegistryChange.remove(RegistryKey(.agent, "a"))
    let batches = ZooKeeperRegistryBatch.batches(of: [[put("a"), put("b")], [removal], [put("b", 2)]])
    #expect(batches.map(\.changes) == [[removal, put("b", 2)]])
    #expect(batches.map(\.finishedWrites) == [3])
  }

  @Test func aWriteIsCompleteWithItsLastChange() {
    let large = (0..<5000).map { put("l\($0)") }
    let batches = ZooKeeperRegistryBatch.batches(of: [[put("s")], large, [], [put("s")]])
    #expect(batches.map(\.finishedWrites) == [1, 0, 0, 3])
    #expect(ZooKeeperRegistryBatch.batches(of: [[], []]).map(\.finishedWrites) == [2])
    #expect(ZooKeeperRegistryBatch.batches(of: []).isEmpty)
  }
}
