public import MesetaModel

/// The machines that are scheduled for maintenance, and which of them are down.
public struct MachineBook: Hashable, Codable, Sendable {
  private struct Machine: Hashable, Codable, Sendable {
    var unavailability: Unavailability
    var isDown = false
  }

  public private(set) var schedule = MaintenanceSchedule()
  /// Look-up only; the schedule is what is iterated.
  private var machines: [MachineID: Machine] = [:]

  public init() {}

  /// The machines in the order of the schedule.
  var identifiers: [MachineID] { schedule.windows.flatMap(\.machines) }

  /// The machines that are down, in the order of the schedule.
  public var down: [MachineID] { identifiers.filter(isDown) }

  func contains(_ id: MachineID) -> Bool { machines[id] != nil }
  func isDown(_ id: MachineID) -> Bool { machines[id]?.isDown ?? false }
  func unavailability(_ id: MachineID) -> Unavailability? { machines[id]?.unavailability }

  /// The scheduled machine that an agent is on: by both its name and its address, or by either alone.
  func machine(of agent: MachineID) -> MachineID? {
    if machines.isEmpty { return nil }
    let names = [agent, MachineID(hostname: agent.hostname), MachineID(ip: agent.ip)]
    return names.first { machines[$0] != nil }
  }

  /// Replaces the schedule; what is down stays down.
  mutating func update(_ schedule: MaintenanceSchedule) {
    var updated: [MachineID: Machine] = [:]
    for window in schedule.windows {
      for id in window.machines {
        updated[id] = Machine(unavailability: window.unavailability, isDown: isDown(id))
      }
    }
    self.schedule = schedule
    machines = updated
  }

  mutating func start(_ ids: [MachineID]) {
    for id in ids { machines[id]?.isDown = true }
  }

  /// The machines are up again, and no longer scheduled.
  mutating func stop(_ ids: [MachineID]) {
    let stopped = Set(ids)
    schedule = schedule.without { stopped.contains($0) }
    for id in ids { machines[id] = nil }
  }
}
