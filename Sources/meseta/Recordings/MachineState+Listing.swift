// How a machine of a recording stands, in the tables that the other commands print.

import MesetaAgent
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRecording
import MesetaRuntime
import MesetaService

/// A machine whose state can be shown.
protocol StateTold {
  /// Tables with their titles.
  func state(at time: Time) -> [(title: String, listing: Listing)]
}

extension Master: StateTold {
  func state(at time: Time) -> [(title: String, listing: Listing)] {
    var tables: [(title: String, listing: Listing)] = []
    if case .agents(let agents, let recovered) = answer(.getAgents, at: time) {
      tables.append(("AGENTS", .agents(agents, recovered: recovered)))
    }
    if case .frameworks(let frameworks) = answer(.getFrameworks, at: time) {
      tables.append(("FRAMEWORKS", .frameworks(frameworks)))
    }
    if case .roles(let roles) = answer(.getRoles, at: time) { tables.append(("ROLES", .roles(roles))) }
    if case .tasks(let tasks) = answer(.getTasks, at: time) {
      tables.append(("TASKS", .tasks(tasks, all: false)))
    }
    return tables
  }
}

extension Agent: StateTold {
  func state(at time: Time) -> [(title: String, listing: Listing)] {
    let now = reregistration
    let info = now.registration.info
    var agent = Listing(
      columns: [
        .init("AGENT", isFlexible: true), .init("HOST", isFlexible: true),
        .init("RESOURCES", isFlexible: true),
      ],
      keys: ["id", "hostname", "resources"])
    agent.rows.append([.text(info.id?.value ?? "-"), .text(info.hostname), .text(info.resources.description)])
    var executors = Listing(
      columns: [.init("EXECUTOR", isFlexible: true), .init("FRAMEWORK", isFlexible: true)],
      keys: ["id", "framework_id"])
    for executor in now.executors {
      executors.rows.append([.text(executor.id.value), .text(executor.frameworkID?.value ?? "-")])
    }
    let tasks = now.tasks.map { TaskDescription($0) }
    return [("AGENT", agent), ("EXECUTORS", executors), ("TASKS", .tasks(tasks, all: true))]
  }
}
