// An agent in a story: its inputs are given one by one and its effects are written down.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// What an agent asked of its host.
enum AgentEffect: Hashable {
  case connect
  case send(Message, to: SessionID)
  case respond(RequestID, Outcome)
  case close(SessionID)
  case launch(ContainerLaunch)
  case kill(String, grace: Span)
  case forget(String)
  case measure([String])
  case measureDisk(listsSandboxes: Bool)
  case removeSandboxes([String])
  case checkpoint(StorageToken, AgentCheckpoint)
  case record([AgentRecord], synchronized: StorageToken?)
  case listFiles(RequestID, path: String, root: String)
  case readFile(RequestID, path: String, offset: UInt64, length: UInt64?, root: String)
  case exit
}

struct RecordingAgentEffects: AgentEffects {
  var effects: [AgentEffect] = []
  var logLines: [String] = []
  /// The last container launched for each executor (or command), by its id.
  var launches: [String: String] = [:]
  /// What has been written down makes this up.
  var memory = AgentMemory()

  mutating func send(_ message: Message, to session: SessionID) {
    effects.append(.send(message, to: session))
  }
  mutating func respond(_ request: RequestID, _ outcome: Outcome) {
    effects.append(.respond(request, outcome))
  }
  mutating func close(_ session: SessionID, reason: String) { effects.append(.close(session)) }
  mutating func log(_ level: LogLevel, _ message: @autoclosure () -> String) { logLines.append(message()) }
  mutating func connect() { effects.append(.connect) }
  mutating func launch(_ container: ContainerLaunch) {
    effects.append(.launch(container))
    let executor = container.environment.first { $0.name == "MESOS_EXECUTOR_ID" }
    launches[executor?.value ?? ""] = container.containerID
  }
  mutating func kill(containerID: String, grace: Span) { effects.append(.kill(containerID, grace: grace)) }
  mutating func forget(containerID: String) { effects.append(.forget(containerID)) }
  mutating func measureUsage(of containerIDs: [String]) { effects.append(.measure(containerIDs)) }
  mutating func checkpoint(_ token: StorageToken, _ checkpoint: AgentCheckpoint) {
    effects.append(.checkpoint(token, checkpoint))
  }
  mutating func record(_ records: [AgentRecord], synchronized token: StorageToken?) {
    effects.append(.record(records, synchronized: token))
    for record in records { memory.apply(record) }
  }
  mutating func measureDisk(listsSandboxes: Bool) {
    effects.append(.measureDisk(listsSandboxes: listsSandboxes))
  }
  mutating func removeSandboxes(_ paths: [String]) { effects.append(.removeSandboxes(paths)) }
  mutating func listFiles(_ request: RequestID, path: String, root: String) {
    effects.append(.listFiles(request, path: path, root: root))
  }
  mutating func readFile(
    _ request: RequestID, path: String, offset: UInt64, length: UInt64?, root: String
  ) {
    effects.append(.readFile(request, path: path, offset: offset, length: length, root: root))
  }
  mutating func exit() { effects.append(.exit) }
}

/// An agent, its clock and what it has asked for since that was last looked at.
struct AgentStory {
  static let master = SessionID(1)
  static let id: AgentID = "S0"

  var agent: Agent
  var sink = RecordingAgentEffects()
  var now = Instant.zero
  var wall: Int64 = 1_000_000_000_000

  init(
    resources: Resources = Resources(["cpus": Scalar(4), "mem": Scalar(1024)]),
    checkpoint: AgentCheckpoint? = nil, memory: AgentMemory = AgentMemory(), seed: UInt64 = 7,
    _ change: (inout AgentConfiguration) -> Void = { _ in }
  ) {
    var configuration = AgentConfiguration(
      info: AgentInfo(hostname: "machine", resources: resources), workDirectory: "/srv",
      nativeAddress: "machine:5061")
    change(&configuration)
    do throws(IncompatibleResources) {
      agent = try Agent(configuration: configuration, seed: seed, checkpoint: checkpoint, memory: memory)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// An agent that a master has registered.
  static func registered(
    resources: Resources = Resources(["cpus": Scalar(4), "mem": Scalar(1024)]),
    _ change: (inout AgentConfiguration) -> Void = { _ in }
  ) -> AgentStory {
    var story = AgentStory(resources: resources, change)
    story.give(.wake)
    story.give(.opened(master, Peer(.master, address: "master:5060")))
    story.tell(.registered(id, pingTimeout: Span.seconds(75).nanoseconds))
    story.give(.local(.stored(StorageToken(1))))
    _ = story.take()
    return story
  }

  mutating func give(_ input: AgentInput) {
    agent.handle(input, at: Time(monotonic: now, wall: wall), &sink)
  }

  /// A message of the master.
  mutating func tell(_ message: MasterMessage, through session: SessionID = master) {
    give(.received(session, .none, .masterMessage(message)))
  }

  /// Lets time pass, waking the agent whenever it wants to be.
  mutating func advance(_ span: Span) {
    let end = now + span
    while agent.nextWake <= end {
      wall += max(agent.nextWake, now).nanoseconds - now.nanoseconds
      now = max(agent.nextWake, now)
      give(.wake)
    }
    wall += end.nanoseconds - now.nanoseconds
    now = end
  }

  /// What the agent has asked for since the last time.
  mutating func take() -> [AgentEffect] {
    defer { sink.effects = [] }
    return sink.effects
  }

  /// What of it are messages of the agent to the master.
  mutating func takeSent() -> [AgentMessage] { take().compactMap(\.agentMessage) }

  /// What of it are status updates.
  mutating func takeUpdates() -> [TaskStatus] { take().compactMap(\.update) }

  /// What it says now, with everything acknowledged that comes.
  mutating func drainUpdates(of framework: FrameworkID = "F") -> [TaskStatus] {
    var drained: [TaskStatus] = []
    var updates = takeUpdates()
    while !updates.isEmpty {
      drained += updates
      for status in updates {
        if let uuid = status.uuid { tell(.acknowledge(framework, status.taskID, uuid)) }
      }
      updates = takeUpdates()
    }
    return drained
  }
}

extension AgentEffect {
  var agentMessage: AgentMessage? {
    if case .send(.agentMessage(let message), _) = self { message } else { nil }
  }

  var update: TaskStatus? {
    if case .statusUpdate(let update) = agentMessage { update.status } else { nil }
  }

  var launch: ContainerLaunch? {
    if case .launch(let launch) = self { launch } else { nil }
  }

  var executorEvent: ExecutorEvent? {
    if case .send(.executorEvent(let event), _) = self { event } else { nil }
  }

  var error: CallError? {
    switch self {
    case .respond(_, .failed(let error)), .send(.failed(let error, _), _): error
    default: nil
    }
  }
}

extension FrameworkInfo {
  static func test(_ id: FrameworkID = "F", user: String = "", _ capabilities: [Capability] = [])
    -> FrameworkInfo
  {
    FrameworkInfo(user: user, name: "test", id: id, capabilities: capabilities)
  }
}

extension TaskInfo {
  static func command(
    _ id: TaskID, _ command: CommandInfo = .shell("true"),
    resources: Resources = Resources(["cpus": Scalar(1)]), _ change: (inout Fields) -> Void = { _ in }
  ) -> TaskInfo {
    TaskInfo(
      name: id.value, id: id, agentID: AgentStory.id, resources: resources.allocated(to: "*"),
      command: command
    ).with(change)
  }

  static func custom(
    _ id: TaskID, under executor: ExecutorInfo, resources: Resources = Resources(["cpus": Scalar(1)])
  ) -> TaskInfo {
    TaskInfo(
      name: id.value, id: id, agentID: AgentStory.id, resources: resources.allocated(to: "*"),
      executor: executor)
  }
}
