// An agent of a master that is gone: it comes back to the next one with what runs on it.

import BenchmarkSupport
import MesetaHost
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import NIOCore
import Synchronization

/// The agents and tasks of a cluster whose master is gone.
struct FormerCluster: Sendable {
  var agents: Int
  var tasks: Int
  var frameworks: Int

  static let tasksNeed: Resources = "cpus:0.1;mem:64"

  func agentInfo(_ number: Int) -> AgentInfo {
    AgentInfo(
      hostname: "agent-\(number).example", resources: Load.agentResources,
      id: AgentID("11111111-2222-3333-4444-555555555555-S\(number)"))
  }

  func framework(_ number: Int) -> FrameworkInfo {
    FrameworkInfo(
      user: "root", name: "framework-\(number)",
      id: FrameworkID("11111111-2222-3333-4444-555555555555-\(number)"), failoverTimeout: 3600,
      roles: ["role-\(number)"], capabilities: [.multiRole, .partitionAware, .reservationRefinement])
  }

  /// What an agent says when it is back.
  func reregistration(_ number: Int) -> AgentReregistration {
    let info = agentInfo(number)
    var records: [TaskRecord] = []
    var owners: [FrameworkInfo] = []
    for task in number * tasks / agents..<(number + 1) * tasks / agents {
      let owner = framework(task % frameworks)
      let resources = Self.tasksNeed.allocated(to: "role-\(task % frameworks)")
      let description = TaskInfo(
        name: "task \(task)", id: TaskID("task-\(task)"), agentID: info.id ?? "", resources: resources,
        command: .shell("sleep 1000"))
      if let id = owner.id { records.append(TaskRecord(id, description, state: .running)) }
      if !owners.contains(where: { $0.id == owner.id }) { owners.append(owner) }
    }
    return AgentReregistration(
      AgentRegistration(info, version: Version.current), tasks: records, executors: [], frameworks: owners)
  }
}

/// How far a cluster is with coming back.
struct ReturnWatch: Sendable {
  let agents = Counter()
  /// How often one found no master, and how often one lost it.
  let refused = Counter()
  let lost = Counter()
  /// Counts once the master is about to go.
  let isEnding = Counter()
  /// When the first offer came, and when the last agent was back; nanoseconds, and 0 before.
  let firstOffer = Moment()
  let lastAgent = Moment()

  /// When something happened first or last.
  final class Moment: Sendable {
    private let time = Atomic<Int64>(0)
    var value: Int64 { time.load(ordering: .relaxed) }
    func noteFirst() { _ = time.compareExchange(expected: 0, desired: Clock.now(), ordering: .relaxed) }
    func noteLast() { time.store(Clock.now(), ordering: .relaxed) }
  }
}

/// One agent. It waits as a real one does (`--registration_backoff_factor=1secs`), and answers pings. All of it is on one event
/// loop.
final class ReturningAgent: SessionHandler {
  private struct State: Sendable {
    var way: (connector: any Connector, loop: any EventLoop)?
    var link: (any Link)?
    /// The bound of the next wait, in nanoseconds.
    var bound: Int64 = 1_000_000_000
    var isBack = false
    var session: UInt64 = 0
  }

  private let number: Int
  private let message: Message
  private let watch: ReturnWatch
  private let state = Mutex(State())

  init(_ number: Int, _ reregistration: AgentReregistration, _ watch: ReturnWatch) {
    self.number = number
    self.message = .agentMessage(.reregister(reregistration))
    self.watch = watch
  }

  /// The master is gone: looks for the next one, after a random time.
  func start(_ connector: any Connector, on loop: any EventLoop) {
    state.withLock { $0.way = (connector, loop) }
    wait { $0.connect() }
  }

  private func wait(_ then: @escaping @Sendable (ReturningAgent) -> Void) {
    let (delay, loop) = state.withLock { state in
      defer { state.bound = min(state.bound * 2, 60_000_000_000) }
      return (Int64.random(in: 0..<state.bound), state.way?.loop)
    }
    loop?.scheduleTask(in: .nanoseconds(delay)) { then(self) }
  }

  private func connect() {
    let connector = state.withLock { $0.way?.connector }
    connector?.connect(ConnectRequest(.agent, name: "agent-\(number)", handler: self))
  }

  private func execute(_ body: @escaping @Sendable () -> Void) {
    state.withLock { $0.way?.loop }?.execute(body)
  }

  func opened(_ link: any Link, _ peer: Peer) -> SessionID? {
    let session = state.withLock { state in
      state.link = link
      state.session += 1
      return SessionID(state.session)
    }
    execute { self.register() }
    return session
  }

  private func register() {
    let link = state.withLock { $0.isBack ? nil : $0.link }
    guard let link else { return }
    link.send([message])
    wait { $0.register() }
  }

  func connectFailed(reason: String) {
    watch.refused.increment()
    wait { $0.connect() }
  }

  func closed(_ session: SessionID, reason: String) {
    // In the end the master goes; before that it must not.
    if watch.isEnding.value == 0 { watch.lost.increment() }
    state.withLock { $0.link = nil }
    wait { $0.connect() }
  }

  func received(_ session: SessionID, _ messages: [Message]) {
    let link = state.withLock { $0.link }
    execute {
      link?.consumed(messages.count)
      for case .masterMessage(let message) in messages {
        switch message {
        case .ping: link?.send([.agentMessage(.pong)])
        case .reregistered: self.isBack()
        default: break
        }
      }
    }
  }

  private func isBack() {
    let isFirst = state.withLock { state in
      defer { state.isBack = true }
      return !state.isBack
    }
    guard isFirst else { return }
    watch.lastAgent.noteLast()
    watch.agents.increment()
  }
}
