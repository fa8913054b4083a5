// A file of records: a header, then each record with its length and checksum. Pure functions over bytes.
//
//   header   "MSTA", format version (4 bytes)
//   record   length of the payload (4 bytes), CRC-32C of the length and the payload (4 bytes), payload
//
// Numbers are written most significant byte first. A crash leaves a whole number of records and perhaps a piece of
// one more.

/// Writes files of records.
public enum RecordFile {
  public static let magic: [UInt8] = Array("MSTA".utf8)
  /// The format that is written. Another one is refused.
  public static let version: UInt32 = 1
  static let headerSize = 8
  static let recordHeaderSize = 8

  /// Appends what a file begins with.
  public static func appendHeader(to bytes: inout [UInt8]) {
    bytes += magic
    append(version, to: &bytes)
  }

  /// Appends a record. The payload has less than 4 GiB.
  public static func append(record payload: [UInt8], to bytes: inout [UInt8]) {
    precondition(payload.count <= Int(UInt32.max), "a record of \(payload.count) bytes")
    let length = UInt32(payload.count)
    append(length, to: &bytes)
    append(checksum(length, payload[...]), to: &bytes)
    bytes += payload
  }

  static func append(_ number: UInt32, to bytes: inout [UInt8]) {
    for shift in stride(from: UInt32(24), through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }

  /// The length counts too, so that a run of zeros is no record.
  static func checksum(_ length: UInt32, _ payload: ArraySlice<UInt8>) -> UInt32 {
    var crc = CRC32C()
    withUnsafeBytes(of: length.bigEndian) { crc.update($0) }
    payload.withUnsafeBytes { crc.update($0) }
    return crc.value
  }
}

/// Why the bytes of a file of records cannot be read on.
public struct RecordFileError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Reason: Hashable, Sendable {
    case notARecordFile
    case unknownVersion(UInt32)
    /// The last record is not whole, as after a crash: what is before `offset` is good.
    case truncated
    case wrongChecksum
    case tooLong(bytes: Int, limit: Int)
  }

  public var reason: Reason
  /// Where in the file, in bytes: the start of the record that cannot be read.
  public var offset: Int

  public init(_ reason: Reason, offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  public var description: String {
    let problem =
      switch reason {
      case .notARecordFile: "this is no file of records: it does not begin with MSTA"
      case .unknownVersion(let version):
        "the file has format version \(version), this program reads version \(RecordFile.version)"
      case .truncated: "the file ends within a record"
      case .wrongChecksum: "the record is damaged: its checksum is wrong"
      case .tooLong(let bytes, let limit): "a record of \(bytes) bytes is longer than the limit of \(limit)"
      }
    return "\(problem) (byte \(offset))"
  }
}

/// Reads the records of a file one after the other.
public struct RecordFileReader: Sendable {
  private let bytes: [UInt8]
  private let maximumLength: Int
  /// Where the next record starts; after an error, where the bad one does.
  public private(set) var offset: Int

  /// Checks the header.
  public init(_ bytes: [UInt8], maximumLength: Int = 64 << 20) throws(RecordFileError) {
    guard bytes.starts(with: RecordFile.magic) else { throw RecordFileError(.notARecordFile, offset: 0) }
    guard bytes.count >= RecordFile.headerSize else { throw RecordFileError(.truncated, offset: 0) }
    self.bytes = bytes
    self.maximumLength = maximumLength
    self.offset = RecordFile.headerSize
    let version = number(at: 4)
    guard version == RecordFile.version else {
      throw RecordFileError(.unknownVersion(version), offset: 4)
    }
  }

  /// The payload of the next record; nil at the end of the file.
  public mutating func next() throws(RecordFileError) -> ArraySlice<UInt8>? {
    if offset == bytes.count { return nil }
    guard bytes.count - offset >= RecordFile.recordHeaderSize else {
      throw RecordFileError(.truncated, offset: offset)
    }
    let length = number(at: offset)
    guard Int(length) <= maximumLength else {
      throw RecordFileError(.tooLong(bytes: Int(length), limit: maximumLength), offset: offset)
    }
    let start = offset + RecordFile.recordHeaderSize
    guard bytes.count - start >= Int(length) else { throw RecordFileError(.truncated, offset: offset) }
    let payload = bytes[start..<start + Int(length)]
    guard RecordFile.checksum(length, payload) == number(at: offset + 4) else {
      throw RecordFileError(.wrongChecksum, offset: offset)
    }
    offset = payload.endIndex
    return payload
  }

  private func number(at place: Int) -> UInt32 {
    bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}
