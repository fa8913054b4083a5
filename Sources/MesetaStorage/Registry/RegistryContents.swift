// What the entries of a registry amount to.

package import MesetaHost
package import MesetaMaster
import MesetaModel
package import MesetaWire

/// All of a registry, read from its entries.
package struct RegistryContents: Sendable {
  package private(set) var record = RegistryExportRecord()

  /// All of a registry from elsewhere.
  package init(_ record: RegistryExportRecord) { self.record = record }

  /// All that some entries say.
  ///
  /// - Throws: ``RegistryFailure`` if one cannot be read.
  package init(_ entries: [RegistryEntry]) throws(RegistryFailure) {
    var decoder = MessageDecoder()
    for entry in entries { try add(entry, &decoder) }
  }

  private mutating func add(
    _ entry: RegistryEntry, _ decoder: inout MessageDecoder
  ) throws(RegistryFailure) {
    do throws(WireError) {
      switch entry.key.kind {
      case .agent: record.agents.append(try decoder.decodeValue(RegistryAgentRecord.self, from: entry.value))
      case .gone: record.gone.append(try decoder.decodeValue(RegistryGoneRecord.self, from: entry.value))
      case .standing:
        record.standings.append(try decoder.decodeValue(RegistryStandingRecord.self, from: entry.value))
      case .quota: record.quotas.append(try decoder.decodeValue(RoleQuota.self, from: entry.value))
      case .weight: record.weights.append(try decoder.decodeValue(RoleWeight.self, from: entry.value))
      case .maintenance:
        record.maintenance = try decoder.decodeValue(RegistryMaintenanceRecord.self, from: entry.value)
      }
    } catch {
      throw RegistryFailure(.unreadable, "the entry \(entry.key) of the registry cannot be read: \(error)")
    }
  }

  /// What a master begins with.
  package var state: RegistryState {
    var state = RegistryState(isComplete: true)
    // In the order in which they went, so that the oldest are forgotten first.
    for agent in record.agents where agent.info != nil {
      if let info = agent.info { state.apply(.admitAgent(info)) }
    }
    let unreachable = record.agents.compactMap { agent in agent.unreachableSince.map { (agent.id, $0) } }
    for (id, since) in unreachable.sorted(by: { ($0.1, $0.0) < ($1.1, $1.0) }) {
      state.apply(.markAgentUnreachable(id, since: since))
    }
    state.apply(.updateQuotas(record.quotas))
    state.apply(.updateWeights(record.weights))
    state.apply(.maintenance(.updateSchedule(record.maintenance.schedule)))
    state.apply(.maintenance(.start(record.maintenance.down)))
    for standing in record.standings {
      switch standing.standing {
      case .deactivated: state.apply(.maintenance(.deactivate(standing.id)))
      case .drained(let info):
        state.apply(.maintenance(.drain(standing.id, info.config)))
        if info.state == .drained { state.apply(.maintenance(.markDrained(standing.id))) }
      }
    }
    for gone in record.gone.sorted(by: { ($0.since, $0.id) < ($1.since, $1.id) }) {
      state.apply(.maintenance(.markGone(gone.id, since: gone.since)))
    }
    return state
  }

  /// The entries that it is made of, in the order of their keys.
  package var entries: [RegistryEntry] {
    var encoder = MessageEncoder()
    func entry(_ key: RegistryKey, _ value: some WireConvertible) -> RegistryEntry {
      RegistryEntry(key, value, &encoder)
    }
    var entries = record.agents.map { entry(RegistryKey(.agent, $0.id.value), $0) }
    entries += record.gone.map { entry(RegistryKey(.gone, $0.id.value), $0) }
    entries += record.standings.map { entry(RegistryKey(.standing, $0.id.value), $0) }
    entries += record.quotas.map { entry(RegistryKey(.quota, $0.role), $0) }
    entries += record.weights.map { entry(RegistryKey(.weight, $0.role), $0) }
    if !record.maintenance.schedule.windows.isEmpty {
      entries.append(entry(RegistryKey(.maintenance), record.maintenance))
    }
    return entries.sorted { $0.key < $1.key }
  }
}
