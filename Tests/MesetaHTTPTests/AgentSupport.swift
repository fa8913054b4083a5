// An agent that answers HTTP, whose containers are played by the test.

import MesetaAgent
import MesetaHTTP
import MesetaHost
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Synchronization
import Testing

/// A master and an agent, both with HTTP servers.
struct TestAgent {
  let master: TestMaster
  let host: AgentHost
  let server: HTTPServer
  let containers: PlayedContainers

  init(options: HTTPOptions, _ change: (inout AgentConfiguration) -> Void) async throws {
    let containers = PlayedContainers()
    let network = InProcessNetwork()
    master = try await TestMaster()
    server = try await HTTPServer.listen(
      at: HostPort(host: "127.0.0.1", port: 0), on: group, options: options, logger: quietLogger)
    let info = AgentInfo(
      hostname: "machine", port: Int32(server.address.port),
      resources: try Resources(parsing: "cpus:4;mem:1024;disk:1024"))
    var configuration = AgentConfiguration(info: info, workDirectory: "/srv")
    configuration.endpoint = server.address.description
    change(&configuration)
    host = try AgentHost(
      configuration, seed: 1, checkpoint: nil, connector: network.connector(to: "master"),
      storage: OneFile(), logger: quietLogger
    ) { observer in
      containers.report(to: observer)
      return containers
    }
    self.containers = containers
    network.listen("master", master.host.handler)
    host.start()
    server.serve(
      AgentHTTP(host, flags: [FlagValue("work_dir", "/srv")], options: options, logger: quietLogger).routes)
  }

  func connect() async throws -> RawClient { try await RawClient.connect(to: server.address) }

  /// Asks the agent on a connection of its own.
  func ask(_ request: String) async throws -> Reply { try await connect().ask(request) }

  /// A framework that has had a task launched under an executor of its own, and what the agent made of it.
  func launch(_ task: String) async throws -> (Subscription, ContainerLaunch) {
    // Tests that do not look at the framework let go of it.
    let framework = try await Subscription.open(
      at: master.server.address, #""roles": ["*"], "failover_timeout": 60"#)
    #expect(try await framework.launch(task, under: "e", on: try await framework.offer()).status == 202)
    return (framework, try #require(await containers.nextLaunch()))
  }

  /// The same, with an executor that has been given the task.
  func hand(_ task: String) async throws -> (Subscription, ContainerLaunch, TestExecutor) {
    let (framework, launch) = try await launch(task)
    let executor = try await TestExecutor.subscribe(in: launch)
    _ = try await executor.event("SUBSCRIBED")
    _ = try await executor.event("LAUNCH")
    return (framework, launch, executor)
  }

  func stop() async {
    await host.stop()
    await server.stop()
    await master.stop()
  }
}

/// Runs a test with an agent and its master.
func withAgent(
  options: HTTPOptions = HTTPOptions(), as change: (inout AgentConfiguration) -> Void = { _ in },
  _ body: (TestAgent) async throws -> Void
) async throws {
  let agent = try await TestAgent(options: options, change)
  do {
    try await body(agent)
  } catch {
    await agent.stop()
    throw error
  }
  await agent.stop()
}

/// Containers in which nothing runs: they have started at once, and end when they are killed or the test says so.
final class PlayedContainers: Containerizer {
  private let observer = Mutex<(@Sendable (ContainerEvent) -> Void)?>(nil)
  private let running = Mutex<Set<String>>([])
  private let launches = AsyncStream.makeStream(of: ContainerLaunch.self)

  func report(to observer: @escaping @Sendable (ContainerEvent) -> Void) {
    self.observer.withLock { $0 = observer }
  }

  func nextLaunch() async -> ContainerLaunch? { await launches.stream.first { _ in true } }

  func launch(_ launch: ContainerLaunch) {
    running.withLock { _ = $0.insert(launch.containerID) }
    say(.started(containerID: launch.containerID, pid: 1))
    launches.continuation.yield(launch)
  }

  func kill(containerID: String, graceNanoseconds: Int64) { end(containerID, .signaled(15)) }

  func end(_ containerID: String, _ exit: ContainerExit) {
    guard running.withLock({ $0.remove(containerID) }) != nil else { return }
    say(.exited(containerID: containerID, exit))
  }

  func recover() -> [String] { [] }

  func measure(_ containerIDs: [String]) -> MachineUsage {
    MachineUsage(
      containers: containerIDs.map {
        MachineUsage.Container(containerID: $0, processorTime: .milliseconds(1500), memoryBytes: 4096)
      })
  }

  private func say(_ event: ContainerEvent) { observer.withLock { $0 }?(event) }
}

/// An agent's files: each sandbox has one.
private struct OneFile: AgentStorage {
  private let content = Array("hello \"\n".utf8)

  func write(_ checkpoint: AgentCheckpoint) {}

  func list(_ path: String, below root: String) throws(CallError) -> [FileInfo] {
    guard path.isEmpty else { throw CallError(.notFound, "\(path) is not there") }
    return [
      FileInfo(
        path: "stdout", linkCount: 1, size: UInt64(content.count), modificationTime: 5_000_000_000,
        mode: 0o100644, user: "me", group: "staff")
    ]
  }

  func read(
    _ path: String, offset: UInt64, length: UInt64?, below root: String
  ) throws(CallError) -> (size: UInt64, data: [UInt8]) {
    guard path == "stdout" || path == "core" else { throw CallError(.notFound, "\(path) is not there") }
    // One is longer than what is read at a time.
    let content = path == "core" ? (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 1000) } : content
    let rest = content.dropFirst(Int(offset))
    return (UInt64(content.count), Array(rest.prefix(length.map { Int($0) } ?? .max)))
  }
}

/// An executor that speaks HTTP: its stream of events, and its calls on another connection.
final class TestExecutor {
  private let framework: String
  private let executor: String
  private let events: RawClient
  private let calls: RawClient

  /// Subscribes as the one that a container was launched for.
  ///
  /// - Parameter unacknowledged: The fields of the SUBSCRIBE.
  static func subscribe(
    in launch: ContainerLaunch, _ unacknowledged: String = "", heartbeats: Bool = false
  ) async throws -> TestExecutor {
    let address = try HostPort(parsing: launch["MESOS_AGENT_ENDPOINT"], defaultPort: 0)
    let executor = TestExecutor(
      launch["MESOS_FRAMEWORK_ID"], launch["MESOS_EXECUTOR_ID"], try await RawClient.connect(to: address),
      try await RawClient.connect(to: address))
    try await executor.events.send(
      executor.request("SUBSCRIBE", #""subscribe": {\#(unacknowledged)}"#, ["Connection": "close"]))
    let head = try await executor.events.head()
    #expect(head.status == 200)
    #expect(head.fields["transfer-encoding"] == "chunked")
    #expect(head.fields["content-type"] == "application/json")
    return executor
  }

  private init(_ framework: String, _ executor: String, _ events: RawClient, _ calls: RawClient) {
    self.framework = framework
    self.executor = executor
    self.events = events
    self.calls = calls
  }

  /// The next event; nil at the end of the stream.
  func event() async throws -> JSONValue? {
    guard let record = try await events.record() else { return nil }
    #expect(!record.contains(UInt8(ascii: "\n")))
    return try JSONValue(record)
  }

  /// The message of the next event, which has to be of a type.
  func event(_ type: String) async throws -> JSONValue {
    let event = try #require(try await event())
    #expect(event["type"].text == type)
    return event[type.lowercased()]
  }

  func call(_ type: String, _ message: String? = nil) async throws -> Reply {
    try await calls.ask(request(type, message, ["Accept": ""]))
  }

  func update(_ task: String, _ state: String, uuid: String, _ fields: String = "") async throws -> Reply {
    try await call("UPDATE", #""update": {"status": \#(Self.status(task, state, uuid: uuid, fields))}"#)
  }

  static func status(_ task: String, _ state: String, uuid: String, _ fields: String = "") -> String {
    """
    {"task_id": {"value": "\(task)"}, "state": "\(state)", "source": "SOURCE_EXECUTOR", "uuid": "\(uuid)"\
    \(fields.isEmpty ? "" : ", " + fields)}
    """
  }

  /// Leaves without a word.
  func leave() async throws { try await events.close() }

  private func request(_ type: String, _ message: String?, _ fields: [String: String]) -> String {
    post(
      executorCall(type, message, of: framework, executor), to: "/slave(1)/api/v1/executor", fields)
  }
}

/// The text of an executor's call.
func executorCall(
  _ type: String, _ message: String? = nil, of framework: String = "f", _ executor: String = "e"
) -> String {
  """
  {"type": "\(type)", "framework_id": {"value": "\(framework)"}, "executor_id": {"value": "\(executor)"}\
  \(message.map { ", \($0)" } ?? "")}
  """
}

extension ContainerLaunch {
  /// A variable of the environment.
  subscript(name: String) -> String { environment.last { $0.name == name }?.value ?? "" }
}

extension Subscription {
  /// Launches a task under an executor.
  func launch(_ task: String, under executor: String, on offer: JSONValue) async throws -> Reply {
    let agent = try #require(offer["agent_id"]["value"].text)
    let offerID = try #require(offer["id"]["value"].text)
    func resources(_ cpus: Double) -> String {
      """
      [{"name": "cpus", "type": "SCALAR", "scalar": {"value": \(cpus)}}, \
      {"name": "mem", "type": "SCALAR", "scalar": {"value": 32}}]
      """
    }
    let launch = """
      {"task_infos": [{"name": "\(task)", "task_id": {"value": "\(task)"}, "agent_id": {"value": "\(agent)"}, \
      "resources": \(resources(0.1)), "executor": {"executor_id": {"value": "\(executor)"}, \
      "command": {"value": "./run"}, "resources": \(resources(0.2))}}]}
      """
    return try await call(
      "ACCEPT",
      """
      "accept": {"offer_ids": [{"value": "\(offerID)"}], "filters": {"refuse_seconds": 0}, \
      "operations": [{"type": "LAUNCH", "launch": \(launch)}]}
      """)
  }
}
