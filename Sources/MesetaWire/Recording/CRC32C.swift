// The checksum of records on disk: CRC-32C (Castagnoli), as in iSCSI (RFC 3720, appendix B.4), ext4 and others.

/// CRC-32C of bytes that may come in pieces.
public struct CRC32C: Hashable, Sendable {
  private var state: UInt32 = .max

  public init() {}

  /// One table a byte of an eight-byte word: the CRC of that byte with zeros behind it.
  private static let tables: [[UInt32]] = {
    var tables = [
      (0..<256).map { (byte: UInt32) -> UInt32 in
        (0..<8).reduce(byte) { crc, _ in crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0x82F6_3B78 }
      }
    ]
    for _ in 1..<8 {
      let (first, last) = (tables[0], tables[tables.count - 1])
      tables.append(last.map { $0 >> 8 ^ first[Int($0 & 0xFF)] })
    }
    return tables
  }()

  /// Takes in the next bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let tables = Self.tables
    var crc = state
    var at = 0
    while bytes.count - at >= 8 {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)) ^ UInt64(crc)
      crc = 0
      for place in 0..<8 { crc ^= tables[7 - place][Int(word >> UInt64(8 * place) & 0xFF)] }
      at += 8
    }
    for byte in bytes[at...] { crc = crc >> 8 ^ tables[0][Int((crc ^ UInt32(byte)) & 0xFF)] }
    state = crc
  }

  /// The checksum of what was taken in.
  public var value: UInt32 { ~state }

  /// The checksum of these bytes.
  public static func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
    var crc = CRC32C()
    if bytes.withContiguousStorageIfAvailable({ crc.update(UnsafeRawBufferPointer($0)) }) == nil {
      Array(bytes).withUnsafeBytes { crc.update($0) }
    }
    return crc.value
  }
}
