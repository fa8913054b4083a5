// What must hold of a cluster whatever goes wrong in it, checked as it runs.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Watches the messages, the containers and the disks of a simulation. The world tells it what happens; each law is a
/// small checker of its own, which knows only what it is told here.
struct Checks {
  /// The first thing that was wrong.
  private(set) var problem: String?
  var numbers = TaskNumbers()
  var streams = UpdateStreams()
  var order = UpdateOrder()
  var runs = TaskRuns()
  var use = ContainerUse()
  var masters = MasterLaws()
  var reconciliation = ReconciliationTruth()
  var settings = DurableSettings()
  var admissions = Admissions()
  var memory = Memory()
  /// The time of what was told last.
  var now = Instant.zero {
    didSet { masters.now = now }
  }
  var subscriptions = Subscriptions()
  /// The master that has taken over the registry last; nil while that is the first.
  private var lastMaster: NodeID?
  /// What is known of each node.
  var nodes: [KnownNode] = []

  struct KnownNode {
    var role: PeerRole
    /// It says what it is told to say, whether or not that makes sense.
    var isScripted: Bool
    /// The framework that it has subscribed as, or that it is an executor of.
    var framework: Int?
    /// The machine that it runs on, if it is an executor.
    var agent: NodeID?
    /// It ended by itself, and is not to come back by itself.
    var hasExited = false
    /// How many tasks the framework was told are finished.
    var finished = 0
  }

  // MARK: Nodes

  /// A node has been added. A scripted one says what it is told to say, whether or not that makes sense.
  mutating func added(_ node: NodeID, _ role: PeerRole, isScripted: Bool) {
    nodes[growing: node.index, filledWith: KnownNode(role: role, isScripted: isScripted)] = KnownNode(
      role: role, isScripted: isScripted)
    cameUp(node)
  }

  /// A node crashed, or ended.
  mutating func wentDown(_ node: NodeID) {
    if nodes[node.index].role == .agent {
      streams.closed(node, at: now)
      runs.closed(node, at: now)
    }
    guard let agent = nodes[node.index].agent else { return }
    for task in runs.tasks(under: node) { end(task, on: agent) }
    runs.forget(under: node)
  }

  /// A node is down because it had nothing more to do.
  mutating func exited(_ node: NodeID) { nodes[node.index].hasExited = true }

  /// A node that is down has nothing of what it wrote down any more.
  mutating func lostDisk(_ node: NodeID) {
    memory.lostDisk(node)
    streams.forgot(node)
  }

  /// The machine of an agent that is down has started again.
  mutating func rebooted(_ agent: NodeID) { streams.rebooted(agent) }

  /// What masters have written down is gone.
  mutating func lostRegistry() {
    settings.lost()
    masters.lostRegistry()
  }

  /// A node starts, for the first time or again.
  mutating func cameUp(_ node: NodeID) {
    nodes[node.index].hasExited = false
    memory.began(node)
    if nodes[node.index].role == .master {
      masters.began(node)
      admissions.began(node)
      runs.masterChanged()
    }
  }

  /// A master takes over what is written down: from now on another one changes nothing of it.
  mutating func tookOver(_ master: NodeID) { lastMaster = master }

  /// Whether no master has taken over since that one did. What one that has been deposed does not know nobody can blame it for.
  func isLatest(_ master: NodeID) -> Bool { lastMaster == nil || lastMaster == master }

  /// A write is durable; the node hears of that later, if it lives.
  mutating func stored(_ write: Write, by node: NodeID) {
    switch write {
    case .registry(let operation):
      if !isLatest(node) { fail("a master has changed the registry after another had taken it over") }
      settings.stored(operation)
      masters.stored(operation, by: node)
    case .checkpoint(let checkpoint): memory.stored(checkpoint, by: node)
    }
  }

  /// A framework has kept its record.
  mutating func persisted(_ framework: NodeID) { memory.persisted(framework) }

  /// A node wants to end a session, which may be over already without its knowledge.
  mutating func closes(_ node: NodeID) {
    if nodes[node.index].role == .agent {
      streams.closed(node, at: now)
      runs.closed(node, at: now)
    }
  }

  /// An end of a session is over: a node closed it, or is told that its peer did.
  mutating func closed(_ session: SessionID, at node: NodeID) {
    guard nodes[node.index].role == .master else { return }
    masters.closed(session, at: node)
    admissions.closed(session)
    settings.closed(session)
  }

  // MARK: Containers

  /// An agent launches a container.
  mutating func launched(_ container: SimulatedContainer, on agent: NodeID, at time: Instant) {
    now = time
    guard let task = task(of: container) else { return }
    if streams.hasEnded(task, on: agent) {
      fail(task, "is launched after its agent had reported the end of it")
    }
    fail(task, runs.launched(task))
  }

  /// The process of a container runs.
  mutating func started(_ container: SimulatedContainer, on agent: NodeID, at time: Instant) {
    now = time
    guard let task = task(of: container) else { return }
    begin(task, on: agent, under: nil)
  }

  /// The process of a container is gone.
  mutating func ended(_ container: SimulatedContainer, on agent: NodeID, at time: Instant) {
    now = time
    if let task = task(of: container) { end(task, on: agent) }
  }

  /// The task that a container runs; nil for an executor.
  private mutating func task(of container: SimulatedContainer) -> Int? {
    container.spec.task.map { numbers.task($0.id, of: $0.framework) }
  }

  mutating func begin(_ task: Int, on agent: NodeID, under executor: NodeID?) {
    let problem = runs.started(task, on: agent, under: executor, at: now)
    fail(task, problem)
    if problem == nil { fail(task, use.started(task, on: agent)) }
  }

  mutating func end(_ task: Int, on agent: NodeID) {
    guard runs[task].agent == agent else { return }
    runs.ended(task, on: agent, at: now)
    use.ended(task)
  }

  // MARK: Outcome

  mutating func fail(_ text: String?) {
    if problem == nil { problem = text }
  }

  mutating func fail(_ task: Int, _ text: String?) {
    if let text, problem == nil { problem = "\(numbers.text(task)) \(text)" }
  }

  /// How many tasks a framework was told are finished.
  func finishedTasks(of framework: NodeID) -> Int { nodes[framework.index].finished }
}
