// How operations went: statuses on their way to frameworks, their acknowledgements, and the questions about them.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  // MARK: From the agent

  mutating func receive<E: MasterEffects>(
    _ update: OperationUpdate, fromAgent agent: AgentKey, at time: Time, _ effects: inout E
  ) {
    count(.messagesOperationStatusUpdate)
    guard let key = operations.find(update.operationUUID), operations[key]?.agent == agent else {
      // Its end was acknowledged, and the agent did not hear of that.
      metrics.invalidOperationStatusUpdates += 1
      marks.insert(.operationUnknown)
      return acknowledge(update.status, of: update.operationUUID, to: agent, &effects)
    }
    metrics.validOperationStatusUpdates += 1
    var status = update.status
    status.operationID = operations[key]?.record.operation.id
    operations.update(key, status)
    guard let operation = operations[key] else { return }
    if let framework = operation.wantsFeedback ? operation.record.frameworkID : nil {
      if let owner = frameworksByID[framework] {
        send(.updateOperationStatus(status), to: owner, &effects)
        if status.uuid == nil, status.state.isTerminal { removeOperation(key) }
        return
      }
      // The framework may come back to this master as its agents do; the agent asks again until then.
      let mayComeBack =
        !isRemoved(framework)
        && time.monotonic < startTime.monotonic + configuration.agentReregisterTimeout
      if mayComeBack { return marks.insert(.operationWaitsForFramework) }
      marks.insert(.operationAcknowledgedForNobody)
    }
    acknowledge(status, of: update.operationUUID, to: agent, &effects)
    if status.state.isTerminal { removeOperation(key) }
  }

  /// Acknowledges a status for whoever does not do it.
  private func acknowledge<E: MasterEffects>(
    _ status: OperationStatus, of operation: UUID, to agent: AgentKey, _ effects: inout E
  ) {
    guard let uuid = status.uuid, let session = agents[valid: agent].session else { return }
    effects.send(.masterMessage(.acknowledgeOperation(operation, status: uuid)), to: session)
  }

  /// An operation could not be done, so that what was made of it is not there.
  mutating func updateResources<E: MasterEffects>(
    of key: AgentKey, checkpointed: Resources, version: UUID, at time: Time, _ effects: inout E
  ) {
    var registration = agents[valid: key].registration
    registration.checkpointedResources = checkpointed
    registration.resourceVersion = version
    do throws(IncompatibleResources) {
      let total = try registration.total
      rescindOffers(ofAgent: key, at: time, &effects)
      let slot = agents[valid: key].slot
      let oversubscribed = allocator.total(slot) - allocator.total(slot).nonRevocable
      allocator.updateAgent(slot, total: total + oversubscribed)
      agents[valid: key].registration = registration
      allocation.want()
    } catch {
      effects.log(.error, "ignored the resources of agent \(agents[valid: key].name): \(error)")
    }
  }

  /// Takes over the operations that a returning agent names; returns those that it does not name.
  mutating func takeOverOperations(_ named: [OperationRecord], of agent: AgentKey) -> [UUID] {
    for record in named {
      if let known = operations.find(record.uuid) {
        if operations[known]?.agent == agent { operations.update(known, record.status) }
      } else {
        var record = record
        record.agentID = agents[valid: agent].id
        operations.add(record, on: agent)
      }
    }
    let names = Set(named.map(\.uuid))
    return operations.keys(ofAgent: agent).compactMap { operations[$0]?.record.uuid }
      .filter { !names.contains($0) }
  }

  /// Takes an operation out of the ledger.
  private mutating func removeOperation(_ key: OperationKey) {
    guard let operation = operations.remove(key), agents.contains(operation.agent) else { return }
    if agents[valid: operation.agent].isDraining { drainChecks.append(operation.agent) }
  }

  /// Tells the frameworks what became of the operations on an agent that goes, and forgets them.
  mutating func endOperations<E: MasterEffects>(
    of agent: AgentKey, _ state: OperationState, _ message: String, _ effects: inout E
  ) {
    for key in operations.keys(ofAgent: agent) {
      guard let operation = operations.remove(key), operation.wantsFeedback,
        let framework = operation.record.frameworkID.flatMap({ frameworksByID[$0] })
      else { continue }
      marks.insert(.operationLostWithAgent)
      let status = OperationStatus(
        operationID: operation.record.operation.id, state: state, message: message,
        agentID: agents[valid: agent].id)
      send(.updateOperationStatus(status), to: framework, &effects)
    }
  }

  // MARK: From the framework

  mutating func acknowledge<E: MasterEffects>(
    _ call: SchedulerCall.AcknowledgeOperationStatus, of framework: FrameworkKey, _ effects: inout E
  ) {
    let id = frameworks[valid: framework].id
    guard let key = operations.find(call.operationID, of: id, status: call.uuid),
      let operation = operations[key],
      agents.contains(operation.agent), agents[valid: operation.agent].id == call.agentID,
      agents[valid: operation.agent].session != nil
    else {
      metrics.invalidOperationStatusUpdateAcknowledgements += 1
      return marks.insert(.operationAcknowledgedTooLate)
    }
    metrics.validOperationStatusUpdateAcknowledgements += 1
    acknowledge(operation.record.status, of: operation.record.uuid, to: operation.agent, &effects)
    if operation.record.status.state.isTerminal { removeOperation(key) }
  }

  /// Why the operations that a framework names cannot be taken; nil if they can.
  func problem(withReconciling wanted: [SchedulerCall.ReconciledOperation]) -> CallError? {
    let most = configuration.maxOperationsPerFramework
    if wanted.count <= most { return nil }
    return CallError(
      .badRequest, "RECONCILE_OPERATIONS names \(wanted.count) operations: name at most \(most) in one call")
  }

  /// Tells a framework how operations stand: those that it names, or all that are known. The cases are Mesos's.
  mutating func reconcile<E: MasterEffects>(
    _ wanted: [SchedulerCall.ReconciledOperation], of framework: FrameworkKey, at time: Time,
    _ effects: inout E
  ) {
    let id = frameworks[valid: framework].id
    if wanted.isEmpty {
      for key in operations.keys(of: id) {
        if let operation = operations[key], operation.wantsFeedback {
          report(operation, to: framework, &effects)
        }
      }
    }
    for question in wanted {
      if let operation = operations.find(question.operationID, of: id).flatMap({ operations[$0] }) {
        report(operation, to: framework, &effects)
      } else {
        let (state, message) = answer(question, at: time)
        send(
          .updateOperationStatus(
            OperationStatus(
              operationID: question.operationID, state: state, message: "Reconciliation: \(message)",
              agentID: question.agentID, resourceProviderID: question.resourceProviderID)),
          to: framework, &effects)
      }
    }
  }

  /// What is known of an operation is told once, and not to be acknowledged.
  private mutating func report<E: MasterEffects>(
    _ operation: OperationEntry, to framework: FrameworkKey, _ effects: inout E
  ) {
    var status = operation.record.status
    status.operationID = operation.record.operation.id
    status.uuid = nil
    send(.updateOperationStatus(status), to: framework, &effects)
  }

  private func answer(
    _ question: SchedulerCall.ReconciledOperation, at time: Time
  ) -> (OperationState, String) {
    guard let agent = question.agentID else {
      return (.unknown, "Operation is unknown and no 'agent_id' was provided")
    }
    if agentsByID[agent] != nil { return (.unknown, "Operation is unknown") }
    if unreachableAgents[agent] != nil { return (.unreachable, "Agent is unreachable") }
    if maintenance.goneSince(agent) != nil { return (.goneByOperator, "Agent marked gone by operator") }
    if mayStillComeBack(agent, at: time) {
      return (.recovering, "Agent is recovered but has not re-registered")
    }
    return (.unknown, "Both operation and agent are unknown")
  }
}
