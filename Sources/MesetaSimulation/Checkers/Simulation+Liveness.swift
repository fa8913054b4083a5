// What has to come about once nothing breaks any more.

import MesetaAgent
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Simulation {
  /// Checks that all has come to pass that was to: agents are registered, tasks run or have ended, updates are acknowledged,
  /// what is free has been offered to whoever wants it, and no table has grown beyond what there is.
  ///
  /// To be called when nothing has been broken for ``Settling/time``.
  public mutating func checkLiveness() throws(SimulationFailure) {
    guard let master, let leader else { throw failure("there is no master that leads") }
    let problem =
      problemWithAgents(master) ?? problemWithTasks(master) ?? problemWithRuns(master)
      ?? problemWithUpdates(master) ?? problemWithOffers(master, leader) ?? problemWithUse(master, leader)
      ?? problemWithDescriptions() ?? problemWithSizes(master)
    if let problem { throw failure(problem) }
    try checkWhole()
  }

  /// Every agent is up, and the master has it. Those that have not come back are unreachable.
  private func problemWithAgents(_ master: Master) -> String? {
    for id in agents {
      let node = nodes[id.index]
      if !node.isUp {
        if checks.nodes[id.index].hasExited { continue }
        return "\(node.name) is still down"
      }
      guard let agent = (node.machine as? AgentMachine)?.agent else { continue }
      guard let number = agent.id else { return "\(node.name) has not registered" }
      if !master.isConnected(number) { return "agent \(number) on \(node.name) is not registered" }
    }
    let absent = master.absentAgentInfos.count
    // Many of which only one at a time may be marked have their turn.
    let (next, clock) = (master.nextRemoval, time(of: election.leader).monotonic)
    if absent == 0 || (next != .never && next + .seconds(1) > clock) { return nil }
    return "the master still waits for \(absent) agents of the one before"
  }

  /// What the master believes in is there.
  private func problemWithTasks(_ master: Master) -> String? {
    for task in master.describeTasks() where !task.isCompleted && !task.record.state.isTerminal {
      guard let number = checks.numbers.find(task.record.info.id, of: task.record.frameworkID) else {
        continue
      }
      let run = checks.runs[number]
      if run.agent == nil, run.changed + Settling.task < now {
        return "\(checks.numbers.text(number)) is \(task.record.state.name) for the master, and runs nowhere"
      }
    }
    return nil
  }

  /// What runs is meant to.
  private func problemWithRuns(_ master: Master) -> String? {
    var live: Set<Int> = []
    for task in master.describeTasks() where !task.isCompleted {
      if let number = checks.numbers.find(task.record.info.id, of: task.record.frameworkID) {
        live.insert(number)
      }
    }
    var problem: String?
    checks.runs.visitRunning { task, run in
      guard problem == nil else { return }
      let framework = checks.numbers.frameworks.names[checks.numbers.names[task].framework]
      if run.isToEnd, run.toldToEnd + Settling.kill < now {
        problem = "\(checks.numbers.text(task)) was to end, and still runs"
      } else if run.changed + Settling.task < now, !live.contains(task) {
        problem =
          master.hasFramework(framework)
          ? "\(checks.numbers.text(task)) runs, and the master does not know it"
          : "\(checks.numbers.text(task)) has survived its framework"
      }
    }
    return problem
  }

  /// An agent tells operators of the tasks that run on it, and of no others.
  private func problemWithDescriptions() -> String? {
    var tellers: Set<NodeID> = []
    var told: Set<Int> = []
    for id in agents where nodes[id.index].isUp {
      guard let agent = (nodes[id.index].machine as? AgentMachine)?.agent else { continue }
      tellers.insert(id)
      for task in agent.describeContents().tasks.launched {
        guard let number = checks.numbers.find(task.record.info.id, of: task.record.frameworkID) else {
          continue
        }
        told.insert(number)
        let run = checks.runs[number]
        if run.agent != id, run.changed + Settling.task < now {
          return "\(nodes[id.index].name) says that it runs \(checks.numbers.text(number)), and does not"
        }
      }
    }
    var problem: String?
    checks.runs.visitRunning { task, run in
      guard problem == nil, run.changed + Settling.task < now, !told.contains(task), let agent = run.agent,
        tellers.contains(agent)
      else { return }
      problem = "\(checks.numbers.text(task)) runs on \(nodes[agent.index].name), which does not tell of it"
    }
    return problem
  }

  /// What agents report is acknowledged.
  private func problemWithUpdates(_ master: Master) -> String? {
    let subscribed = Set(
      checks.nodes.filter { $0.role == .framework && !$0.isScripted }.compactMap(\.framework))
    for update in checks.streams.unacknowledged(for: Settling.update, at: now) {
      let framework = checks.numbers.names[update.task].framework
      guard subscribed.contains(framework), nodes[update.agent.index].isUp,
        master.isSubscribed(checks.numbers.frameworks.names[framework])
      else { continue }
      return
        "\(checks.numbers.text(update.task)) was reported \(update.state.name), and that was never acknowledged"
    }
    return nil
  }

  /// Master and agent are at one about what is in use where nothing has changed for a while.
  private func problemWithUse(_ master: Master, _ leader: NodeID) -> String? {
    for id in agents {
      guard let agent = (nodes[id.index].machine as? AgentMachine)?.agent, let name = agent.id,
        checks.masters.isUnchanged(name, leader, for: Settling.task, at: now)
      else { continue }
      let (believed, held) = (ResourceTally(master.used(on: name)), ResourceTally(agent.held))
      if believed != held { return "of agent \(name), \(held) is in use, and \(believed) for the master" }
    }
    return nil
  }

  /// What is free has been offered to everybody who wants it.
  private func problemWithOffers(_ master: Master, _ leader: NodeID) -> String? {
    let idle = checks.masters.idle(leader, for: Settling.offer, at: now)
      .filter { master.isPlainlyOffered($0.id) }
    if idle.isEmpty { return nil }
    let clock = nodes[leader.index].clock.reading(at: now)
    for node in nodes where node.role == .framework && node.isUp {
      guard let framework = checks.nodes[node.id.index].framework else { continue }
      let id = checks.numbers.frameworks.names[framework]
      guard master.wantsAnything(id) else { continue }
      for agent in idle where !checks.masters.hasRefused(agent.agent, framework, of: leader, at: clock) {
        return "what is free of agent \(agent.id) is not offered to framework \(id), which wants it"
      }
    }
    return nil
  }
}
