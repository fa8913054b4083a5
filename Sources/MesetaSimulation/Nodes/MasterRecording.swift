// A master's run as a file of records, and the same run from that file.

package import MesetaMaster
import MesetaModel
import MesetaProtocol
package import MesetaRuntime
import MesetaWire

/// What a master was told and what it then asked for, as bytes: a record for each input, followed by one for each effect
/// that it had.
package struct MasterRecording: Sendable {
  package let configuration: MasterConfiguration
  package let seed: UInt64
  package let start: Time
  package private(set) var file: [UInt8] = []
  /// How many effects the master asked for.
  package private(set) var effectCount = 0

  private enum Kind: UInt8 {
    case input = 1
    case effect = 2
  }

  init(_ configuration: MasterConfiguration, seed: UInt64, start: Time) {
    self.configuration = configuration
    self.seed = seed
    self.start = start
    RecordFile.appendHeader(to: &file)
  }

  mutating func append(_ input: MasterInput, at time: Time, _ effects: ArraySlice<Effect>) {
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

  /// Reads the file and tells a fresh master the same again: the file that this gives is the same, byte for byte,
  /// unless it is given another seed.
  package func replayed(seed: UInt64? = nil) throws -> MasterRecording {
    let seed = seed ?? self.seed
    var master = Master(configuration: configuration, seed: seed, at: start)
    var copy = MasterRecording(configuration, seed: seed, start: start)
    var reader = try RecordFileReader(file)
    var decoder = InputDecoder()
    while let record = try reader.next() {
      guard record.first == Kind.input.rawValue else { continue }
      let input: RecordedInput<MasterLocalInput> = try decoder.decode(Array(record.dropFirst()))
      var outbox = Outbox()
      master.handle(input.input, at: input.time, &outbox)
      copy.append(input.input, at: input.time, outbox.effects[...])
    }
    return copy
  }
}

extension Effect {
  /// Appends the bytes of an effect that a master may ask for.
  fileprivate func encode(with encoder: inout EffectEncoder, into bytes: inout [UInt8]) {
    switch self {
    case .send(let message, let session): encoder.encode(message, to: session, into: &bytes)
    case .respond(let request, let outcome): encoder.encode(outcome, of: request, into: &bytes)
    case .close(let session, let reason): encoder.encode(closing: session, reason: reason, into: &bytes)
    case .log(let level, let text): encoder.encode(logging: level, text, into: &bytes)
    case .store(let token, let operation):
      encoder.begin(local: token.number, into: &bytes)
      operation.encode(with: &encoder, into: &bytes)
    // tidy: the effects protocol of a master has no other method
    default: preconditionFailure("a master asked for \(self)")
    }
  }
}

extension RegistryOperation {
  fileprivate func encode(with encoder: inout EffectEncoder, into bytes: inout [UInt8]) {
    switch self {
    case .admitAgent(let info):
      bytes.append(1)
      encoder.encodeValue(info, into: &bytes)
    case .updateAgent(let info):
      bytes.append(2)
      encoder.encodeValue(info, into: &bytes)
    case .markAgentUnreachable(let id, let since):
      bytes.append(3)
      withUnsafeBytes(of: since.bigEndian) { bytes += $0 }
      bytes += id.value.utf8
    case .markAgentReachable(let info):
      bytes.append(4)
      encoder.encodeValue(info, into: &bytes)
    case .removeAgent(let id):
      bytes.append(5)
      bytes += id.value.utf8
    }
  }
}
