// Why bytes or JSON from outside are not the message they should be, said so that a person can find the place.

/// A message from outside that cannot be decoded, or a value that the wire cannot carry.
///
/// Reads as `mesos.v1.scheduler.Call: decline.offer_ids.value is not valid UTF-8 (byte 17)`.
public struct WireError: Error, Hashable, Sendable {
  /// What is wrong with the bytes, the field or the value.
  public enum Reason: Hashable, Sendable {
    case truncated
    case varintTooLong
    case badFieldNumber
    case lengthTooLong
    case wrongWireType
    case group
    case badPacked
    case notUTF8
    case nulInString
    case unknownEnumValue
    case missingRequired
    /// The field that belongs to the message's type is missing.
    case notPresent
    case duplicateMessage
    case tooDeep(limit: Int)
    /// The decoded form would pass the limit of arena bytes.
    case needsTooMuchMemory(limit: Int)
    case tooLong(bytes: Int, limit: Int)
    /// The text is not JSON; says what was expected or found.
    case notJSON(String)
    /// A predicate about the field, such as `is NaN, not a number from 0 to 9·10⁹`.
    case invalid(String)
  }

  /// The full name of the outermost message, such as `mesos.v1.scheduler.Call`.
  public var message: String
  /// The fields that lead to the place, joined by dots; empty if it is the message as a whole.
  public var path: String
  public var reason: Reason
  /// Where in the input, in bytes from its start, if that is known.
  public var offset: Int?

  public init(message: String, path: String, reason: Reason, offset: Int? = nil) {
    self.message = message
    self.path = path
    self.reason = reason
    self.offset = offset
  }
}

extension WireError {
  /// Whether the bytes are a message of the schema, of which only a value cannot be taken: its sender knows the protocol.
  public var isOfOneValue: Bool {
    switch reason {
    case .notUTF8, .nulInString, .unknownEnumValue, .missingRequired, .notPresent, .invalid: true
    case .truncated, .varintTooLong, .badFieldNumber, .lengthTooLong, .wrongWireType, .group, .badPacked,
      .duplicateMessage, .tooDeep, .needsTooMuchMemory, .tooLong, .notJSON:
      false
    }
  }
}

extension WireError: CustomStringConvertible {
  public var description: String {
    let subject = path.isEmpty ? "the message" : path
    let place = offset.map { " (byte \($0))" } ?? ""
    return "\(message): \(subject) \(reason)\(place)"
  }
}

extension WireError.Reason: CustomStringConvertible {
  /// The predicate of an error's sentence.
  public var description: String {
    switch self {
    case .truncated: "ends in the middle of a field"
    case .varintTooLong: "holds a number in more bytes than a number can have"
    case .badFieldNumber: "holds a field numbered 0 or past 2^29-1"
    case .lengthTooLong: "claims more bytes than its message has left"
    case .wrongWireType: "is encoded as another type than the schema's"
    case .group: "is encoded as a group, which Mesos's messages never use"
    case .badPacked: "is a packed list that ends within an element"
    case .notUTF8: "is not valid UTF-8"
    case .nulInString: "holds a NUL character"
    case .unknownEnumValue: "is required and has a value that its enum does not know"
    case .missingRequired: "is required and missing"
    case .notPresent: "is expected to be present"
    case .duplicateMessage: "occurs twice and is not a list"
    case .tooDeep(let limit): "nests deeper than \(limit) levels"
    case .needsTooMuchMemory(let limit): "would take more than \(limit) bytes of memory to decode"
    case .tooLong(let bytes, let limit): "has \(bytes) bytes, more than the limit of \(limit)"
    case .notJSON(let detail): "is not JSON: \(detail)"
    case .invalid(let predicate): predicate
    }
  }
}
