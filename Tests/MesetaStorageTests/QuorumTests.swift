// Three servers of ZooKeeper, of which some fail.

import Glibc
import Logging
import MesetaModel
import MesetaRuntime
import Testing
import ZooKeeperServers

@testable import MesetaStorage

@Suite(.serialized) struct QuorumTests {
  private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  @Test(.timeLimit(.minutes(5))) func aLeaderStopsInTimeWhenTheServersLoseTheirMajority() async throws {
    let servers = try await ZooKeeperServers(count: 3)
    let address = try ZooKeeperAddress(parsing: servers.url("meseta"))
    let info = MasterInfo(id: "m", hostname: "m", ip: "127.0.0.1", port: 5050, version: "1.11.0")
    let record = try Leader(info, nativeAddress: nil).json()
    let timeout = Span.seconds(18)
    let contender = LeaderContender(address, record: record, sessionTimeout: timeout, logger: logger)
    contender.start()
    #expect(await contender.untilElected())

    // One server less is borne: the client finds another in time.
    servers.signal(0, SIGKILL)
    try await servers.restart(0)
    #expect(contender.standing == .leading)

    // With two stopped nothing is decided any more, though the third may still answer questions.
    servers.signal(1, SIGSTOP)
    servers.signal(2, SIGSTOP)
    let stopped = LeadershipLease.now()
    let reason = await contender.untilOver()
    #expect(LeadershipLease.now() - stopped < timeout)
    #expect(!contender.lease.isHeld)
    #expect(reason == "ZooKeeper was not heard of for 12s")
    servers.signal(1, SIGCONT)
    servers.signal(2, SIGCONT)
    await contender.withdraw()
    servers.stop()
  }

  @Test(.timeLimit(.minutes(5))) func everyWriteIsDoneOnceWhileServersDieAndComeBack() async throws {
    let servers = try await ZooKeeperServers(count: 3)
    let address = try ZooKeeperAddress(parsing: servers.url("meseta"))
    let nodes = ZooKeeperRegistryNodes(address, sessionTimeout: .seconds(30))
    _ = try await nodes.takeOver()
    let entries = (100..<280).map { RegistryEntry(RegistryKey(.agent, "a\($0)"), [1, 2, 3]) }
    for (number, entry) in entries.enumerated() {
      // Each in turn: one of them leads, and to one we are connected.
      if number % 60 == 20 { servers.signal(number / 60, SIGKILL) }
      if number % 60 == 59 { try await servers.restart(number / 60) }
      for batch in ZooKeeperRegistryBatch.batches(of: [[.put(entry)]]) { try await nodes.write(batch) }
    }
    let session = try await ZooKeeperSession.connected(to: address)
    let counter = try await session.get(address.node("registry/counter"))
    #expect(counter.stat.version == 180)
    #expect(try await nodes.read() == entries)
    await nodes.close()
    await session.close()
    servers.stop()
  }
}
