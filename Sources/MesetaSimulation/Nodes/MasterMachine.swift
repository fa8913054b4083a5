// The master in a simulation, with a record of its run.

import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime

struct MasterMachine: Machine {
  private(set) var master: Master
  private(set) var recording: Recording<Master>?

  init(
    _ configuration: MasterConfiguration, seed: UInt64, at time: Time, registry: RegistryState,
    isRecording: Bool
  ) {
    self.master = Master(configuration: configuration, seed: seed, at: time, registry: registry)
    if isRecording { recording = Recording(master, at: time) }
  }

  var nextWake: Instant { mutating get { master.lookUpNextWake() } }
  var marks: NodeMarks { NodeMarks(master.marks, master.allocatorMarks) }
  func brokenInvariant() -> String? { master.brokenInvariant().map { "the master: \($0)" } }
  func brokenAccount(of agent: AgentID) -> String? { master.brokenAccount(of: agent) }
  func contradiction(to settings: DurableSettings) -> String? { settings.problem(with: master.recordedState) }
  func hasFramework(_ id: FrameworkID) -> Bool { master.hasFramework(id) }

  mutating func handle(_ input: consuming NodeInput<Local>, at time: Time, _ effects: inout Outbox) {
    if recording != nil { return record(input, at: time, &effects) }
    switch consume input {
    case .received(let session, let request, let message):
      master.received(message, request, from: session, at: time, &effects)
    case .wake: master.handle(.wake, at: time, &effects)
    case .endOfBatch: master.handle(.endOfBatch, at: time, &effects)
    case let other:
      if let converted = Self.convert(other) { master.handle(converted, at: time, &effects) }
    }
  }

  private mutating func record(_ input: NodeInput<Local>, at time: Time, _ effects: inout Outbox) {
    guard let converted = Self.convert(input) else { return }
    let before = effects.effects.count
    master.handle(converted, at: time, &effects)
    recording?.append(converted, at: time, effects.effects[before...], master)
  }

  private static func convert(_ input: consuming NodeInput<Local>) -> MasterInput? {
    input.map { local in
      if case .stored(let token) = local { .stored(token) } else { nil }
    }
  }
}
