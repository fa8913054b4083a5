// A machine's run as a file of records, and the same run from that file.

package import MesetaRuntime
import MesetaWire

/// What a machine was told and what it then asked for, as bytes: a record for each input, followed by one for each effect
/// that it had.
package struct Recording<Own: RecordableLocal>: Sendable {
  /// A machine, as far as it takes inputs.
  typealias Machine = (_ input: NodeInput<Own>, _ time: Time, _ effects: inout Outbox) -> Void

  package let seed: UInt64
  /// Starts the machine anew, as it was before the first input.
  private let make: @Sendable (_ seed: UInt64) -> Machine
  package private(set) var file: [UInt8] = []
  /// How many effects the machine asked for.
  package private(set) var effectCount = 0

  private enum Kind: UInt8 {
    case input = 1
    case effect = 2
  }

  init(seed: UInt64, _ make: @escaping @Sendable (_ seed: UInt64) -> Machine) {
    self.seed = seed
    self.make = make
    RecordFile.appendHeader(to: &file)
  }

  mutating func append(_ input: NodeInput<Own>, at time: Time, _ effects: ArraySlice<Effect>) {
    var record = [Kind.input.rawValue]
    var inputs = InputEncoder()
    inputs.encode(RecordedInput(time, input), into: &record)
    RecordFile.append(record: record, to: &file)
    var encoder = EffectEncoder()
    for effect in effects {
      record = [Kind.effect.rawValue]
      effect.encode(with: &encoder, into: &record)
      RecordFile.append(record: record, to: &file)
    }
    effectCount += effects.count
  }

  /// Reads from the file what the machine was told.
  package func inputs() throws -> [(time: Time, input: NodeInput<Own>)] {
    var inputs: [(time: Time, input: NodeInput<Own>)] = []
    var reader = try RecordFileReader(file)
    var decoder = InputDecoder()
    while let record = try reader.next() {
      guard record.first == Kind.input.rawValue else { continue }
      let recorded: RecordedInput<Own> = try decoder.decode(Array(record.dropFirst()))
      inputs.append((recorded.time, recorded.input))
    }
    return inputs
  }

  /// Reads the file and tells a fresh machine the same again: the file that this gives is the same, byte for byte,
  /// unless it is given another seed.
  package func replayed(seed: UInt64? = nil) throws -> Recording {
    let seed = seed ?? self.seed
    let machine = make(seed)
    var copy = Recording(seed: seed, make)
    for (time, input) in try inputs() {
      var outbox = Outbox()
      machine(input, time, &outbox)
      copy.append(input, at: time, outbox.effects[...])
    }
    return copy
  }
}
