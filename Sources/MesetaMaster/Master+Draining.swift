// Agents that operators take out of use: deactivated, drained, given up.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  // MARK: Checks

  func checkKnown(_ id: AgentID) throws(CallError) {
    let isThere = agentsByID[id].map { agents[valid: $0].departure != .removal } ?? false
    if isThere || absentAgents.contains(id) || unreachableAgents[id] != nil
      || decidedMaintenance.standing(id) != nil
    {
      return
    }
    throw CallError(.badRequest, "Unknown agent '\(id)'; GET_AGENTS lists those there are")
  }

  func checkDrainable(_ id: AgentID, _ config: DrainConfig) throws(CallError) {
    if let period = config.maxGracePeriod, period < 0 {
      throw CallError(.badRequest, "The max_grace_period of \(period)ns is negative")
    }
    if isBeingMarkedGone(id) { throw CallError(.conflict, "Agent is currently being marked gone") }
    try checkKnown(id)
    guard let key = agentsByID[id] else { return }
    if let machine = decidedMaintenance.machines.machine(of: agents[valid: key].machine) {
      throw CallError(
        .badRequest, "Agent \(id) is part of a maintenance schedule under Machine '\(machine)'")
    }
    if !agents[valid: key].registration.capabilities.contains(.agentDraining) {
      throw CallError(.badRequest, "Agent \(id) is not capable of draining")
    }
  }

  func checkReactivatable(_ id: AgentID) throws(CallError) {
    guard decidedMaintenance.standing(id) != nil else {
      throw CallError(.badRequest, "Agent '\(id)' is not deactivated")
    }
    if maintenance.pendingDrain(id) != nil || decidedMaintenance.pendingDrain(id) != nil {
      throw CallError(.badRequest, "Agent '\(id)' is still in the DRAINING state")
    }
  }

  func checkMarkable(_ id: AgentID) throws(CallError) {
    if isBeingMarkedGone(id) {
      throw CallError(.unavailable, "Agent '\(id)' is already being transitioned to gone")
    }
    let key = agentsByID[id]
    switch key.flatMap({ agents[valid: $0].departure }) {
    case .removal:
      throw CallError(.unavailable, "Agent '\(id)' is being transitioned to removed")
    case .unreachable:
      throw CallError(.unavailable, "Agent '\(id)' is being transitioned to unreachable")
    case .gone, nil: break
    }
    if key == nil, !absentAgents.contains(id), unreachableAgents[id] == nil,
      decidedMaintenance.standing(id) == nil
    {
      throw CallError(.notFound, "Agent '\(id)' not found; GET_AGENTS lists those there are")
    }
  }

  func isBeingMarkedGone(_ id: AgentID) -> Bool {
    decidedMaintenance.goneSince(id) != nil && maintenance.goneSince(id) == nil
  }

  // MARK: Out of use

  /// Whether what an agent has may be offered.
  func isOffered(_ key: AgentKey) -> Bool {
    agents[valid: key].session != nil && maintenance.standing(agents[valid: key].id) == nil
  }

  mutating func deactivate<E: MasterEffects>(_ id: AgentID, at time: Time, _ effects: inout E) {
    guard let key = agentsByID[id] else { return }
    effects.log(.info, "agent \(id) is deactivated")
    allocator.setActive(agents[valid: key].slot, false)
    rescindOffers(ofAgent: key, at: time, &effects)
  }

  mutating func drain<E: MasterEffects>(_ id: AgentID, at time: Time, _ effects: inout E) {
    deactivate(id, at: time, &effects)
    if let key = agentsByID[id] { continueDrain(of: key, at: time, &effects) }
  }

  /// Tells an agent that is to be drained, or has been, to kill its tasks: it may be back, and not know.
  mutating func continueDrain<E: MasterEffects>(of key: AgentKey, at time: Time, _ effects: inout E) {
    let id = agents[valid: key].id
    guard let info = maintenance.standing(id)?.drainInfo else { return }
    if let session = agents[valid: key].session {
      effects.send(.masterMessage(.drain(info.config)), to: session)
    }
    guard info.state == .draining else { return marks.insert(.drainedAgentReturned) }
    if agents[valid: key].drainStartTime != nil { marks.insert(.drainContinued) }
    agents[valid: key].isDraining = true
    if agents[valid: key].drainStartTime == nil { agents[valid: key].drainStartTime = time.wall }
    drainChecks.append(key)
    effects.log(.info, "draining agent \(id), which has \(agents[valid: key].tasks.count) tasks")
  }

  mutating func reactivate<E: MasterEffects>(_ id: AgentID, _ effects: inout E) {
    guard let key = agentsByID[id] else { return }
    agents[valid: key].drainStartTime = nil
    agents[valid: key].isDraining = false
    guard agents[valid: key].departure == nil else { return }
    allocator.setActive(agents[valid: key].slot, isOffered(key))
    allocation.want()
    effects.log(.info, "agent \(id) is in use again")
  }

  /// Sees which of the agents that are being drained have nothing left.
  mutating func finishDrains<E: MasterEffects>(at time: Time, _ effects: inout E) {
    if drainChecks.isEmpty { return }
    let checks = drainChecks
    drainChecks = []
    for key in checks {
      guard agents.contains(key), agents[valid: key].tasks.isEmpty, agents[valid: key].departure == nil,
        operations.keys(ofAgent: key).isEmpty,
        let config = decidedMaintenance.pendingDrain(agents[valid: key].id)
      else { continue }
      agents[valid: key].isDraining = false
      let id = agents[valid: key].id
      if config.marksGone {
        marks.insert(.drainEndedInGone)
        decide(.markGone(id, since: time.wall), .none, &effects)
      } else {
        decide(.markDrained(id), .none, &effects)
      }
    }
  }

  // MARK: Given up

  /// The agent is recorded as gone: it is never taken back.
  mutating func markGone<E: MasterEffects>(
    _ id: AgentID, since: Int64, at time: Time, _ effects: inout E
  ) {
    unreachableAgents.remove(id)
    absentAgents.remove(id)
    if let key = agentsByID[id] {
      removeGone(key, at: time, &effects)
    } else {
      tellGoneTasks(of: id, at: time, &effects)
    }
  }

  /// Tells of the tasks of an agent that was unreachable.
  private mutating func tellGoneTasks<E: MasterEffects>(
    of id: AgentID, at time: Time, _ effects: inout E
  ) {
    for index in 0..<frameworks.capacity {
      guard let key = frameworks.key(at: index) else { continue }
      let isAware = frameworks[valid: key].isPartitionAware
      for (task, unreachable) in frameworks[valid: key].unreachableTasks.entries
      where unreachable.agentID == id {
        marks.insert(.goneWhileUnreachable)
        frameworks[valid: key].unreachableTasks.remove(task)
        send(
          .update(
            TaskStatus(
              taskID: task, state: isAware ? .goneByOperator : .lost, source: .master,
              reason: isAware ? .agentRemovedByOperator : .agentRemoved, message: Self.markedGone,
              agentID: id, timestamp: time.timestamp)),
          to: key, &effects)
      }
    }
  }

  static let markedGone = "Agent has been marked gone"
}
