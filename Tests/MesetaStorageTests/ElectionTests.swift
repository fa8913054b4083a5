// Elections with a real server of ZooKeeper.

import Glibc
import Logging
import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaStorage

@Suite struct ElectionTests {
  private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  private func leader(_ name: String) -> Leader {
    Leader(
      MasterInfo(id: name, hostname: name, ip: "127.0.0.1", port: 5050, version: "1.11.0"),
      nativeAddress: HostPort(host: "127.0.0.1", port: 5052))
  }

  private func contender(
    _ name: String, _ address: ZooKeeperAddress, timeout: Span = .seconds(30)
  ) throws -> LeaderContender {
    let contender = LeaderContender(
      address, record: try leader(name).json(), sessionTimeout: timeout, logger: logger)
    contender.start()
    return contender
  }

  @Test(.timeLimit(.minutes(3))) func theFirstLeadsAndTheNextFollowsWhenItWithdraws() async throws {
    let address = try await TestZooKeeper.address()
    let detector = LeaderDetector(address, logger: logger)
    let first = try contender("first", address)
    #expect(await first.untilElected())
    #expect(first.lease.isHeld)
    let seen = try #require(await detector.leader(within: .seconds(60)))
    #expect(seen.info.id == "first")
    let second = try contender("second", address)
    // It has entered: ZooKeeper says so.
    let session = try await ZooKeeperSession.connected(to: address)
    while !Task.isCancelled, try await session.children(of: address.path).count < 2 { await Task.yield() }
    #expect(second.standing == .waiting)
    #expect(!second.lease.isHeld)
    await first.withdraw()
    #expect(!first.lease.isHeld)
    #expect(await first.untilOver() == "it has withdrawn")
    #expect(await second.untilElected())
    let next = await detector.leader(otherThan: seen.candidate, within: .seconds(60))
    #expect(next?.info.id == "second")
    #expect(next?.nativeAddress == HostPort(host: "127.0.0.1", port: 5052))
    await second.withdraw()
    await session.close()
    await detector.close()
  }

  @Test(.timeLimit(.minutes(3))) func aLeaderWhoseNodeIsRemovedStops() async throws {
    let address = try await TestZooKeeper.address()
    let contender = try contender("master", address)
    #expect(await contender.untilElected())
    let session = try await ZooKeeperSession.connected(to: address)
    for name in try await session.children(of: address.path) { try await session.delete(address.node(name)) }
    #expect(await contender.untilOver().contains("is gone from ZooKeeper"))
    #expect(!contender.lease.isHeld)
    await contender.withdraw()
    await session.close()
  }

  @Test(.timeLimit(.minutes(3))) func whoCannotLeadHearsWhy() async throws {
    let open = try await TestZooKeeper.address()
    let owned = try ZooKeeperAddress(parsing: "zk://jake:secret@\(open.servers[0])\(open.path)")
    let jake = try await ZooKeeperSession.connected(to: owned)
    try await jake.createWithParents(open.path)
    let contender = try contender("master", open)
    #expect(await contender.untilElected() == false)
    #expect(await contender.untilOver().contains("not authenticated"))
    await contender.withdraw()
    await jake.close()
  }

  @Test(.timeLimit(.minutes(3))) func whileNobodyLeadsTheDetectorSaysSo() async throws {
    let address = try await TestZooKeeper.address()
    let detector = LeaderDetector(address, logger: logger)
    #expect(await detector.leader(within: .milliseconds(1)) == nil)
    let contender = try contender("master", address)
    #expect(await detector.leader(within: .seconds(60))?.info.id == "master")
    await contender.withdraw()
    let bell = Bell()
    let observer = detector.observe { _ in bell.ring() }
    bell.ring()
    for await _ in bell.rings where detector.leader == nil { break }
    detector.forget(observer)
    #expect(detector.problem == "no master leads at \(address)")
    await detector.close()
  }
}
