// The master in a simulation, with a record of its run.

import MesetaMaster
import MesetaProtocol
import MesetaRuntime

struct MasterMachine: Machine {
  private(set) var master: Master
  private(set) var recording: Recording<MasterLocalInput>?

  init(
    _ configuration: MasterConfiguration, seed: UInt64, at time: Time, registry: RegistryState,
    isRecording: Bool
  ) {
    self.master = Master(configuration: configuration, seed: seed, at: time, registry: registry)
    if isRecording {
      recording = Recording(seed: seed) { seed in
        var master = Master(configuration: configuration, seed: seed, at: time, registry: registry)
        return { master.handle($0, at: $1, &$2) }
      }
    }
  }

  var nextWake: Instant { master.nextWake }
  func brokenInvariant() -> String? { master.brokenInvariant().map { "the master: \($0)" } }

  mutating func handle(_ input: NodeInput<Local>, at time: Time, _ effects: inout Outbox) {
    let converted: MasterInput? = input.map { local in
      if case .stored(let token) = local { .stored(token) } else { nil }
    }
    guard let converted else { return }
    let before = effects.effects.count
    master.handle(converted, at: time, &effects)
    recording?.append(converted, at: time, effects.effects[before...])
  }
}
