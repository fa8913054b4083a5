// Bodies as browsers send them.

import HTTPTypes

/// The fields of a body of the type `application/x-www-form-urlencoded`.
struct FormFields {
  /// Look-up only.
  private var values: [String: String] = [:]

  /// - Throws: ``HTTPRefusal`` if the body is not such a form.
  init(_ body: [UInt8]) throws(HTTPRefusal) {
    for part in body.split(separator: UInt8(ascii: "&")) {
      let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Self.decoded(pair[0]), let value = Self.decoded(pair.count > 1 ? pair[1] : []) else {
        throw HTTPRefusal(
          .badRequest,
          "Unable to decode query string: '\(String(decoding: part.prefix(64), as: UTF8.self))' is not a name "
            + "and a value in percent encoding")
      }
      values[name] = value
    }
  }

  subscript(name: String) -> String? { values[name] }

  /// The value of a field that has to be there.
  ///
  /// - Throws: ``HTTPRefusal`` if it is not.
  func required(_ name: String) throws(HTTPRefusal) -> String {
    if let value = values[name] { return value }
    throw HTTPRefusal(.badRequest, "Missing '\(name)' query parameter in the request body")
  }

  /// The text that is written with `%20` or `+` for a space; nil if it is not well-formed.
  static func decoded(_ text: some Collection<UInt8>) -> String? {
    var bytes: [UInt8] = []
    var rest = text[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        let digits = String(decoding: rest.prefix(2), as: UTF8.self)
        guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16), !digits.hasPrefix("+") else {
          return nil
        }
        bytes.append(value)
        rest = rest.dropFirst(2)
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
