// How what a master decides becomes changes of entries.

package import MesetaMaster
import MesetaModel
import MesetaWire

/// Says which entries a master's operations change. Changes are whole values, so that doing one again does nothing.
package struct RegistryJournal: Sendable {
  /// What some entries are made of; the rest follows from the operations alone.
  private var maintenance: MaintenanceState

  /// - Parameter state: what is stored.
  package init(_ state: RegistryState) { maintenance = state.maintenance }

  /// The changes that a master's operations come to, in their order.
  package mutating func changes(for operations: [RegistryOperation]) -> [RegistryChange] {
    var list = ChangeList()
    for operation in operations { add(operation, to: &list) }
    return list.changes
  }

  private mutating func add(_ operation: RegistryOperation, to list: inout ChangeList) {
    switch operation {
    case .admitAgent(let info), .updateAgent(let info), .markAgentReachable(let info):
      guard let id = info.id else { return }
      list.put(RegistryAgentRecord(id, info: info), RegistryKey(.agent, id.value))
    case .markAgentUnreachable(let id, let since):
      list.put(RegistryAgentRecord(id, unreachableSince: since), RegistryKey(.agent, id.value))
    case .removeAgent(let id):
      maintenance.forget(id)
      list.remove(RegistryKey(.agent, id.value))
      list.remove(RegistryKey(.standing, id.value))
    case .updateQuotas(let quotas):
      for quota in quotas {
        let key = RegistryKey(.quota, quota.role)
        if quota.quota.isDefault { list.remove(key) } else { list.put(quota, key) }
      }
    case .updateWeights(let weights):
      for weight in weights { list.put(weight, RegistryKey(.weight, weight.role)) }
    case .maintenance(let operation):
      maintenance.apply(operation)
      add(operation, to: &list)
    case .prune(let unreachable, let gone):
      for id in unreachable { list.remove(RegistryKey(.agent, id.value)) }
      for id in gone { list.remove(RegistryKey(.gone, id.value)) }
    }
  }

  private mutating func add(_ operation: MaintenanceOperation, to list: inout ChangeList) {
    switch operation {
    case .updateSchedule, .start, .stop:
      let record = RegistryMaintenanceRecord(
        maintenance.machines.schedule, down: maintenance.machines.down)
      list.put(record, RegistryKey(.maintenance))
    case .deactivate(let id), .drain(let id, _), .markDrained(let id), .reactivate(let id):
      let key = RegistryKey(.standing, id.value)
      if let standing = maintenance.standing(id) {
        list.put(RegistryStandingRecord(id, standing), key)
      } else {
        list.remove(key)
      }
    case .markGone(let id, let since):
      list.put(RegistryGoneRecord(id, since: since), RegistryKey(.gone, id.value))
      list.remove(RegistryKey(.agent, id.value))
      list.remove(RegistryKey(.standing, id.value))
    }
  }
}

/// Changes in the making.
private struct ChangeList {
  private(set) var changes: [RegistryChange] = []
  private var encoder = MessageEncoder()

  mutating func put(_ value: some WireConvertible, _ key: RegistryKey) {
    changes.append(.put(RegistryEntry(key, value, &encoder)))
  }

  mutating func remove(_ key: RegistryKey) { changes.append(.remove(key)) }
}

extension RegistryEntry {
  /// An entry of a value of ours.
  init(_ key: RegistryKey, _ value: some WireConvertible, _ encoder: inout MessageEncoder) {
    var bytes: [UInt8] = []
    encoder.encodeValue(value, into: &bytes)
    self.init(key, bytes)
  }
}
