// An agent in a simulation, with a record of its run.

import MesetaAgent
import MesetaProtocol
import MesetaRuntime

struct AgentMachine: Machine {
  private(set) var agent: Agent
  private(set) var recording: Recording<AgentLocalInput>?

  init(_ configuration: AgentConfiguration, seed: UInt64, checkpoint: AgentCheckpoint?, isRecording: Bool) {
    self.agent = Agent(configuration: configuration, seed: seed, checkpoint: checkpoint)
    if isRecording {
      recording = Recording(seed: seed) { seed in
        var agent = Agent(configuration: configuration, seed: seed, checkpoint: checkpoint)
        return { agent.handle($0, at: $1, &$2) }
      }
    }
  }

  var nextWake: Instant { agent.nextWake }

  mutating func handle(_ input: NodeInput<Local>, at time: Time, _ effects: inout Outbox) {
    let converted: AgentInput? = input.map { local in
      switch local {
      case .stored(let token): .stored(token)
      case .container(let event): .container(event)
      case .usage(let usage): .usage(usage)
      case .stop: .stop
      }
    }
    guard let converted else { return }
    let before = effects.effects.count
    agent.handle(converted, at: time, &effects)
    recording?.append(converted, at: time, effects.effects[before...])
  }
}
