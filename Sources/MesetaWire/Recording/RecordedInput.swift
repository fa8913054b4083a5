// The inputs of a machine as records: what the flight recorder writes and a replay reads.

import CMesosWire
import MesetaProtocol
public import MesetaRuntime

/// One input of a machine and when it was handed over.
public struct RecordedInput<Local: RecordableLocal>: Hashable, Sendable {
  public var time: Time
  public var input: NodeInput<Local>

  public init(_ time: Time, _ input: NodeInput<Local>) {
    self.time = time
    self.input = input
  }
}

/// Turns inputs into the payloads of records. It keeps its memory for the next one.
public struct InputEncoder {
  private var encoder = MessageEncoder()
  private var record = InputRecord()

  public init() {}

  /// Appends the record of an input.
  public mutating func encode<Local: RecordableLocal>(
    _ recorded: RecordedInput<Local>, into bytes: inout [UInt8]
  ) {
    record.clear()
    record.time = recorded.time
    switch recorded.input {
    case .opened(let session, let peer):
      record.kind = .opened
      record.session = session
      record.peer = peer
    case .connectFailed(let reason):
      record.kind = .connectFailed
      record.reason = reason
    case .received(let session, let request, let message):
      record.kind = .received
      record.session = session
      record.request = request
      encoder.encode(message, into: &record.envelope)
    case .closed(let session, let reason):
      record.kind = .closed
      record.session = session
      record.reason = reason
    case .local(let local):
      record.kind = .local
      local.encode(into: &record.local)
    case .wake: record.kind = .wake
    case .endOfBatch: record.kind = .endOfBatch
    }
    encoder.encodeValue(record, into: &bytes)
  }
}

/// Turns the payloads of records back into inputs.
public struct InputDecoder {
  private var decoder: MessageDecoder

  public init(limits: WireLimits = .standard) {
    decoder = MessageDecoder(limits: limits)
  }

  /// Reads the record of one input.
  public mutating func decode<Local: RecordableLocal>(
    _ bytes: [UInt8], as type: Local.Type = Local.self
  ) throws(WireError) -> RecordedInput<Local> {
    let record: InputRecord = try decoder.decodeValue(from: bytes)
    return RecordedInput(record.time, try input(record))
  }

  private mutating func input<Local: RecordableLocal>(
    _ record: InputRecord
  ) throws(WireError) -> NodeInput<Local> {
    switch record.kind {
    case .opened:
      guard let peer = record.peer else { throw InputRecord.notPresent("peer") }
      return .opened(record.session, peer)
    case .connectFailed: return .connectFailed(reason: record.reason)
    case .received:
      return .received(record.session, record.request, try decoder.decode(record.envelope))
    case .closed: return .closed(record.session, reason: record.reason)
    case .local:
      guard let local = Local(decoding: record.local) else {
        throw InputRecord.invalid("local", "is no input of this kind of machine")
      }
      return .local(local)
    case .wake: return .wake
    case .endOfBatch: return .endOfBatch
    }
  }
}
