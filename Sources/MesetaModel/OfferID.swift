/// Names one offer. A master makes `PREFIX-O<number>`; the two parts are kept apart, so that making an offer
/// allocates no text and finding one hashes an integer first.
public struct OfferID: Hashable, Codable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
  /// What stands before `-O`, or the whole text where it does not end in `-O<number>`.
  public let prefix: String
  /// The number after `-O`, if the text has that form.
  public let number: UInt64?

  @inlinable
  public init(prefix: String, number: UInt64) {
    self.prefix = prefix
    self.number = number
  }

  /// Reads any text; `value` gives the same text back.
  public init(_ value: String) {
    let utf8 = value.utf8
    var start = utf8.endIndex
    while start > utf8.startIndex, (48...57).contains(utf8[utf8.index(before: start)]) {
      start = utf8.index(before: start)
    }
    let digits = utf8[start...]
    let canonical = !digits.isEmpty && (digits.count == 1 || digits.first != 48)
    if canonical, utf8[..<start].suffix(2).elementsEqual("-O".utf8), let number = UInt64(value[start...]) {
      self.prefix = String(value[..<utf8.index(start, offsetBy: -2)])
      self.number = number
    } else {
      self.prefix = value
      self.number = nil
    }
  }

  public init(stringLiteral value: String) { self.init(value) }

  /// The text on the wire.
  public var value: String {
    guard let number else { return prefix }
    return "\(prefix)-O\(number)"
  }

  public var description: String { value }

  @inlinable
  public static func == (left: OfferID, right: OfferID) -> Bool {
    left.number == right.number && left.prefix == right.prefix
  }

  @inlinable
  public func hash(into hasher: inout Hasher) {
    if let number { hasher.combine(number) } else { hasher.combine(prefix) }
  }
}
