// The effects of a machine as records: what a replay has to bring about again, bit for bit. They are compared and
// never read back.

public import MesetaProtocol
public import MesetaRuntime

/// Turns effects into the payloads of records: a byte that says which, numbers of eight bytes with the most significant
/// first, and what is left to the end. It keeps its memory for the next one.
public struct EffectEncoder {
  private var encoder = MessageEncoder()

  private enum Kind: UInt8 {
    case send = 1
    case respond = 2
    case close = 3
    case log = 4
    /// What only one kind of machine asks for.
    case local = 5
  }

  public init() {}

  public mutating func encode(_ message: Message, to session: SessionID, into bytes: inout [UInt8]) {
    append(.send, session.number, to: &bytes)
    encoder.encode(message, into: &bytes)
  }

  public mutating func encode(_ outcome: Outcome, of request: RequestID, into bytes: inout [UInt8]) {
    append(.respond, request.number, to: &bytes)
    let message: Message =
      switch outcome {
      case .accepted: .accepted(request: request.number)
      case .response(let response): .operatorResponse(response, request: request.number)
      case .failed(let error): .failed(error, request: request.number)
      }
    encoder.encode(message, into: &bytes)
  }

  public func encode(closing session: SessionID, reason: String, into bytes: inout [UInt8]) {
    append(.close, session.number, to: &bytes)
    bytes += reason.utf8
  }

  public func encode(logging level: LogLevel, _ text: String, into bytes: inout [UInt8]) {
    append(.log, UInt64(bitPattern: Int64(level.rawValue)), to: &bytes)
    bytes += text.utf8
  }

  /// Begins an effect that only one kind of machine asks for; its own bytes follow.
  public func begin(local number: UInt64, into bytes: inout [UInt8]) {
    append(.local, number, to: &bytes)
  }

  /// Appends the message of any value.
  package mutating func encodeValue<Value: WireConvertible>(_ value: Value, into bytes: inout [UInt8]) {
    encoder.encodeValue(value, into: &bytes)
  }

  private func append(_ kind: Kind, _ number: UInt64, to bytes: inout [UInt8]) {
    bytes.append(kind.rawValue)
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }
}
