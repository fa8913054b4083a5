// What can be recorded and replayed.

package import MesetaAgent
package import MesetaMaster
package import MesetaRuntime

/// Which machine a recording is of.
package enum MachineKind: UInt8, Codable, Sendable, CustomStringConvertible {
  case master = 1
  case agent = 2

  package var description: String { self == .master ? "master" : "agent" }
}

/// A machine whose state can be written down, and which says the same again when it is told the same.
package protocol RecordedMachine: Codable, Sendable {
  associatedtype Local: Codable & Hashable & Sendable
  static var kind: MachineKind { get }

  mutating func replay(_ input: NodeInput<Local>, at time: Time, _ effects: inout EffectTally)
}

extension Master: RecordedMachine {
  package static var kind: MachineKind { .master }

  package mutating func replay(_ input: MasterInput, at time: Time, _ effects: inout EffectTally) {
    handle(input, at: time, &effects)
  }
}

extension Agent: RecordedMachine {
  package static var kind: MachineKind { .agent }

  package mutating func replay(_ input: AgentInput, at time: Time, _ effects: inout EffectTally) {
    handle(input, at: time, &effects)
  }
}
