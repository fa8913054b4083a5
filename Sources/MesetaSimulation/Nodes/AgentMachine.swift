// An agent in a simulation, with a record of its run.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime

struct AgentMachine: Machine {
  private(set) var agent: Agent
  private(set) var recording: Recording<Agent>?

  init(
    _ configuration: AgentConfiguration, seed: UInt64, at time: Time, checkpoint: AgentCheckpoint?,
    memory: AgentMemory, isRecording: Bool
  ) throws(IncompatibleResources) {
    agent = try Agent(configuration: configuration, seed: seed, checkpoint: checkpoint, memory: memory)
    if isRecording { recording = Recording(agent, at: time) }
  }

  var nextWake: Instant { agent.nextWake }
  var marks: NodeMarks { NodeMarks(agent.marks) }

  func brokenInvariant() -> String? {
    agent.brokenInvariant().map { "agent \(agent.id?.value ?? "without an id"): \($0)" }
  }

  mutating func handle(_ input: consuming NodeInput<Local>, at time: Time, _ effects: inout Outbox) {
    if recording != nil { return record(input, at: time, &effects) }
    switch consume input {
    case .received(let session, let request, let message):
      agent.received(message, request, from: session, at: time, &effects)
    case .local(let local):
      if let local = Self.convert(local) { agent.handle(.local(local), at: time, &effects) }
    case .wake: agent.handle(.wake, at: time, &effects)
    case .endOfBatch: agent.handle(.endOfBatch, at: time, &effects)
    case let other:
      if let converted = Self.convert(other) { agent.handle(converted, at: time, &effects) }
    }
  }

  private mutating func record(_ input: NodeInput<Local>, at time: Time, _ effects: inout Outbox) {
    guard let converted = Self.convert(input) else { return }
    let before = effects.effects.count
    agent.handle(converted, at: time, &effects)
    recording?.append(converted, at: time, effects.effects[before...], agent)
  }

  private static func convert(_ input: consuming NodeInput<Local>) -> AgentInput? {
    input.map { convert($0) }
  }

  private static func convert(_ local: Local) -> AgentLocalInput? {
    switch local {
    case .stored(let token): .stored(token)
    case .recorded(let token): .recorded(token)
    case .recovered(let containerIDs, let afterReboot): .recovered(containerIDs, afterReboot: afterReboot)
    case .container(let event): .container(event)
    case .usage(let usage): .usage(usage)
    case .stop: .stop
    }
  }
}

/// An agent that cannot start: it says why, and ends.
struct RefusingMachine: Machine {
  private var problem: String?

  init(_ problem: String) { self.problem = problem }

  var nextWake: Instant { problem == nil ? .never : .zero }

  mutating func handle(_ input: consuming NodeInput<Local>, at time: Time, _ effects: inout Outbox) {
    guard let text = problem else { return }
    problem = nil
    effects.log(.error, text)
    effects.exit()
  }
}
