// The numbers, texts and bytes that recordings are made of.

/// Appends values to bytes. Numbers take as many bytes as they need: seven bits each, the lowest first.
struct ByteWriter: Sendable {
  var bytes: [UInt8] = []

  @inline(__always)
  mutating func append(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Near to zero is short, below it too.
  @inline(__always)
  mutating func append(signed number: Int64) { append(UInt64(bitPattern: number << 1 ^ number >> 63)) }

  mutating func append(_ text: String) {
    append(UInt64(text.utf8.count))
    bytes += text.utf8
  }

  mutating func append(_ other: [UInt8]) {
    append(UInt64(other.count))
    bytes += other
  }

  /// Eight bytes, the lowest first.
  mutating func append(fixed number: UInt64) {
    withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
  }
}

/// Reads what a ``ByteWriter`` wrote, and never past the end of it.
struct ByteReader: Sendable {
  struct Ended: Error {}

  let bytes: ArraySlice<UInt8>
  private(set) var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  var isAtEnd: Bool { position == bytes.endIndex }
  /// How many bytes are left.
  var count: Int { bytes.endIndex - position }

  mutating func byte() throws(Ended) -> UInt8 {
    guard position < bytes.endIndex else { throw Ended() }
    defer { position += 1 }
    return bytes[position]
  }

  mutating func number() throws(Ended) -> UInt64 {
    var (result, shift) = (UInt64(0), UInt64(0))
    while true {
      let next = try byte()
      guard shift < 63 || next <= 1 else { throw Ended() }
      result |= UInt64(next & 0x7f) << shift
      if next < 0x80 { return result }
      shift += 7
    }
  }

  mutating func signedNumber() throws(Ended) -> Int64 {
    let number = try number()
    return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
  }

  mutating func fixedNumber() throws(Ended) -> UInt64 {
    try slice(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// So many bytes.
  mutating func slice(_ length: Int) throws(Ended) -> ArraySlice<UInt8> {
    guard length >= 0, length <= count else { throw Ended() }
    defer { position += length }
    return bytes[position..<position + length]
  }

  /// Bytes with their length in front.
  mutating func data() throws(Ended) -> ArraySlice<UInt8> {
    try slice(Int(exactly: number()) ?? .max)
  }

  mutating func text() throws(Ended) -> String { String(decoding: try data(), as: UTF8.self) }
}
