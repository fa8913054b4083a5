// A segment of a recording: a file of records (`RecordFile`), each with a byte in front that says what it is.

import MesetaWire

/// Makes the bytes of a segment.
package enum RecordingFile {
  enum Kind: UInt8 {
    case header = 1
    /// A piece of the state that the segment begins with.
    case snapshot = 2
    /// The end of it.
    case lastOfSnapshot = 3
    case batches = 4
    /// So many batches after this are lost; the segment ends here.
    case gap = 5
    /// The machine has ended.
    case end = 6
  }

  /// The length of a piece of a snapshot.
  static let pieceSize = 8 << 20

  /// What a segment begins with.
  package static func begin(_ header: RecordingHeader, _ machine: some RecordedMachine) throws -> [UInt8] {
    var bytes: [UInt8] = []
    RecordFile.appendHeader(to: &bytes)
    append(.header, header.bytes, to: &bytes)
    var rest = try SnapshotEncoder.encode(machine)[...]
    while rest.count > pieceSize {
      append(.snapshot, rest.prefix(pieceSize), to: &bytes)
      rest = rest.dropFirst(pieceSize)
    }
    append(.lastOfSnapshot, rest, to: &bytes)
    return bytes
  }

  /// The record of some batches, which ``BatchRecorder/take()`` handed over.
  package static func batches(_ batches: [UInt8]) -> [UInt8] { record(.batches, batches) }

  /// The record that says what is missing.
  package static func gap(_ lost: UInt64) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(lost)
    return record(.gap, writer.bytes)
  }

  /// The last record of a machine that has ended.
  package static var end: [UInt8] { record(.end, []) }

  private static func record(_ kind: Kind, _ content: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(content.count + 16)
    append(kind, content, to: &bytes)
    return bytes
  }

  private static func append(_ kind: Kind, _ content: some Collection<UInt8>, to bytes: inout [UInt8]) {
    RecordFile.append(record: [kind.rawValue] + content, to: &bytes)
  }
}
