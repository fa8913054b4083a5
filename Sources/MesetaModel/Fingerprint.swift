/// A running digest of values, for telling whether a machine says the same again. It is the same in every process, and no
/// protection against somebody who wants two values to look alike.
package struct Fingerprint: Hashable, Sendable {
  package private(set) var value: UInt64 = 0x243f_6a88_85a3_08d3

  package init() {}

  /// Folds a word into a product, as `wyhash` does.
  @inline(__always)
  package mutating func mix(_ word: UInt64) {
    let product = (value ^ word).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
    value = (product.high ^ product.low) &+ 0xe703_7ed1_a0b4_28db
  }

  @inline(__always)
  package mutating func mix(_ number: Int) { mix(UInt64(bitPattern: Int64(number))) }

  /// With its length, so that what follows is not taken for a part of it.
  @inline(__always)
  package mutating func mix(_ text: String) {
    var text = text
    text.withUTF8 { mix(UnsafeRawBufferPointer($0)) }
  }

  package mutating func mix(_ bytes: UnsafeRawBufferPointer) {
    mix(bytes.count)
    var offset = 0
    while bytes.count - offset >= 8 {
      mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
      offset += 8
    }
    if offset == bytes.count { return }
    var rest: UInt64 = 0
    for byte in bytes[offset...] { rest = rest << 8 | UInt64(byte) }
    mix(rest)
  }
}
