// The master in a simulation, with a record of its run.

package import MesetaMaster
import MesetaProtocol
package import MesetaRuntime

/// What a master was told and what it then asked for.
package struct MasterRecording: Sendable {
  package let configuration: MasterConfiguration
  package let seed: UInt64
  package let start: Time
  package fileprivate(set) var inputs: [(time: Time, input: MasterInput)] = []
  var effects: [Effect] = []

  /// How many effects the master asked for.
  package var effectCount: Int { effects.count }

  /// Tells a fresh master the same again. Returns the number of the first effect that differs, nil if none does.
  package func firstDifference() -> Int? {
    var master = Master(configuration: configuration, seed: seed, at: start)
    var outbox = Outbox()
    for (time, input) in inputs { master.handle(input, at: time, &outbox) }
    for (index, pair) in zip(outbox.effects, effects).enumerated() where pair.0 != pair.1 { return index }
    return outbox.effects.count == effects.count ? nil : min(outbox.effects.count, effects.count)
  }
}

struct MasterMachine: Machine {
  private(set) var master: Master
  private(set) var recording: MasterRecording
  let isRecording: Bool

  init(_ configuration: MasterConfiguration, seed: UInt64, at time: Time, isRecording: Bool) {
    self.master = Master(configuration: configuration, seed: seed, at: time)
    self.recording = MasterRecording(configuration: configuration, seed: seed, start: time)
    self.isRecording = isRecording
  }

  var nextWake: Instant { master.nextWake }
  func checkInvariants() { master.checkInvariants() }

  mutating func handle(_ input: NodeInput<Local>, at time: Time, _ effects: inout Outbox) {
    let converted: MasterInput? = input.map { local in
      if case .stored(let token) = local { .stored(token) } else { nil }
    }
    guard let converted else { return }
    let before = effects.effects.count
    master.handle(converted, at: time, &effects)
    guard isRecording else { return }
    recording.inputs.append((time, converted))
    recording.effects += effects.effects[before...]
  }
}
