// What agents and frameworks have written down they know again when they come back.

import MesetaAgent
import MesetaModel
import MesetaProtocol

/// What is on the disks of agents and frameworks.
struct Memory {
  private var checkpoints: [AgentCheckpoint?] = []
  /// Whether an agent has one.
  private var hasCheckpoint: [Bool] = []
  /// The frameworks that have written their id down.
  private var hasRecord: [Bool] = []
  /// Whether an agent has come back in this life of it.
  private var hasReturned: [Bool] = []

  mutating func began(_ node: NodeID) { hasReturned[growing: node.index, filledWith: false] = false }

  mutating func stored(_ checkpoint: AgentCheckpoint, by agent: NodeID) {
    checkpoints[growing: agent.index, filledWith: nil] = checkpoint
    hasCheckpoint[growing: agent.index, filledWith: false] = true
  }

  mutating func persisted(_ framework: NodeID) {
    hasRecord[growing: framework.index, filledWith: false] = true
  }

  mutating func lostDisk(_ node: NodeID) {
    checkpoints[growing: node.index, filledWith: nil] = nil
    hasCheckpoint[growing: node.index, filledWith: false] = false
    hasRecord[growing: node.index, filledWith: false] = false
  }

  mutating func registers(_ agent: NodeID) -> String? {
    // What it comes back with later in this life is what it knows, which may not have been written down yet.
    hasReturned[growing: agent.index, filledWith: false] = true
    guard agent.index < checkpoints.count, let known = checkpoints[agent.index] else { return nil }
    return "agent \(known.agentID) has written its id down, and registers as a new one"
  }

  mutating func returns(_ agent: NodeID, _ registration: AgentRegistration) -> String? {
    if hasReturned[growing: agent.index, filledWith: false] { return nil }
    hasReturned[growing: agent.index, filledWith: false] = true
    guard agent.index < checkpoints.count, let known = checkpoints[agent.index] else { return nil }
    if registration.info.id != known.agentID {
      return "agent \(known.agentID) comes back as \(registration.info.id?.value ?? "a new one")"
    }
    if registration.checkpointedResources != known.resources {
      return "agent \(known.agentID) has written down \(known.resources), and comes back with "
        + "\(registration.checkpointedResources)"
    }
    return nil
  }

  /// An agent reports what became of a task.
  func works(_ agent: NodeID) -> String? {
    guard hasCheckpoint[growing: agent.index, filledWith: false] else {
      return "an agent runs tasks under an id that it has not written down"
    }
    return nil
  }

  /// An agent reports how an operation went.
  func reports(_ update: OperationUpdate, by agent: NodeID) -> String? {
    guard update.status.state == .finished else { return nil }
    let checkpoint = agent.index < checkpoints.count ? checkpoints[agent.index] : nil
    if checkpoint?.operations.contains(where: { $0.uuid == update.operationUUID }) == true { return nil }
    return "operation \(update.operationUUID) is reported as finished, and that is not written down"
  }

  func subscribes(_ framework: NodeID, as id: FrameworkID?) -> String? {
    guard id == nil, framework.index < hasRecord.count, hasRecord[framework.index] else { return nil }
    return "a framework has written its id down, and subscribes as a new one"
  }
}
