// A framework written with async and await on a cluster in this process, whose containers are pretended.

import MesetaAgent
import MesetaFramework
import MesetaHost
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Synchronization
import Testing

/// Keeps nothing.
private struct NoStorage: AgentStorage {
  func write(_ checkpoint: AgentCheckpoint) {}
  func list(_ path: String, below root: String) throws(CallError) -> [FileInfo] {
    throw CallError(.notFound, "no files")
  }
  func read(
    _ path: String, offset: UInt64, length: UInt64?, below root: String
  ) throws(CallError) -> (size: UInt64, data: [UInt8]) {
    throw CallError(.notFound, "no files")
  }
}

/// Every container ends at once, but for those that run `sleep`.
private struct QuickContainers: Containerizer {
  let observer: @Sendable (ContainerEvent) -> Void

  func launch(_ launch: ContainerLaunch) {
    observer(.started(containerID: launch.containerID, pid: 1))
    if launch.program != .shell("sleep") { observer(.exited(containerID: launch.containerID, .exited(0))) }
  }
  func kill(containerID: String, graceNanoseconds: Int64) {
    observer(.exited(containerID: containerID, .signaled(15)))
  }
  func recover() -> [String] { [] }
}

/// A master and two agents.
private struct Cluster {
  let network = InProcessNetwork()
  let master: MasterHost
  let agents: [AgentHost]

  init() throws {
    var configuration = MasterConfiguration()
    configuration.allocationInterval = .milliseconds(5)
    master = MasterHost(configuration, seed: 1, logger: quietLogger)
    network.listen("master", master.handler)
    let connector = network.connector(to: "master")
    agents = try (0..<2).map { number in
      let info = AgentInfo(hostname: "a\(number)", resources: "cpus:4;mem:1024")
      var configuration = AgentConfiguration(info: info, workDirectory: "/nowhere")
      configuration.registrationBackoffFactor = .milliseconds(1)
      configuration.statusUpdateRetryInterval = .milliseconds(5) ... .milliseconds(20)
      return try AgentHost(
        configuration, seed: UInt64(number), checkpoint: nil,
        connector: connector, storage: NoStorage(), logger: quietLogger
      ) { QuickContainers(observer: $0) }
    }
    master.start()
    for agent in agents { agent.start() }
  }

  func framework(buffered: Int = 1000) -> AsyncFrameworkHost {
    let host = AsyncFrameworkHost(
      framework: FrameworkInfo(name: "async"), bufferedEvents: buffered, seed: 7,
      connector: network.connector(to: "master"), logger: quietLogger)
    host.start()
    return host
  }

  func stop() async {
    for agent in agents { await agent.stop() }
    await master.stop()
  }
}

private let need: Resources = "cpus:1;mem:64"

/// Runs tasks to their ends; the states that each went through.
private func runAll(_ count: Int, on cluster: AsyncCluster) async throws -> [TaskID: [TaskState]] {
  var waiting = (0..<count).map { TaskRequest.shell("true", resources: need, id: TaskID("t\($0)")) }
  var states: [TaskID: [TaskState]] = [:]
  var ended = 0
  try await cluster.want(need, count: count)
  for await event in cluster.events {
    switch event {
    case .offers(let offers):
      for offer in offers {
        waiting.removeFirst(try await cluster.launch(waiting, on: offer, refuseRest: .zero).count)
      }
      try await cluster.want(need, count: waiting.count)
    case .update(let update):
      states[update.taskID, default: []].append(update.state)
      if update.state.isTerminal { ended += 1 }
      if ended == count { cluster.teardown() }
    default: break
    }
  }
  return states
}

@Suite(.timeLimit(.minutes(5))) struct AsyncFrameworkTests {
  @Test(arguments: [1000, 1]) func everyTaskRunsToItsEndAndEveryUpdateComesInOrder(buffered: Int) async throws
  {
    let cluster = try Cluster()
    let host = cluster.framework(buffered: buffered)
    let states = try await runAll(20, on: host.cluster)
    #expect(states.count == 20)
    for (_, states) in states { #expect(states == [.starting, .running, .finished]) }
    #expect(await host.untilEnd() == .tornDown)
    await cluster.stop()
  }

  @Test func afterTheEndEventsEndAndCallsThrow() async throws {
    let cluster = try Cluster()
    let host = cluster.framework()
    let iterator = host.cluster.events.makeAsyncIterator()
    guard case .subscribed? = await iterator.next() else { return #expect(Bool(false), "not subscribed") }
    async let next = host.cluster.events.first { _ in false }
    host.stop(teardown: true)
    #expect(await next == nil)
    #expect(await iterator.next() == nil)
    await #expect(throws: FrameworkHasEnded.self) { try await host.cluster.want(need, count: 1) }
    #expect(await host.untilEnd() == .tornDown)
    await cluster.stop()
  }

  @Test func aLoopThatIsCancelledEndsAndAnotherGoesOn() async throws {
    let cluster = try Cluster()
    let host = cluster.framework()
    let events = host.cluster.events
    let loop = Task { for await _ in events {} }
    await Task.yield()
    loop.cancel()
    await loop.value  // It ends, though the events do not.
    let states = try await runAll(5, on: host.cluster)
    #expect(states.values.allSatisfy { $0.last == .finished })
    await cluster.stop()
  }

  @Test func aTaskIsKilledOnDemandAndTheMasterAnswersCalls() async throws {
    let cluster = try Cluster()
    let host = cluster.framework()
    let face = host.cluster
    try await face.want(need, count: 1)
    var states: [TaskState] = []
    var hasLaunched = false
    for await event in face.events {
      switch event {
      case .subscribed:
        try await face.call(.revive(roles: []))
        await #expect(throws: CallError.self) { try await face.call(.unknown(type: 99)) }
      case .offers(let offers):
        // More offers may come before the first update of the task.
        guard !hasLaunched, let offer = offers.first else { break }
        hasLaunched = true
        let launched = try await face.launch([.shell("sleep", resources: need, id: "t")], on: offer)
        #expect(launched == ["t"])
        try await face.want([])
      case .update(let update):
        states.append(update.state)
        if update.state == .running { try await face.kill("t") }
        if update.state.isTerminal { face.teardown() }
      default: break
      }
    }
    #expect(states.last == .killed)
    await cluster.stop()
  }
}
