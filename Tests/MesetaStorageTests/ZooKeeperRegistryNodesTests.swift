// The registry in a real ZooKeeper.

import MesetaHost
import MesetaRuntime
import Testing
import ZooKeeperServers

@testable import MesetaStorage

@Suite struct ZooKeeperRegistryNodesTests {
  private func nodes(_ address: ZooKeeperAddress) -> ZooKeeperRegistryNodes {
    ZooKeeperRegistryNodes(address, sessionTimeout: .seconds(30))
  }

  private func entry(_ name: String, _ value: [UInt8] = [1]) -> RegistryEntry {
    RegistryEntry(RegistryKey(.agent, name), value)
  }

  private func write(_ changes: [RegistryChange], to nodes: ZooKeeperRegistryNodes) async throws {
    for batch in ZooKeeperRegistryBatch.batches(of: [changes]) { try await nodes.write(batch) }
  }

  @Test(.timeLimit(.minutes(3))) func whatIsWrittenIsThereForTheNext() async throws {
    let address = try await TestZooKeeper.address()
    let first = nodes(address)
    #expect(try await first.read() == nil)
    #expect(try await first.takeOver() == [])
    try await write([.put(entry("a")), .put(entry("b")), .put(entry("c"))], to: first)
    let quota = RegistryEntry(RegistryKey(.quota, "eng/dev"), [])
    try await write([.put(entry("a", [2, 3])), .remove(RegistryKey(.agent, "b")), .put(quota)], to: first)
    try await write([.remove(RegistryKey(.agent, "b")), .remove(RegistryKey(.gone, "never"))], to: first)
    await first.close()
    let second = nodes(address)
    #expect(try await second.takeOver() == [entry("a", [2, 3]), entry("c"), quota])
    try await write([.put(entry("c", [9]))], to: second)
    #expect(try await second.read() == [entry("a", [2, 3]), entry("c", [9]), quota])
    await second.close()
  }

  @Test(.timeLimit(.minutes(3))) func whoWasDeposedWritesNothingMore() async throws {
    let address = try await TestZooKeeper.address()
    let old = nodes(address)
    _ = try await old.takeOver()
    try await write([.put(entry("a"))], to: old)
    let new = nodes(address)
    #expect(try await new.takeOver() == [entry("a")])
    let error = await #expect(throws: RegistryFailure.self) { try await write([.put(entry("b"))], to: old) }
    #expect(error?.reason == .deposed)
    #expect(error?.description == "another master has taken over the registry at \(address)")
    #expect(try await new.read() == [entry("a")])
    try await write([.put(entry("c"))], to: new)
    await old.close()
    await new.close()
  }

  @Test(.timeLimit(.minutes(3))) func thousandsOfAgentsAreWrittenAndReadBack() async throws {
    let address = try await TestZooKeeper.address()
    let nodes = nodes(address)
    _ = try await nodes.takeOver()
    let entries = (0..<5000).map { entry("agent-S\(10000 + $0)", [UInt8](repeating: 5, count: 200)) }
    try await write(entries.map(RegistryChange.put), to: nodes)
    #expect(try await nodes.read() == entries)
    await nodes.close()
  }

  @Test(
    .timeLimit(.minutes(3)),
    arguments: [
      ("meseta registry 2", "was written by a later version of Meseta (format 2; this one knows 1)"),
      ("somebody's data", "holds something else than a registry of Meseta"),
    ])
  func whatCannotBeReadIsLeftAsItIs(text: String, problem: String) async throws {
    let address = try await TestZooKeeper.address()
    let session = try await ZooKeeperSession.connected(to: address)
    try await session.createWithParents(address.node("registry"))
    try await session.set(address.node("registry"), Array(text.utf8))
    let nodes = nodes(address)
    let error = await #expect(throws: RegistryFailure.self) { try await nodes.takeOver() }
    #expect(error?.reason == .unreadable)
    #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    #expect(try await session.get(address.node("registry")).data == Array(text.utf8))
    #expect(try await session.children(of: address.node("registry")).isEmpty)
    await nodes.close()
    await session.close()
  }

  @Test(.timeLimit(.minutes(3))) func aDamagedEntryIsNamed() async throws {
    let address = try await TestZooKeeper.address()
    let nodes = nodes(address)
    _ = try await nodes.takeOver()
    try await write([.put(entry("a"))], to: nodes)
    let session = try await ZooKeeperSession.connected(to: address)
    let layout = ZooKeeperRegistryLayout(root: address.node("registry"))
    try await session.set(layout.node(of: RegistryKey(.agent, "a")), [0, 0, 0, 0, 1])
    let error = await #expect(throws: RegistryFailure.self) { try await nodes.takeOver() }
    #expect(error?.reason == .unreadable)
    #expect(error?.description.contains("the checksum of agents/a is wrong") == true)
    await nodes.close()
    await session.close()
  }

  @Test(.timeLimit(.minutes(3))) func aServerThatIsNotThereIsNamed() async throws {
    let address = try ZooKeeperAddress(parsing: "zk://127.0.0.1:1/meseta")
    let nodes = ZooKeeperRegistryNodes(address, sessionTimeout: .milliseconds(200))
    let error = await #expect(throws: RegistryFailure.self) { try await nodes.takeOver() }
    #expect(error?.reason == .unavailable)
    #expect(error?.description.contains("ZooKeeper was not reached for 200ms") == true)
    await nodes.close()
  }
}

@Suite struct LostAnswerTests {
  private func entry(_ number: Int) -> RegistryEntry {
    RegistryEntry(RegistryKey(.agent, "a\(number)"), [UInt8(number)])
  }

  /// Whether a change was carried out is not known when the connection breaks: it is done once all the same.
  @Test(.timeLimit(.minutes(3))) func aChangeWhoseAnswerIsLostIsDoneOnce() async throws {
    let address = try await TestZooKeeper.address()
    let proxy = try LossyProxy(to: address.servers[0])
    let lossy = ZooKeeperAddress(servers: [proxy.address], path: address.path)
    let nodes = ZooKeeperRegistryNodes(lossy, sessionTimeout: .seconds(30))
    _ = try await nodes.takeOver()
    for number in 0..<3 {
      proxy.loseNextAnswer()
      let batches = ZooKeeperRegistryBatch.batches(of: [[.put(entry(number))]])
      for batch in batches { try await nodes.write(batch) }
    }
    let session = try await ZooKeeperSession.connected(to: address)
    let counter = try await session.get(address.node("registry/counter"))
    #expect(String(decoding: counter.data, as: UTF8.self) == "1 3")
    #expect(counter.stat.version == 3)
    #expect(try await nodes.read() == (0..<3).map(entry))
    await nodes.close()
    await session.close()
    proxy.stop()
  }
}
