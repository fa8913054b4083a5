// A whole cluster in this process, on either transport.

import MesetaAgent
import MesetaFramework
import MesetaHost
import MesetaMaster
import MesetaModel
import MesetaNet
import MesetaProtocol
import MesetaRuntime
import NIOCore
import Synchronization

/// How the nodes of a cluster reach each other.
enum ClusterTransport: CaseIterable, Sendable {
  case inProcess
  case tcp
}

/// A master and an agent whose containers are none: commands end at once, executors run in this process.
struct TestCluster {
  let transport: ClusterTransport
  let master: MasterHost
  let agent: AgentHost
  /// The way to the master.
  let toMaster: any Connector
  private var servers: [NativeServer] = []

  init(_ transport: ClusterTransport, resources: Resources) async throws {
    self.transport = transport
    var configuration = MasterConfiguration()
    configuration.allocationInterval = .milliseconds(10)
    let loops = (testGroup.next(), testGroup.next())
    master = MasterHost(
      configuration, seed: 1, executor: Self.executor(transport, loops.0), logger: quietLogger)
    let toAgent = LateConnector()
    let network = InProcessNetwork()
    switch transport {
    case .inProcess:
      network.listen("master", master.handler)
      toMaster = network.connector(to: "master")
    case .tcp:
      let server = try await NativeServer.start(
        master.handler, at: HostPort(host: "127.0.0.1", port: 0), on: loops.0, options: testOptions(),
        logger: quietLogger)
      servers.append(server)
      toMaster = NativeConnector(
        [server.address], on: loops.1, options: testOptions(), logger: quietLogger)
    }
    master.start()

    var agentConfiguration = AgentConfiguration(
      info: AgentInfo(hostname: "agent-host", resources: resources), workDirectory: "/nowhere")
    agentConfiguration.registrationBackoffFactor = .milliseconds(1)
    agent = try AgentHost(
      agentConfiguration, seed: 2, checkpoint: nil, connector: toMaster, storage: FakeStorage(),
      executor: Self.executor(transport, loops.1), logger: quietLogger
    ) { observer in FakeContainerizer(observer: observer, toAgent: toAgent) }
    switch transport {
    case .inProcess:
      network.listen("agent", agent.handler)
      toAgent.set(network.connector(to: "agent"))
    case .tcp:
      let server = try await NativeServer.start(
        agent.handler, at: HostPort(host: "127.0.0.1", port: 0), on: loops.1, options: testOptions(),
        logger: quietLogger)
      servers.append(server)
      toAgent.set(
        NativeConnector([server.address], on: testGroup, options: testOptions(), logger: quietLogger))
    }
    agent.start()
  }

  static func executor(_ transport: ClusterTransport, _ loop: any EventLoop) -> any HostExecutor {
    switch transport {
    case .inProcess: WorkerPool.shared
    case .tcp: EventLoopExecutor(loop)
    }
  }

  func stop() async {
    await agent.stop()
    await master.stop()
    for server in servers { await server.stop() }
  }

  /// What the master answers an operator.
  func ask(_ call: OperatorCall) async -> OperatorResponse? {
    let probe = SessionProbe()
    toMaster.connect(ConnectRequest(.operator, name: "operator", handler: probe))
    guard let session = await probe.session() else { return nil }
    probe.link(session)?.send([.operatorCall(call, request: 3)])
    defer { probe.link(session)?.close(reason: "done") }
    guard case .operatorResponse(let response, request: 3)? = await probe.messages(1).first else {
      return nil
    }
    return response
  }
}

/// Remembers the checkpoint; there are no files.
final class FakeStorage: AgentStorage {
  private let checkpoint = Mutex<AgentCheckpoint?>(nil)

  func write(_ checkpoint: AgentCheckpoint) { self.checkpoint.withLock { $0 = checkpoint } }

  func list(_ path: String, below root: String) throws(CallError) -> [FileInfo] {
    throw CallError(.notFound, "no files")
  }

  func read(
    _ path: String, offset: UInt64, length: UInt64?, below root: String
  ) throws(CallError) -> (size: UInt64, data: [UInt8]) {
    throw CallError(.notFound, "no files")
  }
}

/// A connector that is known later than the host that uses it.
final class LateConnector: Connector {
  private let connector = Mutex<(any Connector)?>(nil)

  func set(_ connector: any Connector) { self.connector.withLock { $0 = connector } }

  func connect(_ request: ConnectRequest) {
    guard let connector = connector.withLock({ $0 }) else {
      return request.handler.connectFailed(reason: "not yet")
    }
    connector.connect(request)
  }
}

/// Commands exit with 0 at once; the program `executor` is an ``InstantExecutor`` of this process.
final class FakeContainerizer: Containerizer {
  private let observer: @Sendable (ContainerEvent) -> Void
  private let toAgent: any Connector

  init(observer: @escaping @Sendable (ContainerEvent) -> Void, toAgent: any Connector) {
    self.observer = observer
    self.toAgent = toAgent
  }

  func launch(_ launch: ContainerLaunch) {
    let id = launch.containerID
    observer(.started(containerID: id, pid: 1))
    guard launch.program == .shell("executor") else {
      return observer(.exited(containerID: id, .exited(0)))
    }
    let variables = Dictionary(launch.environment.map { ($0.name, $0.value) }) { $1 }
    guard let environment = try? ExecutorEnvironment(from: variables) else {
      return observer(.exited(containerID: id, .exited(1)))
    }
    let driver = ExecutorDriver(
      InstantExecutor(), frameworkID: environment.frameworkID, executorID: environment.executorID,
      options: ExecutorOptions(environment), seed: 4)
    let host = ExecutorHost(driver, connector: toAgent, logger: quietLogger)
    host.start()
    Task.detached { [observer] in
      _ = await host.untilEnd()
      observer(.exited(containerID: id, .exited(0)))
    }
  }

  func kill(containerID: String, graceNanoseconds: Int64) {}
  func recover() -> [String] { [] }
}

/// Tasks end as soon as they start.
struct InstantExecutor: Executor {
  mutating func handle(_ input: ExecutorInput<Never>, _ agent: inout ExecutorCalls) {
    switch input {
    case .launch(let task):
      agent.update(task.id, .running)
      agent.update(task.id, .finished)
    case .shutdown: agent.stop()
    default: break
    }
  }
}
