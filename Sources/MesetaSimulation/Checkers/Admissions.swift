// No agent hears that it is registered before that is written down.

import MesetaMaster
import MesetaModel
import MesetaRuntime

/// The agents that each master may call registered in its present life, by the writes that it has heard are durable.
struct Admissions {
  private struct Life {
    var agents: Set<AgentID> = []
    /// Those whose end is durable, as the batch that is being handled begins with: what it admitted before, it may say still.
    var leaving: [AgentID] = []
  }

  private var lives: [Life] = []
  /// The agent that each session is, by what is said on it. Look-up only.
  private var names: [SessionID: AgentID] = [:]

  mutating func began(_ master: NodeID) { lives[growing: master.index, filledWith: Life()] = Life() }

  /// A master begins to handle a batch: what ended in the one before has been told.
  mutating func beganBatch(_ master: NodeID) {
    if lives[growing: master.index, filledWith: Life()].leaving.isEmpty { return }
    for id in lives[master.index].leaving { lives[master.index].agents.remove(id) }
    lives[master.index].leaving = []
  }

  /// A master hears that a write is durable.
  mutating func heard(_ operation: RegistryOperation, by master: NodeID) {
    var life = lives[growing: master.index, filledWith: Life()]
    switch operation {
    case .admitAgent(let info), .updateAgent(let info), .markAgentReachable(let info):
      guard let id = info.id else { return }
      life.agents.insert(id)
      life.leaving.removeAll { $0 == id }
    case .markAgentUnreachable(let id, _), .removeAgent(let id), .maintenance(.markGone(let id, _)):
      life.leaving.append(id)
    case .maintenance, .updateQuotas, .updateWeights, .prune: return
    }
    lives[master.index] = life
  }

  /// Whether an agent that a master calls registered has been given up in the same batch, after that was written down.
  func isLeaving(_ agent: AgentID, _ master: NodeID) -> Bool {
    master.index < lives.count && lives[master.index].leaving.contains(agent)
  }

  /// A session is that of an agent.
  mutating func named(_ session: SessionID, _ agent: AgentID) { names[session] = agent }

  mutating func closed(_ session: SessionID) { names[session] = nil }

  /// The agent that is on a session, as far as is known.
  func agent(on session: SessionID) -> AgentID? { names[session] }

  /// Whether a master may tell an agent that it is registered.
  func has(_ agent: AgentID, _ master: NodeID) -> Bool {
    master.index < lives.count && lives[master.index].agents.contains(agent)
  }
}
