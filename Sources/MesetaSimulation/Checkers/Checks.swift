// What must hold of a cluster whatever goes wrong in it, checked as it runs.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Watches the messages, the containers and the disks of a simulation. The world tells it what happens; each law is a
/// small checker of its own.
struct Checks {
  /// The first thing that was wrong.
  private(set) var problem: String?
  /// The tasks that a framework was told are finished.
  private(set) var finished: [NodeID: Set<TaskID>] = [:]
  private var updates = UpdateOrder()
  private var containers = ContainerUse()

  // MARK: Nodes

  /// A node has been added. A scripted one says what it is told to say, whether or not that makes sense.
  mutating func added(_ node: NodeID, _ role: PeerRole, isScripted: Bool) {}

  /// A node crashed, or ended.
  mutating func wentDown(_ node: NodeID) {}

  /// A node that is down has nothing of what it wrote down any more.
  mutating func lostDisk(_ node: NodeID) {}

  /// A node starts again.
  mutating func cameUp(_ node: NodeID) {}

  /// A write is durable; the node hears of it next.
  mutating func stored(_ write: Write, by node: NodeID) {}

  // MARK: Messages

  /// A node says something, which may get lost.
  mutating func sent(
    _ message: Message, from: NodeID, to: NodeID, on session: SessionID, at time: Instant
  ) {}

  /// A node is told something; it handles it in its next batch.
  mutating func delivered(
    _ message: Message, from: NodeID, to: NodeID, on session: SessionID, at time: Instant
  ) {
    switch message {
    case .schedulerEvent(.update(let status)):
      if status.state == .finished { finished[to, default: []].insert(status.taskID) }
      fail(updates.told(status, framework: to))
    case .agentMessage(.register(let registration)):
      containers.registered(registration.info.resources, on: from)
    case .agentMessage(.reregister(let returning)):
      containers.registered(returning.registration.info.resources, on: from)
    case .masterMessage(.runTask(let framework, let task, _)):
      if let id = framework.id { containers.sent(task, of: id, to: to) }
    default: break
    }
  }

  /// An end of a session is over: a node closed it, or is told that its peer did.
  mutating func closed(_ session: SessionID, at node: NodeID) {}

  // MARK: Containers

  /// An agent launches a container.
  mutating func launched(_ container: SimulatedContainer, on agent: NodeID, at time: Instant) {}

  /// The process of a container runs.
  mutating func started(_ container: SimulatedContainer, on agent: NodeID, at time: Instant) {
    fail(containers.started(container, on: agent))
  }

  /// The process of a container is gone.
  mutating func ended(_ container: SimulatedContainer, on agent: NodeID) {
    containers.ended(container, on: agent)
  }

  mutating func fail(_ text: String?) {
    if problem == nil { problem = text }
  }
}
