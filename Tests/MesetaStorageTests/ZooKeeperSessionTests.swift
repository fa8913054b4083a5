import MesetaRuntime
import Testing

@testable import MesetaStorage

@Suite struct ZooKeeperSessionTests {
  @Test(.timeLimit(.minutes(3))) func nodesAreMadeReadChangedAndRemoved() async throws {
    let address = try await TestZooKeeper.address()
    let session = try await ZooKeeperSession.connected(to: address)
    try await session.createWithParents(address.node("a/b"))
    let node = try await session.create(address.node("a/b/c"), [1, 2, 3])
    #expect(node == address.node("a/b/c"))
    #expect(try await session.get(node).data == [1, 2, 3])
    #expect(try await session.set(node, [], version: 0) == 1)
    #expect(try await session.get(node).data == [])
    #expect(try await session.exists(node)?.version == 1)
    #expect(try await session.children(of: address.node("a/b")) == ["c"])
    await #expect(throws: ZooKeeperError.self) { try await session.set(node, [9], version: 0) }
    try await session.delete(node)
    #expect(try await session.exists(node) == nil)
    let error = await #expect(throws: ZooKeeperError.self) { try await session.get(node) }
    #expect(error?.kind == .noNode)
    #expect(error?.description == "\(node): no node")
    await session.close()
  }

  @Test(.timeLimit(.minutes(3))) func whatIsDoneAtOnceIsDoneAsAWhole() async throws {
    let address = try await TestZooKeeper.address()
    let session = try await ZooKeeperSession.connected(to: address)
    let (epoch, entry) = (address.node("epoch"), address.node("entry"))
    try await session.createWithParents(epoch)
    try await session.multi([.check(epoch, version: 0), .create(entry, [1]), .set(entry, [2])])
    #expect(try await session.get(entry).data == [2])
    let other = [NodeOperation.set(entry, [3]), .check(epoch, version: 7), .delete(entry)]
    let error = await #expect(throws: ZooKeeperError.self) { try await session.multi(other) }
    #expect(error?.kind == .badVersion)
    #expect(error?.operation == 1)
    #expect(try await session.get(entry).data == [2])
    await session.close()
  }

  @Test(.timeLimit(.minutes(3))) func candidatesAreNumberedAndEndWithTheirSession() async throws {
    let address = try await TestZooKeeper.address()
    let bell = Bell()
    let watcher = try await ZooKeeperSession.connected(to: address) { bell.ring() }
    try await watcher.createWithParents(address.path)
    let session = try await ZooKeeperSession.connected(to: address)
    let first = try await session.create(address.node("x_"), [1], .numberedCandidate)
    let second = try await session.create(address.node("x_"), [2], .numberedCandidate)
    #expect(first == address.node("x_0000000000"))
    #expect(second == address.node("x_0000000001"))
    #expect(try await watcher.get(first).stat.owner == session.id)
    #expect(try await watcher.children(of: address.path, watched: true).count == 2)
    await session.close()
    // The watch tells of it: nobody asks again and again.
    for await _ in bell.rings {
      if try await watcher.children(of: address.path, watched: true).isEmpty { break }
    }
    await watcher.close()
  }

  @Test(.timeLimit(.minutes(3))) func aClosedSessionAnswersThatItIsOver() async throws {
    let session = try await ZooKeeperSession.connected(to: try await TestZooKeeper.address())
    #expect(session.timeout == .seconds(30))
    async let late = session.exists("/")
    await session.close()
    _ = try? await late
    let error = await #expect(throws: ZooKeeperError.self) { try await session.exists("/") }
    #expect(error?.kind == .sessionOver)
    #expect(error == nil || session.state != .connected)
    await session.close()
  }

  @Test(.timeLimit(.minutes(3))) func nodesBelongToWhoHasShownAPassword() async throws {
    let open = try await TestZooKeeper.address()
    let owned = try ZooKeeperAddress(parsing: "zk://jake:secret@\(open.servers[0])\(open.path)")
    let jake = try await ZooKeeperSession.connected(to: owned)
    let anybody = try await ZooKeeperSession.connected(to: open)
    try await jake.createWithParents(open.path)
    try await jake.set(open.path, [1])
    #expect(try await anybody.get(open.path).data == [1])
    let error = await #expect(throws: ZooKeeperError.self) { try await anybody.set(open.path, [2]) }
    #expect(error?.kind == .notAuthorized)
    await jake.close()
    await anybody.close()
  }
}
