// What must hold of a cluster whatever goes wrong in it, checked as it runs.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Watches the messages and the containers of a simulation.
struct Checks {
  /// The first thing that was wrong.
  private(set) var problem: String?
  /// The tasks that a framework was told are finished.
  private(set) var finished: [NodeID: Set<TaskID>] = [:]
  private var updates = UpdateOrder()
  private var containers = ContainerUse()

  mutating func delivered(_ message: Message, from: NodeID, to: NodeID, at time: Instant) {
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

  mutating func started(_ container: SimulatedContainer, on agent: NodeID, at time: Instant) {
    fail(containers.started(container, on: agent))
  }

  mutating func ended(_ container: SimulatedContainer, on agent: NodeID) {
    containers.ended(container, on: agent)
  }

  mutating func fail(_ text: String?) {
    if problem == nil { problem = text }
  }
}
