// No table, timer or buffer grows without bound.

import MesetaAgent
import MesetaMaster
import MesetaProtocol

extension Simulation {
  /// Which table holds more than follows from what there is; nil if none does.
  func problemWithSizes(_ master: Master) -> String? {
    let served = nodes[election.leader.index].sessions.count
    if master.sessionCount > served {
      return "the master has \(master.sessionCount) sessions, of which \(served) are open"
    }
    for entry in master.census where entry.count > entry.most {
      return "the master has \(entry.count) \(entry.table), where \(entry.most) may be"
    }
    for node in nodes where node.isUp {
      for entry in (node.machine as? AgentMachine)?.agent.census ?? [] where entry.count > entry.most {
        return "\(node.name) has \(entry.count) \(entry.table), where \(entry.most) may be"
      }
      let most = 64 + 4 * nodes.count
      if node.sessions.count > most { return "\(node.name) has \(node.sessions.count) sessions open" }
      if node.requests.count > 1000 + most {
        return "\(node.name) owes answers to \(node.requests.count) requests"
      }
    }
    return nil
  }
}
