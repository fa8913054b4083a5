// `/state-summary`: agents and frameworks with how many tasks are in which state, but without the tasks.

import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaWire

extension MasterState {
  func writeSummary(_ json: inout JSONBuilder) throws(WireError) {
    var frameworks: [FrameworkReading] = []
    master.visitFrameworks { if !$0.isCompleted { frameworks.append($0) } }
    let summary = TaskSummary(frameworks)
    try json.object { json throws(WireError) in
      json.field("hostname", master.info.hostname)
      try json.array("slaves") { json throws(WireError) in
        for agent in master.describeAgents() {
          try json.object { json throws(WireError) in
            try json.fields(agent: agent)
            let part = agent.info.id.flatMap { summary.agents[$0] } ?? TaskSummary.Part()
            json.fields(counts: part.counts)
            try json.array("framework_ids", texts: part.others.map { frameworks[$0].id.value })
          }
        }
      }
      try json.array("frameworks") { json throws(WireError) in
        for (index, framework) in frameworks.enumerated() {
          try json.object { json throws(WireError) in
            try json.fields(summaryOf: framework.description)
            json.fields(counts: summary.frameworks[index].counts)
            try json.array(
              "slave_ids", texts: summary.frameworks[index].others.map { summary.agentIDs[$0].value })
          }
        }
      }
    }
  }
}

extension JSONBuilder {
  fileprivate mutating func fields(counts: TaskSummary.Counts) {
    field("TASK_STAGING", counts[.staging])
    field("TASK_STARTING", counts[.starting])
    field("TASK_RUNNING", counts[.running])
    field("TASK_KILLING", counts[.killing])
    field("TASK_FINISHED", counts[.finished])
    field("TASK_KILLED", counts[.killed])
    field("TASK_FAILED", counts[.failed])
    field("TASK_LOST", counts[.lost])
    field("TASK_ERROR", counts[.error])
    field("TASK_UNREACHABLE", counts[.unreachable])
  }
}

/// Who has how many tasks in which state, and where.
private struct TaskSummary {
  struct Counts {
    private var counts = [Int](repeating: 0, count: TaskState.allCases.count)

    subscript(state: TaskState) -> Int {
      get { counts[Int(state.rawValue)] }
      set { counts[Int(state.rawValue)] = newValue }
    }
  }

  struct Part {
    var counts = Counts()
    /// The agents of a framework, or the frameworks of an agent, by their places; each once, in the order they came.
    var others: [Int] = []
  }

  private struct Pair: Hashable {
    var framework: Int
    var agent: Int
  }

  private(set) var frameworks: [Part]
  /// Look-up only.
  private(set) var agents: [AgentID: Part] = [:]
  private(set) var agentIDs: [AgentID] = []
  private var places: [AgentID: Int] = [:]
  private var pairs: Set<Pair> = []

  init(_ readings: [FrameworkReading]) {
    frameworks = readings.map { _ in Part() }
    for (index, framework) in readings.enumerated() {
      framework.visitTasks { count($0, of: index) }
      framework.visitUnreachableTasks { count($0, of: index) }
      framework.visitCompletedTasks { count($0, of: index) }
    }
  }

  private mutating func count(_ task: TaskDescription, of framework: Int) {
    let agent = task.record.info.agentID
    let place = places[agent] ?? agentIDs.count
    if place == agentIDs.count {
      places[agent] = place
      agentIDs.append(agent)
    }
    frameworks[framework].counts[task.record.state] += 1
    agents[agent, default: Part()].counts[task.record.state] += 1
    guard pairs.insert(Pair(framework: framework, agent: place)).inserted else { return }
    frameworks[framework].others.append(place)
    agents[agent, default: Part()].others.append(framework)
  }
}
