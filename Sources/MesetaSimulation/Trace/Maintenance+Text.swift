// Maintenance and draining, in a line.

import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Unavailability {
  /// `unavailable from 1h on for 30m`, since the simulation began.
  var text: String {
    "unavailable from \(Span(nanoseconds: start - Simulation.startOfTime)) on"
      + (duration.map { " for \(Span(nanoseconds: $0))" } ?? "")
  }
}

extension MachineID {
  /// `h1`, `10.0.0.1` or `h1/10.0.0.1`.
  var text: String { [hostname, ip].filter { !$0.isEmpty }.joined(separator: "/") }
}

extension [MachineID] {
  fileprivate var text: String { map(\.text).joined(separator: ",") }
}

extension MaintenanceSchedule {
  var text: String {
    windows.isEmpty
      ? "nothing"
      : windows.map { "\($0.machines.text) \($0.unavailability.text)" }.joined(separator: " | ")
  }
}

extension MaintenanceStatus {
  var text: String {
    let draining = draining.map { machine in
      let answers = machine.answers.map { "\($0.frameworkID) \($0.isAccepted ? "accepts" : "declines")" }
      return "\(machine.id.text) draining" + (answers.isEmpty ? "" : ": \(answers.joined(separator: ", "))")
    }
    let all = draining + down.map { "\($0.text) down" }
    return all.isEmpty ? "no maintenance" : all.joined(separator: " | ")
  }
}

extension InverseOffer {
  /// `O2 for S0: unavailable from 1h on`.
  var text: String { "\(id) for \(agentID?.value ?? "?"): \(unavailability.text)" }
}

extension DrainConfig {
  var text: String {
    (maxGracePeriod.map { " within \(Span(nanoseconds: $0))" } ?? "") + (marksGone ? " and mark gone" : "")
  }
}

extension AgentStanding {
  var text: String {
    switch self {
    case .deactivated: "deactivated"
    case .drained(let info): info.state == .drained ? "drained" : "draining"
    }
  }
}

extension MaintenanceOperation {
  var text: String {
    switch self {
    case .updateSchedule(let schedule): "maintenance of \(schedule.text)"
    case .start(let machines): "\(machines.text) down"
    case .stop(let machines): "\(machines.text) up"
    case .deactivate(let id): "deactivate \(id)"
    case .drain(let id, let config): "drain \(id)" + config.text
    case .markDrained(let id): "\(id) is drained"
    case .reactivate(let id): "reactivate \(id)"
    case .markGone(let id, _): "\(id) is gone"
    }
  }
}
