import NIOCore

/// Takes a stream of bytes apart into its records: each begins with its length in digits, and a line's end.
struct RecordReader {
  private var buffer = ByteBuffer()
  private let maximumBytes: Int

  /// - Parameter maximumBytes: The longest record.
  init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

  mutating func append(_ part: ByteBuffer) {
    buffer.discardReadBytes()
    buffer.writeImmutableBuffer(part)
  }

  /// The next record; nil if it has not come as a whole.
  ///
  /// - Throws: ``HTTPSessionLost`` if this is not a stream of records, or one is too long.
  mutating func next() throws(HTTPSessionLost) -> [UInt8]? {
    // More digits than a length can have.
    let head = buffer.readableBytesView.prefix(20)
    guard let end = head.firstIndex(where: { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
      if head.count == 20 { throw notRecords }
      return nil
    }
    guard head[end] == UInt8(ascii: "\n") else { throw notRecords }
    guard let length = Int(String(decoding: head[..<end], as: UTF8.self)), length >= 0 else {
      throw notRecords
    }
    guard length <= maximumBytes else {
      throw HTTPSessionLost("an event of \(length) bytes is longer than the limit of \(maximumBytes)")
    }
    let start = end + 1 - buffer.readerIndex
    guard buffer.readableBytes >= start + length else { return nil }
    buffer.moveReaderIndex(forwardBy: start)
    return buffer.readBytes(length: length)
  }

  /// Whether the bytes that have come end with a record.
  var isAtEnd: Bool { buffer.readableBytes == 0 }

  private var notRecords: HTTPSessionLost { HTTPSessionLost("what was sent is not a stream of events") }
}

/// Why a session over HTTP ends.
struct HTTPSessionLost: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}
