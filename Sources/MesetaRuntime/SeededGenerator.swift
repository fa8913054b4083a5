/// The only source of randomness below the hosts: xoshiro256** (Blackman and Vigna, "Scrambled Linear Pseudorandom
/// Number Generators", 2018), seeded through SplitMix64. The same seed gives the same numbers on every machine.
public struct SeededGenerator: RandomNumberGenerator, Hashable, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  public init(seed: UInt64) {
    var word = seed
    func next() -> UInt64 {
      word &+= 0x9e37_79b9_7f4a_7c15
      var mixed = word
      mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
      return mixed ^ (mixed >> 31)
    }
    self.state = (next(), next(), next(), next())
  }

  public mutating func next() -> UInt64 {
    func rotated(_ word: UInt64, _ count: UInt64) -> UInt64 { word << count | word >> (64 - count) }
    let result = rotated(state.1 &* 5, 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = rotated(state.3, 45)
    return result
  }

  /// A number below `bound`, which is positive. Spelled out, because the standard library may change its own way
  /// of drawing between versions and a recording must not.
  public mutating func below(_ bound: UInt64) -> UInt64 {
    next().multipliedFullWidth(by: bound).high
  }

  /// True once in `count` draws.
  public mutating func oneIn(_ count: UInt64) -> Bool { below(count) == 0 }

  /// True with that probability, given in millionths.
  public mutating func chance(millionths: UInt64) -> Bool { below(1_000_000) < millionths }

  public static func == (left: SeededGenerator, right: SeededGenerator) -> Bool { left.state == right.state }
  public func hash(into hasher: inout Hasher) { hasher.combine(state.0 ^ state.1 ^ state.2 ^ state.3) }
}

extension SeededGenerator: Codable {
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    func word() throws -> UInt64 { try container.decode(UInt64.self) }
    state = (try word(), try word(), try word(), try word())
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for word in [state.0, state.1, state.2, state.3] { try container.encode(word) }
  }
}
