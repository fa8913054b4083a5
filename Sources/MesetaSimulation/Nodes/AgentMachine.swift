// An agent in a simulation.

import MesetaAgent
import MesetaProtocol
import MesetaRuntime

struct AgentMachine: Machine {
  private(set) var agent: Agent

  init(_ configuration: AgentConfiguration, seed: UInt64, checkpoint: AgentCheckpoint?) {
    self.agent = Agent(configuration: configuration, seed: seed, checkpoint: checkpoint)
  }

  var nextWake: Instant { agent.nextWake }

  mutating func handle(_ input: NodeInput<Local>, at time: Time, _ effects: inout Outbox) {
    let converted: AgentInput? = input.map { local in
      switch local {
      case .stored(let token): .stored(token)
      case .container(let event): .container(event)
      case .stop: .stop
      }
    }
    if let converted { agent.handle(converted, at: time, &effects) }
  }
}
