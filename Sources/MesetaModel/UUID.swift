/// A universally unique identifier (RFC 9562): sixteen bytes, as status updates and operations carry them.
public struct UUID: Hashable, Codable, Sendable, CustomStringConvertible {
  public let high: UInt64
  public let low: UInt64

  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// A random UUID (version 4) from 128 random bits.
  public init(random high: UInt64, _ low: UInt64) {
    self.high = (high & 0xffff_ffff_ffff_0fff) | 0x4000
    self.low = (low & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000
  }

  /// Reads sixteen bytes; nil for any other number of them.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 16 else { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    for (index, byte) in bytes.enumerated() {
      if index < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt64(byte) }
    }
    self.init(high: high, low: low)
  }

  /// The sixteen bytes, most significant first.
  public var bytes: [UInt8] {
    (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? high : low) >> UInt64(56 - 8 * ($0 % 8))) }
  }

  /// The usual text, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`.
  public var description: String {
    String(unsafeUninitializedCapacity: 36) { text in
      guard let start = text.baseAddress else { return 0 }
      write(to: UnsafeMutableRawPointer(start))
      return 36
    }
  }

  /// Writes the 36 bytes of ``description``. Spelled out for speed: every task on an agent has several.
  func write(to text: UnsafeMutableRawPointer) {
    func put(_ word: UInt64, _ shift: UInt64, at offsets: (Int, Int)) {
      let digits = Self.digits(UInt32(truncatingIfNeeded: word >> shift))
      text.storeBytes(of: UInt32(truncatingIfNeeded: digits), toByteOffset: offsets.0, as: UInt32.self)
      text.storeBytes(of: UInt32(truncatingIfNeeded: digits >> 32), toByteOffset: offsets.1, as: UInt32.self)
    }
    put(high, 32, at: (0, 4))
    put(high, 0, at: (9, 14))
    put(low, 32, at: (19, 24))
    put(low, 0, at: (28, 32))
    let hyphen = UInt8(ascii: "-")
    text.storeBytes(of: hyphen, toByteOffset: 8, as: UInt8.self)
    text.storeBytes(of: hyphen, toByteOffset: 13, as: UInt8.self)
    text.storeBytes(of: hyphen, toByteOffset: 18, as: UInt8.self)
    text.storeBytes(of: hyphen, toByteOffset: 23, as: UInt8.self)
  }

  /// The word whose eight digits stand at two offsets, as ``write(to:)`` writes them; nil if others stand there.
  @inline(__always)
  static func word(_ text: UnsafeRawBufferPointer, at offsets: (Int, Int)) -> UInt64? {
    let digits =
      UInt64(text.loadUnaligned(fromByteOffset: offsets.0, as: UInt32.self))
      | UInt64(text.loadUnaligned(fromByteOffset: offsets.1, as: UInt32.self)) << 32
    // Letters, from "a" as one on, have a bit that digits have not.
    let letters = digits >> 6 & 0x0101_0101_0101_0101
    var packed = (digits & 0x0f0f_0f0f_0f0f_0f0f &+ letters &* 9) & 0x0f0f_0f0f_0f0f_0f0f
    packed = (packed << 4 | packed >> 8) & 0x00ff_00ff_00ff_00ff
    packed = (packed | packed >> 8) & 0x0000_ffff_0000_ffff
    let word = UInt32(truncatingIfNeeded: packed | packed >> 16).byteSwapped
    return Self.digits(word) == digits ? UInt64(word) : nil
  }

  /// The eight hexadecimal digits of a word, in the order they are written.
  @inline(__always)
  private static func digits(_ word: UInt32) -> UInt64 {
    // Each half byte into a byte of its own, the most significant first in memory.
    var spread = UInt64(word.byteSwapped)
    spread = (spread | spread << 16) & 0x0000_ffff_0000_ffff
    spread = (spread | spread << 8) & 0x00ff_00ff_00ff_00ff
    spread = (spread >> 4 | spread << 8) & 0x0f0f_0f0f_0f0f_0f0f
    // What is above nine gets the way from ":" to "a" added.
    let aboveNine = (spread + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return spread + 0x3030_3030_3030_3030 + aboveNine * 0x27
  }
}
