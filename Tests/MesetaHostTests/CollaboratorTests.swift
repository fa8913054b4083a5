import MesetaAgent
import MesetaHost
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Synchronization
import Testing

/// Keeps the checkpoint, or fails to; has no files.
private final class StorageProbe: AgentStorage {
  struct Full: Error {}

  let isFull: Bool
  private let checkpoint = Mutex<AgentCheckpoint?>(nil)

  init(isFull: Bool) { self.isFull = isFull }

  var written: AgentCheckpoint? { checkpoint.withLock { $0 } }

  func write(_ checkpoint: AgentCheckpoint) throws {
    if isFull { throw Full() }
    self.checkpoint.withLock { $0 = checkpoint }
  }

  func list(_ path: String, below root: String) throws(CallError) -> [FileInfo] {
    throw CallError(.notFound, "no files")
  }

  func read(
    _ path: String, offset: UInt64, length: UInt64?, below root: String
  ) throws(CallError) -> (size: UInt64, data: [UInt8]) {
    throw CallError(.notFound, "no files")
  }
}

private struct NoContainers: Containerizer {
  func launch(_ launch: ContainerLaunch) {}
  func kill(containerID: String, graceNanoseconds: Int64) {}
  func recover() -> [String] { [] }
}

@Suite(.timeLimit(.minutes(5))) struct CollaboratorTests {
  let network = InProcessNetwork()

  private func agent(_ storage: StorageProbe) throws -> AgentHost {
    let info = AgentInfo(hostname: "a", resources: "cpus:1")
    return try AgentHost(
      AgentConfiguration(info: info, workDirectory: "/nowhere"), seed: 2, checkpoint: storage.written,
      connector: network.connector(to: "master"), storage: storage, logger: quietLogger
    ) { _ in NoContainers() }
  }

  private func master() -> MasterHost {
    let master = MasterHost(.init(), seed: 1, logger: quietLogger)
    network.listen("master", master.handler)
    master.start()
    return master
  }

  @Test func anAgentThatCannotRememberItsIdEnds() async throws {
    let master = master()
    let agent = try agent(StorageProbe(isFull: true))
    agent.start()
    await agent.untilExit()
    await agent.stop()
    await master.stop()
  }

  @Test func anAgentComesBackWithItsId() async throws {
    let master = master()
    let storage = StorageProbe(isFull: false)
    let first = try agent(storage)
    first.start()
    while !Task.isCancelled, storage.written == nil { await Task.yield() }
    await first.stop()
    let second = try agent(storage)
    second.start()
    #expect(await second.withAgent { $0.id } == storage.written?.agentID)
    second.drain()
    await second.untilExit()
    await second.stop()
    await master.stop()
  }
}
