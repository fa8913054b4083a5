// Where all that a simulation draws comes from.

/// The number that a simulation follows from: with the same seed it takes the same course, byte for byte.
public struct Seed: Hashable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  /// The number that is printed and read back.
  public let value: UInt64

  /// The seed of that number.
  public init(_ value: UInt64) { self.value = value }
  /// The seed of that number.
  public init(integerLiteral value: UInt64) { self.value = value }

  /// Reads decimal digits, or hexadecimal ones after `0x`. Nil for anything else.
  public init?(parsing text: String) {
    let isHexadecimal = text.hasPrefix("0x")
    guard let value = UInt64(isHexadecimal ? String(text.dropFirst(2)) : text, radix: isHexadecimal ? 16 : 10)
    else { return nil }
    self.value = value
  }

  /// `0x5eed17`.
  public var description: String { "0x" + String(value, radix: 16) }
}

/// So many seeds, one after the other, for the arguments of a test.
///
/// Two variables of the environment take part: `MESETA_SEED` names the only seed, to run a failed test again, and
/// `MESETA_SEEDS` says how many there are instead, to look further.
public struct Seeds: RandomAccessCollection, Sendable {
  /// 0.
  public let startIndex = 0
  /// How many there are.
  public let endIndex: Int
  private let first: UInt64

  /// So many seeds in a row.
  public init(_ count: Int, from first: Seed = 1) {
    self.init(count, from: first, environment: TestEnvironment.variable)
  }

  init(_ count: Int, from first: Seed, environment: (String) -> String?) {
    if let only = environment("MESETA_SEED").flatMap(Seed.init(parsing:)) {
      self.first = only.value
      self.endIndex = 1
    } else {
      self.first = first.value
      self.endIndex = Swift.max(environment("MESETA_SEEDS").flatMap { Int($0) } ?? count, 0)
    }
  }

  /// The seed at that place.
  public subscript(position: Int) -> Seed { Seed(first &+ UInt64(position)) }
}
