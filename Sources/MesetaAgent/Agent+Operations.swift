// Operations: reservations and volumes are made and undone, remembered, and reported on until that is acknowledged.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Why an operation was not done.
private struct OperationRefusal: Error {
  var state: OperationState
  var message: String
}

extension Agent {
  /// How many operations may wait for the acknowledgement of their status. More are dropped without a trace.
  static let maxOperations = 100_000

  /// Does an operation. Its status is told once the resources that it made are written down.
  mutating func apply<E: AgentEffects>(_ message: ApplyOperation, at time: Time, _ effects: inout E) {
    if operations.find(message.uuid) != nil { return marks.insert(.operationRepeated) }
    guard case .running = phase, operations.count < Self.maxOperations else {
      let reason =
        operations.count < Self.maxOperations ? "it is on its way out" : "too many are unacknowledged"
      return effects.log(.warning, "not doing operation \(message.uuid): \(reason)")
    }
    do throws(OperationRefusal) {
      try carryOut(message, &effects)
      operations.insert(operation(message, .finished, nil, checkpoint: checkpoints.next))
      checkpoints.isStale = true
    } catch {
      effects.log(.warning, "operation \(message.uuid) is not done: \(error.message)")
      let key = operations.insert(operation(message, error.state, error.message, checkpoint: nil))
      // The master counts on what the operation was to make, and has perhaps promised it to others already. If the
      // operation is for an earlier state, the master has been told, or will be.
      if message.resourceVersion == resourceVersion {
        disown(&effects)
      }
      tell(key, at: time, &effects)
    }
  }

  private mutating func operation(
    _ message: ApplyOperation, _ state: OperationState, _ text: String?, checkpoint: StorageToken?
  ) -> AgentOperation {
    let status = OperationStatus(
      operationID: message.operation.id, state: state, message: text, uuid: nextUUID(), agentID: info.id)
    let record = OperationRecord(
      message.uuid, frameworkID: message.frameworkID, agentID: info.id, message.operation, status: status)
    return AgentOperation(record, checkpoint: checkpoint)
  }

  /// Tells the master what the agent has, and drops what was sent before the master knew.
  private mutating func disown<E: AgentEffects>(_ effects: inout E) {
    resourceVersion = versions.nextUUID()
    guard let session = connection.registeredSession else { return }
    effects.send(
      .agentMessage(.updateResources(checkpointed: total.checkpointed, version: resourceVersion)), to: session
    )
  }

  private mutating func carryOut<E: AgentEffects>(
    _ message: ApplyOperation, _ effects: inout E
  ) throws(OperationRefusal) {
    guard message.resourceVersion == resourceVersion else {
      throw OperationRefusal(
        state: .dropped, message: "The operation was made for an earlier state of the agent's resources")
    }
    let operation = message.operation.allocated(to: nil)
    guard let conversions = operation.conversions else {
      throw OperationRefusal(state: .error, message: "The agent does not know how to do \(operation.name)")
    }
    let converted: (total: Resources, available: Resources)
    do throws(ConversionProblem) {
      converted = (try total.applying(conversions), try available.applying(conversions))
    } catch {
      throw OperationRefusal(state: .dropped, message: error.description)
    }
    let (before, after) = (try volumes(total), try volumes(converted.total))
    let removed = before.filter { old in !after.contains { $0.path == old.path } }
    if let used = removed.first(where: { isUsed($0.volume) }) {
      throw OperationRefusal(state: .failed, message: "Persistent volume \(used.volume) is in use")
    }
    let made = after.filter { new in !before.contains { $0.path == new.path } }
    // What was there has to be gone for good before a volume of the same name is made.
    let isAgain = made.contains { new in removedVolumes.contains { $0.path == new.path } }
    if isAgain {
      marks.insert(.volumeMadeAgain)
      writeCheckpoint(&effects)
    }
    removedVolumes += removed
    (total, available) = converted
  }

  private func volumes(_ resources: Resources) throws(OperationRefusal) -> [PlacedVolume] {
    var placed: [PlacedVolume] = []
    for volume in resources.persistentVolumes {
      do throws(UnusableVolume) {
        placed.append(PlacedVolume(volume: volume, path: try volumeLayout.directory(of: volume).path))
      } catch {
        throw OperationRefusal(state: .error, message: error.description)
      }
    }
    return placed
  }

  /// Whether a task or an executor uses a volume.
  private func isUsed(_ volume: Resource) -> Bool {
    var isUsed = false
    tasks.entries.visit { _, task in
      if task.holdsResources, task.info?.resources.allocated(to: nil).contains(volume) == true {
        isUsed = true
      }
    }
    executors.entries.visit { _, executor in
      if executor.holdsResources, executor.info.resources.allocated(to: nil).contains(volume) {
        isUsed = true
      }
    }
    return isUsed
  }

  // MARK: Checkpoints

  /// Writes down what changed since the last time.
  mutating func writeCheckpointIfStale<E: AgentEffects>(_ effects: inout E) {
    if checkpoints.isStale { writeCheckpoint(&effects) }
  }

  mutating func writeCheckpoint<E: AgentEffects>(isIdentity: Bool = false, _ effects: inout E) {
    guard let id = info.id else { return }
    let checkpoint = AgentCheckpoint(
      agentID: id, resources: total.checkpointed, removedVolumes: Resources(removedVolumes.map(\.volume)),
      operations: operations.records.filter { $0.status.state == .finished }, info: info)
    removedVolumes = []
    effects.checkpoint(checkpoints.begin(isIdentity: isIdentity), checkpoint)
  }

  /// A checkpoint is durable: those whose operations are in it may hear of them.
  mutating func tellStored<E: AgentEffects>(_ token: StorageToken, at time: Time, _ effects: inout E) {
    for key in operations.takeStored(token) { tell(key, at: time, &effects) }
  }

  // MARK: Statuses

  /// Sends the status of an operation, again after a while until it is acknowledged.
  mutating func tell<E: AgentEffects>(_ key: OperationTable.Key, at time: Time, _ effects: inout E) {
    guard let session = connection.registeredSession, let operation = operations[key],
      operation.checkpoint == nil
    else { return }
    let due = operationResends.add(key, attempt: operation.attempt, at: time.monotonic)
    operations.update(key) { $0.sent(again: due) }
    effects.send(.agentMessage(.updateOperationStatus(operation.update)), to: session)
    if operationResends.count > 4 * operations.count + 1024 {
      operationResends.keep { [operations] in operations.isDue($0, at: $1) }
    }
  }

  /// The master has the agent: what is not acknowledged is sent, in the order it came.
  mutating func resumeOperations<E: AgentEffects>(at time: Time, _ effects: inout E) {
    for key in operations.keys { tell(key, at: time, &effects) }
  }

  mutating func acknowledgeOperation<E: AgentEffects>(_ uuid: UUID, status: UUID, _ effects: inout E) {
    guard let key = operations.find(uuid), let operation = operations[key],
      operation.record.status.uuid == status
    else {
      marks.insert(.operationAcknowledgedWithoutNeed)
      return effects.log(.debug, "ignoring an acknowledgement for operation \(uuid), which is not awaited")
    }
    operations.remove(key)
    if operation.record.status.state == .finished { checkpoints.isStale = true }
  }

  /// The master believes in operations that the agent did not name. What it does not know never arrived.
  mutating func answer<E: AgentEffects>(_ reconciled: [UUID], to session: SessionID, _ effects: inout E) {
    for uuid in reconciled {
      guard operations.find(uuid) == nil else {
        marks.insert(.missingOperationKnown)
        continue
      }
      marks.insert(.missingOperationUnknown)
      let status = OperationStatus(
        operationID: nil, state: .dropped, message: "Reconciliation: the agent does not know the operation",
        agentID: info.id)
      effects.send(
        .agentMessage(.updateOperationStatus(OperationUpdate(uuid, frameworkID: nil, status))), to: session)
    }
  }
}

/// A persistent volume, and where it is.
struct PlacedVolume: Codable, Sendable {
  var volume: Resource
  var path: String
}

extension SeededGenerator {
  mutating func nextUUID() -> UUID { UUID(random: next(), next()) }
}
