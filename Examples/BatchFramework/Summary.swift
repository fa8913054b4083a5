// What became of the jobs, and how well the agents were used.

import MesetaFramework
import MesetaHost
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaService

/// Counts the steps of a batch.
struct Summary {
  /// What an agent did for the batch.
  private struct AgentUse {
    var host: String?
    var cpus: Double?
    /// Whether the master knew it when it was last asked.
    var isThere = false
    var finished = 0
    /// Attempts on it that were made again.
    var retried = 0
    /// Processors times the seconds that tasks had them, from their launch to their end; nothing for those that were
    /// lost with the agent, for nobody knows how long they ran.
    var cpuSeconds = 0.0
  }

  private let jobs: [BatchJob]
  private let start = ContinuousClock.now
  /// In seconds since the Unix epoch, as statuses carry their time.
  private var launches: [TaskID: Double] = [:]
  private var agents: [AgentID: AgentUse] = [:]
  private(set) var finished = 0
  private(set) var failed = 0
  private(set) var retried = 0

  init(_ jobs: [BatchJob]) { self.jobs = jobs }

  /// Asks a master what it knows of the agents; one that is spoken to by HTTP is not asked.
  mutating func learnAgents(of master: MasterAddress) async {
    if case .http = master { return }
    guard case .agents(let agents, _)? = try? await OperatorClient.ask(.getAgents, at: master) else { return }
    know(agents)
  }

  /// Takes note of what the master knows of the agents.
  private mutating func know(_ described: [AgentDescription]) {
    for id in agents.keys { agents[id]?.isThere = false }
    for agent in described {
      guard let id = agent.info.id else { continue }
      var use = agents[id] ?? AgentUse()
      use.host = agent.info.hostname
      use.cpus = agent.info.resources.scalar("cpus").value
      use.isThere = agent.isActive
      agents[id] = use
    }
  }

  /// Counts a step; returns what there is to say about it.
  mutating func count(_ transition: BatchScheduler.Transition) -> String? {
    switch transition.kind {
    case .launched:
      if let task = transition.taskID { launches[task] = Self.now }
      return nil
    case .running, .cancelled: return nil
    case .finished:
      finished += 1
      end(transition) { $0.finished += 1 }
      return nil
    case .retrying:
      retried += 1
      end(transition) { $0.retried += 1 }
      return nil
    case .failed:
      failed += 1
      end(transition) { _ in }
      return "\(jobs[transition.job].name) failed: \(transition.status?.message ?? "no reason given")"
    }
  }

  private mutating func end(_ transition: BatchScheduler.Transition, _ count: (inout AgentUse) -> Void) {
    guard let agent = transition.agentID else { return }
    count(&agents[agent, default: AgentUse()])
    guard let task = transition.taskID, let launch = launches.removeValue(forKey: task),
      transition.status?.source != .master
    else { return }
    // The time of the end is the agent's: without a master it may take long to be heard of.
    let seconds = min(Self.now, transition.status?.timestamp ?? .infinity) - launch
    agents[agent, default: AgentUse()].cpuSeconds +=
      jobs[transition.job].resources.scalar("cpus").value * max(0, seconds)
  }

  private static var now: Double { Double(HostClock.now().wall) / 1e9 }

  /// The summary as a line and a table.
  var lines: [String] {
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    var table = TextTable([
      .init("AGENT"), .init("STATE"), .init("CPUS", isNumeric: true), .init("FINISHED", isNumeric: true),
      .init("RETRIED", isNumeric: true), .init("CPUS IN USE", isNumeric: true),
    ])
    func add(_ name: String, _ state: String, _ use: AgentUse) {
      let share = use.cpus.map { use.cpuSeconds / (max($0, 0.001) * seconds) }
      table.add([
        name, state, use.cpus.flatMap { Scalar(checking: $0)?.description } ?? "?", "\(use.finished)",
        "\(use.retried)",
        share.map { "\(Int(($0 * 100).rounded())) %" } ?? "?",
      ])
    }
    var all = AgentUse(cpus: 0)
    for (id, use) in agents.sorted(by: { ($0.value.host ?? "", $0.key) < ($1.value.host ?? "", $1.key) }) {
      add(use.host ?? id.value, use.isThere ? "active" : "lost", use)
      all.cpus? += use.cpus ?? 0
      all.finished += use.finished
      all.retried += use.retried
      all.cpuSeconds += use.cpuSeconds
    }
    add("all", "", all)
    let rate = ProgressBar.rate(Double(finished) / max(seconds, 0.001))
    return [
      "\(finished) of \(jobs.count) tasks finished · \(failed) failed · \(retried) retried · "
        + "\((seconds * 10).rounded() / 10) s · \(rate) tasks/s"
    ] + table.lines(width: nil)
  }
}
