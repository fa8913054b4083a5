import MesetaModel
import MesetaProtocol
import MesetaRuntime

typealias OperationKey = Slot<OperationEntry>

/// An operation that was sent to its agent, or that an agent told of.
struct OperationEntry: Codable, Sendable {
  /// Its status is the newest that is known: pending, or what the agent told.
  var record: OperationRecord
  var agent: AgentKey

  /// Whether its framework wants to hear how it went.
  var wantsFeedback: Bool { record.operation.id != nil && record.frameworkID != nil }
}

/// The operations that are under way, or whose end nobody has acknowledged. Each is found by its UUID, by what its
/// framework calls it, and by its agent.
struct OperationLedger: Codable, Sendable {
  private struct Name: Codable, Hashable {
    var frameworkID: FrameworkID
    var operationID: OperationID
  }

  private var entries = SlotMap<OperationEntry>()
  private var byUUID: [UUID: OperationKey] = [:]
  /// A name is mostly that of one. A framework may use it again before the agent of the first is back with this master.
  private var byName: [Name: [OperationKey]] = [:]
  /// In the order they came.
  private var byAgent: [AgentKey: [OperationKey]] = [:]
  private var byFramework: [FrameworkID: [OperationKey]] = [:]

  subscript(key: OperationKey) -> OperationEntry? { entries[key] }

  func find(_ uuid: UUID) -> OperationKey? { byUUID[uuid] }

  func find(_ id: OperationID, of framework: FrameworkID) -> OperationKey? {
    byName[Name(frameworkID: framework, operationID: id)]?.last
  }

  /// The operation of that name whose newest status has that UUID.
  func find(_ id: OperationID, of framework: FrameworkID, status: UUID) -> OperationKey? {
    byName[Name(frameworkID: framework, operationID: id)]?.first { entries[$0]?.record.status.uuid == status }
  }

  func keys(ofAgent agent: AgentKey) -> [OperationKey] { byAgent[agent] ?? [] }
  func keys(of framework: FrameworkID) -> [OperationKey] { byFramework[framework] ?? [] }

  /// All, in the order of their slots.
  var records: [OperationRecord] {
    var records: [OperationRecord] = []
    entries.visit { records.append($1.record) }
    return records
  }

  /// Enters an operation whose UUID is not there.
  mutating func add(_ record: OperationRecord, on agent: AgentKey) {
    let key = entries.insert(OperationEntry(record: record, agent: agent))
    byUUID[record.uuid] = key
    byAgent[agent, default: []].append(key)
    guard let framework = record.frameworkID else { return }
    byFramework[framework, default: []].append(key)
    if let id = record.operation.id {
      byName[Name(frameworkID: framework, operationID: id), default: []].append(key)
    }
  }

  /// Takes over what an agent tells of an operation. What is terminal stays as it is.
  mutating func update(_ key: OperationKey, _ status: OperationStatus) {
    entries.update(key) { entry in
      if !entry.record.status.state.isTerminal || entry.record.status.state == status.state {
        entry.record.status = status
      }
    }
  }

  @discardableResult
  mutating func remove(_ key: OperationKey) -> OperationEntry? {
    guard let entry = entries.remove(key) else { return nil }
    byUUID[entry.record.uuid] = nil
    Self.remove(key, from: &byAgent, at: entry.agent)
    guard let framework = entry.record.frameworkID else { return entry }
    Self.remove(key, from: &byFramework, at: framework)
    if let id = entry.record.operation.id {
      Self.remove(key, from: &byName, at: Name(frameworkID: framework, operationID: id))
    }
    return entry
  }

  /// They mostly leave in the order they came.
  private static func remove<Owner: Hashable>(
    _ key: OperationKey, from lists: inout [Owner: [OperationKey]], at owner: Owner
  ) {
    guard let index = lists[owner]?.firstIndex(of: key) else { return }
    lists[owner]?.remove(at: index)
    if lists[owner]?.isEmpty == true { lists[owner] = nil }
  }
}
