// An agent in a simulation, with a record of its run.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime

struct AgentMachine: Machine {
  private var agent: Agent?
  /// Why the agent cannot start, until it has said so.
  private var problem: IncompatibleResources?
  private(set) var recording: Recording<AgentLocalInput>?

  init(_ configuration: AgentConfiguration, seed: UInt64, checkpoint: AgentCheckpoint?, isRecording: Bool) {
    do throws(IncompatibleResources) {
      let agent = try Agent(configuration: configuration, seed: seed, checkpoint: checkpoint)
      self.agent = agent
      if isRecording {
        recording = Recording(seed: seed) { seed in
          var agent = try? Agent(configuration: configuration, seed: seed, checkpoint: checkpoint)
          return { agent?.handle($0, at: $1, &$2) }
        }
      }
    } catch {
      problem = error
    }
  }

  var nextWake: Instant { agent?.nextWake ?? (problem == nil ? .never : .zero) }

  mutating func handle(_ input: NodeInput<Local>, at time: Time, _ effects: inout Outbox) {
    if let problem {
      effects.log(.error, problem.description)
      effects.exit()
      self.problem = nil
    }
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
    agent?.handle(converted, at: time, &effects)
    recording?.append(converted, at: time, effects.effects[before...])
  }
}
