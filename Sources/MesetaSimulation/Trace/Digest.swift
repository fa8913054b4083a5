// A number for a text or for a sequence of numbers: the same in every process, unlike Swift's hashes.

/// FNV-1a over words of 64 bits, with the high half folded in, for FNV by itself carries nothing downwards.
struct Digest: Hashable, Sendable {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func absorb(_ word: UInt64) {
    value = (value ^ word) &* 0x100_0000_01b3
    value ^= value >> 32
  }

  mutating func absorb(_ text: String) {
    let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { absorb(UnsafeRawBufferPointer($0)) }
    if isDone != nil { return }
    var text = text
    text.withUTF8 { absorb(UnsafeRawBufferPointer($0)) }
  }

  private mutating func absorb(_ bytes: UnsafeRawBufferPointer) {
    var index = 0
    while index + 8 <= bytes.count {
      absorb(bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian)
      index += 8
    }
    var rest: UInt64 = 0
    while index < bytes.count {
      rest = rest << 8 | UInt64(bytes[index])
      index += 1
    }
    absorb(rest)
    absorb(UInt64(truncatingIfNeeded: bytes.count))
  }
}
