// The maintenance of machines: scheduled, started, stopped.

import MesetaAllocator
public import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  mutating func receiveMaintenance<E: MasterEffects>(
    _ call: OperatorCall, request: RequestID, _ peer: Peer, at time: Time, _ effects: inout E
  ) {
    switch call {
    case .getMaintenanceSchedule:
      return effects.respond(request, .response(.maintenanceSchedule(maintenance.machines.schedule)))
    case .getMaintenanceStatus:
      return effects.respond(request, .response(.maintenanceStatus(maintenanceStatus())))
    default: break
    }
    do throws(CallError) {
      if let operation = try operation(for: call, peer, at: time) {
        decide(operation, request, &effects)
      } else {
        effects.respond(request, .response(.done))  // It is so already.
      }
    } catch {
      effects.respond(request, .failed(error))
    }
  }

  /// What the registry has to write for a call; nil if nothing is to be changed.
  private func operation(
    for call: OperatorCall, _ peer: Peer, at time: Time
  ) throws(CallError) -> MaintenanceOperation? {
    switch call {
    case .updateMaintenanceSchedule(let schedule):
      try authorize(.updateMaintenanceSchedule, peer, call)
      try check(schedule)
      return .updateSchedule(schedule)
    case .startMaintenance(let ids):
      try authorize(.startMaintenance, peer, call)
      try check(ids, areDown: false)
      return .start(ids)
    case .stopMaintenance(let ids):
      try authorize(.stopMaintenance, peer, call)
      try check(ids, areDown: true)
      return .stop(ids)
    case .deactivateAgent(let id):
      try authorize(.deactivateAgent, peer, call)
      try checkKnown(id)
      return .deactivate(id)
    case .drainAgent(let id, let config):
      try authorize(.drainAgent, peer, call)
      if config.marksGone { try authorize(.markAgentGone, peer, call) }
      try checkDrainable(id, config)
      return .drain(id, config)
    case .reactivateAgent(let id):
      try authorize(.reactivateAgent, peer, call)
      try checkReactivatable(id)
      return .reactivate(id)
    case .markAgentGone(let id):
      try authorize(.markAgentGone, peer, call)
      if maintenance.goneSince(id) != nil { return nil }
      try checkMarkable(id)
      return .markGone(id, since: time.wall)
    default:
      assertionFailure("\(call.name) is not about maintenance")
      return nil
    }
  }

  private func authorize(
    _ action: Authorizer.Action, _ peer: Peer, _ call: OperatorCall
  ) throws(CallError) {
    guard authorizer.isAllowed(peer.principal, action, on: .cluster) else {
      throw CallError(.forbidden, "not authorized to call \(call.name)")
    }
  }

  // MARK: Checks, against what will be once all is written down

  private func check(_ schedule: MaintenanceSchedule) throws(CallError) {
    if let problem = schedule.problem { throw CallError(.badRequest, problem) }
    let updated = Set(schedule.windows.flatMap(\.machines))
    for id in decidedMaintenance.machines.identifiers
    where decidedMaintenance.machines.isDown(id) && !updated.contains(id) {
      throw CallError(
        .badRequest, "Machine '\(id)' is deactivated and cannot be removed from the schedule")
    }
  }

  private func check(_ ids: [MachineID], areDown: Bool) throws(CallError) {
    if let problem = ids.problem { throw CallError(.badRequest, problem) }
    for id in ids {
      guard decidedMaintenance.machines.contains(id) else {
        throw CallError(.badRequest, "Machine '\(id)' is not part of a maintenance schedule")
      }
      guard decidedMaintenance.machines.isDown(id) == areDown else {
        throw CallError(
          .badRequest,
          "Machine '\(id)' is not in "
            + (areDown
              ? "DOWN mode and cannot be brought up" : "DRAINING mode and cannot be brought down"))
      }
    }
  }

  // MARK: What is decided

  /// Has the registry write a decision down; it holds once that is done.
  mutating func decide<E: MasterEffects>(
    _ operation: MaintenanceOperation, _ request: RequestID, _ effects: inout E
  ) {
    decidedMaintenance.apply(operation)
    if case .markGone(let id, _) = operation, let key = agentsByID[id] {
      agents[valid: key].departure = .gone
      allocator.setActive(agents[valid: key].slot, false)
    }
    effects.store(registry.begin(.maintenance(operation, request)), .maintenance(operation))
  }

  /// A decision is written down.
  mutating func carryOut<E: MasterEffects>(
    _ operation: MaintenanceOperation, _ request: RequestID, at time: Time, _ effects: inout E
  ) {
    maintenance.apply(operation)
    switch operation {
    case .updateSchedule, .stop: updateUnavailabilities(at: time, &effects)
    case .start(let ids): bringDown(Set(ids), &effects)
    case .deactivate(let id): deactivate(id, at: time, &effects)
    case .drain(let id, _): drain(id, at: time, &effects)
    case .markDrained(let id): effects.log(.info, "agent \(id) is drained")
    case .reactivate(let id): reactivate(id, &effects)
    case .markGone(let id, let since): markGone(id, since: since, at: time, &effects)
    }
    if request != .none { effects.respond(request, .response(.done)) }
  }

  /// Ends all agents on machines that are down now.
  private mutating func bringDown<E: MasterEffects>(_ machines: Set<MachineID>, _ effects: inout E) {
    let reason = "Operator initiated 'Machine DOWN'"
    for index in 0..<agents.capacity {
      guard let key = agents.key(at: index),
        let machine = maintenance.machines.machine(of: agents[valid: key].machine),
        machines.contains(machine)
      else { continue }
      if let session = agents[valid: key].session {
        effects.send(.masterMessage(.shutdown(reason)), to: session)
      }
      beginRemoval(of: key, reason: reason, &effects)
    }
  }

  /// Takes back the offers of agents whose unavailability has changed: they are offered anew with the new one.
  private mutating func updateUnavailabilities<E: MasterEffects>(at time: Time, _ effects: inout E) {
    for index in 0..<agents.capacity {
      if let key = agents.key(at: index) { updateUnavailability(of: key, at: time, &effects) }
    }
  }

  mutating func updateUnavailability<E: MasterEffects>(
    of key: AgentKey, at time: Time, _ effects: inout E
  ) {
    let unavailability = maintenance.machines.machine(of: agents[valid: key].machine)
      .flatMap { maintenance.machines.unavailability($0) }
    guard unavailability != agents[valid: key].unavailability else { return }
    rescindOffers(ofAgent: key, at: time, &effects)
    agents[valid: key].unavailability = unavailability
    allocator.setUnavailability(agents[valid: key].slot, unavailability)
    allocation.want()
  }

  // MARK: What there is

  /// The machines that are scheduled and down, in the order of the schedule. O(agents).
  public func maintenanceStatus() -> MaintenanceStatus {
    var answers: [MachineID: [InverseOfferAnswer]] = [:]
    agents.visit { _, agent in
      guard let machine = maintenance.machines.machine(of: agent.machine) else { return }
      answers[machine, default: []] += allocator.inverseAnswers(agent.slot)
    }
    var status = MaintenanceStatus()
    for id in maintenance.machines.identifiers {
      if maintenance.machines.isDown(id) {
        status.down.append(id)
      } else {
        status.draining.append(.init(id, answers: answers[id] ?? []))
      }
    }
    return status
  }
}
