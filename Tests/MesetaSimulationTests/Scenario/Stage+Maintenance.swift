// The verbs of an operator that are about maintenance, and about agents that are taken out of use.

import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaSimulation

extension Stage {
  /// The operator's call of that name; nil if it is not about maintenance.
  mutating func maintenanceCall(_ call: String, _ arguments: inout Arguments) throws -> OperatorCall? {
    switch call {
    case "schedule": return .updateMaintenanceSchedule(try schedule(&arguments))
    case "get-schedule": return .getMaintenanceSchedule
    case "maintenance": return .getMaintenanceStatus
    case "start-maintenance": return .startMaintenance(machines(arguments.rest()))
    case "stop-maintenance": return .stopMaintenance(machines(arguments.rest()))
    case "deactivate": return .deactivateAgent(try agentID(&arguments))
    case "reactivate": return .reactivateAgent(try agentID(&arguments))
    case "gone": return .markAgentGone(try agentID(&arguments))
    case "drain":
      let grace = try Self.span(arguments.value("within"))
      let marksGone = arguments.flag("mark-gone")
      return .drainAgent(
        try agentID(&arguments), DrainConfig(maxGracePeriod: grace?.nanoseconds, marksGone: marksGone))
    default: return nil
    }
  }

  /// `a1 a2 in=1h for=30m | a3 in=2h`: the times from the first moment of the simulation on.
  private func schedule(_ arguments: inout Arguments) throws -> MaintenanceSchedule {
    var windows: [MaintenanceWindow] = []
    for words in arguments.rest().split(separator: "|", omittingEmptySubsequences: true) {
      var words = Arguments(Array(words))
      let start = try Self.span(words.value("in")) ?? .zero
      let duration = words.value("for")
      // A schedule that is not valid is of interest, too.
      let length = duration == "negative" ? -1 : try Self.span(duration)?.nanoseconds
      windows.append(
        MaintenanceWindow(
          machines(words.rest()),
          Unavailability(start: Simulation.startOfTime + start.nanoseconds, duration: length)))
    }
    return MaintenanceSchedule(windows)
  }

  /// `a1`, `10.0.0.1`, `a1/10.0.0.1` or `none`.
  private func machines(_ words: [String]) -> [MachineID] {
    words.map { word in
      if word == "none" { return MachineID() }
      let parts = word.split(separator: "/").map(String.init)
      if parts.count == 2 { return MachineID(hostname: parts[0], ip: parts[1]) }
      return word.first?.isNumber == true ? MachineID(ip: word) : MachineID(hostname: word)
    }
  }

  private mutating func agentID(_ arguments: inout Arguments) throws -> AgentID {
    AgentID(names.expand(try arguments.next("the agent's id")))
  }

  private static func span(_ text: String?) throws -> Span? {
    guard let text else { return nil }
    guard let span = Span(parsing: text) else { throw ScriptError("\"\(text)\" is no time: write 5s") }
    return span
  }
}
