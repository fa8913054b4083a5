// A cluster of which only the messages are told: a master, an agent and a framework as the checkers see them.

import MesetaAgent
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime

@testable import MesetaSimulation

/// Tells the checkers what happens, a millisecond apart.
struct Watch {
  var checks = Checks()
  var time = Instant.zero
  let master = NodeID(index: 0)
  let agent = NodeID(index: 1)
  let framework = NodeID(index: 2)
  let operatorNode = NodeID(index: 3)
  let agentID: AgentID = "M-S0"
  let frameworkID: FrameworkID = "M-0000"
  let session = SessionID(7)

  /// What was found first.
  var problem: String? { checks.problem }

  init() {
    checks.added(master, .master, isScripted: false)
    checks.added(agent, .agent, isScripted: false)
    checks.added(framework, .framework, isScripted: false)
    checks.added(operatorNode, .operator, isScripted: true)
    register()
    say(.schedulerEvent(.subscribed(frameworkID, heartbeatInterval: nil, master: nil)), master, framework)
  }

  // MARK: Messages

  mutating func send(_ message: Message, _ from: NodeID, _ to: NodeID) {
    time = time + .milliseconds(1)
    handle([], by: from)
    checks.sent(message, from: from, to: to, on: session, at: time)
  }

  mutating func deliver(_ message: Message, _ to: NodeID) {
    time = time + .milliseconds(1)
    handle([.received(session, .none, message)], by: to)
  }

  /// A message that arrives.
  mutating func say(_ message: Message, _ from: NodeID, _ to: NodeID) {
    send(message, from, to)
    deliver(message, to)
  }

  mutating func call(_ call: SchedulerCall.Kind) {
    say(.schedulerCall(SchedulerCall(frameworkID: frameworkID, call), request: 0), framework, master)
  }

  /// A write is durable, and the master hears of it.
  mutating func store(_ operation: RegistryOperation) {
    checks.stored(.registry(operation), by: master)
    handle([.local(.stored(StorageToken(1)))], by: master)
  }

  /// A node handles those together.
  mutating func handle(_ inputs: [NodeInput<Local>], by node: NodeID) {
    var inputs = inputs
    checks.beginBatch(of: node, at: time, clock: time)
    checks.handle(&inputs, by: node)
  }

  // MARK: What happens in clusters

  var registration: AgentRegistration {
    AgentRegistration(AgentInfo(hostname: "a", resources: "cpus:4;mem:4096"), version: "1")
  }

  mutating func register() {
    var registration = registration
    say(.agentMessage(.register(registration)), agent, master)
    registration.info.id = agentID
    store(.admitAgent(registration.info))
    say(.masterMessage(.registered(agentID, pingTimeout: 1)), master, agent)
    checks.stored(.checkpoint(AgentCheckpoint(agentID: agentID)), by: agent)
  }

  func offer(_ number: UInt64, _ resources: Resources, role: String = "*") -> Offer {
    Offer(
      id: OfferID(prefix: "M", number: number), frameworkID: frameworkID, agentID: agentID, hostname: "a",
      resources: resources.allocated(to: role), attributes: [], executorIDs: [], allocationRole: role)
  }

  mutating func offers(_ offers: Offer...) { say(.schedulerEvent(.offers(offers)), master, framework) }

  func task(_ id: TaskID, _ resources: Resources = "cpus:1;mem:128") -> TaskInfo {
    TaskInfo(
      name: "t", id: id, agentID: agentID, resources: resources.allocated(to: "*"),
      command: .shell("hold"))
  }

  mutating func launch(_ task: TaskInfo) {
    var info = FrameworkInfo(name: "f")
    info.id = frameworkID
    say(.masterMessage(.runTask(info, task)), master, agent)
  }

  func container(_ task: TaskID) -> SimulatedContainer {
    var random = SeededGenerator(seed: 1)
    let environment = [
      EnvironmentEntry(name: "MESOS_FRAMEWORK_ID", value: frameworkID.value),
      EnvironmentEntry(name: "MESOS_TASK_ID", value: task.value),
    ]
    let launch = ContainerLaunch(
      containerID: "c-\(task)", sandbox: "/s", program: .shell("hold"), environment: environment)
    return SimulatedContainer(
      spec: ContainerSpec(launch, CommandPlan(parsing: "hold", &random), serial: 1))
  }

  /// The agent runs a task that it was sent.
  mutating func run(_ task: TaskID) {
    checks.launched(container(task), on: agent, at: time)
    checks.started(container(task), on: agent, at: time)
  }

  mutating func end(_ task: TaskID) { checks.ended(container(task), on: agent, at: time) }

  func status(_ task: TaskID, _ state: TaskState, _ uuid: UInt64) -> TaskStatus {
    TaskStatus(
      taskID: task, state: state, source: .executor, agentID: agentID, uuid: UUID(high: 0, low: uuid))
  }

  /// The agent reports, and the master passes it on.
  mutating func report(_ status: TaskStatus) {
    say(
      .agentMessage(.statusUpdate(StatusUpdate(frameworkID, status, latestState: status.state))), agent,
      master)
    say(.schedulerEvent(.update(status)), master, framework)
  }

  /// The framework acknowledges, and the master passes it on.
  mutating func acknowledge(_ task: TaskID, _ uuid: UInt64) {
    let uuid = UUID(high: 0, low: uuid)
    call(.acknowledge(.init(agentID: agentID, taskID: task, uuid: uuid)))
    say(.masterMessage(.acknowledge(frameworkID, task, uuid)), master, agent)
  }

  /// What the master's batch ends with. The master has forgotten the framework if `isForgotten`.
  mutating func settle(isForgotten: Bool = false) {
    checks.fail(checks.masters.settle(checks.numbers) { _ in !isForgotten })
  }
}
