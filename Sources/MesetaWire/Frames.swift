// Frames of the native protocol: four bytes of length, most significant first, then that many bytes.

/// The length in front of a frame's payload.
public struct FrameHeader: Hashable, Sendable {
  /// How many bytes a header takes.
  public static let size = 4

  /// The payload's length in bytes, without the header.
  public var length: UInt32

  @inlinable
  public init(length: UInt32) {
    self.length = length
  }

  /// Reads a header from its four bytes, first to last.
  @inlinable
  public init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
    length = UInt32(first) << 24 | UInt32(second) << 16 | UInt32(third) << 8 | UInt32(fourth)
  }

  /// Appends the four bytes.
  @inlinable
  public func append(to bytes: inout [UInt8]) {
    bytes.append(UInt8(truncatingIfNeeded: length >> 24))
    bytes.append(UInt8(truncatingIfNeeded: length >> 16))
    bytes.append(UInt8(truncatingIfNeeded: length >> 8))
    bytes.append(UInt8(truncatingIfNeeded: length))
  }

  /// Checks the length against the longest payload that the reader takes.
  @inlinable
  public func check(maximumLength: Int) throws(FrameError) {
    if Int(length) > maximumLength { throw FrameError(header: self, maximumLength: maximumLength) }
  }
}

/// A frame that is longer than its reader takes. What follows it cannot be found: the connection is over.
public struct FrameError: Error, Hashable, Sendable {
  public var header: FrameHeader
  public var maximumLength: Int

  public init(header: FrameHeader, maximumLength: Int) {
    self.header = header
    self.maximumLength = maximumLength
  }
}

extension FrameError: CustomStringConvertible {
  public var description: String {
    let length = header.length
    let problem = "a frame of \(length) bytes is longer than the limit of \(maximumLength)"
    // The first bytes of what is most often sent to a wrong port: a TLS handshake, or the letters of a method.
    if length >> 16 == 0x1603 { return "\(problem): the peer seems to speak TLS" }
    let letters = stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: length >> $0) }
    if letters.allSatisfy({ (0x41...0x5A).contains($0) || $0 == 0x20 }) {
      return "\(problem): the peer seems to speak HTTP"
    }
    return problem
  }
}

/// Cuts a stream of bytes, however it is chopped, into the payloads of its frames.
///
/// Memory grows with the bytes that arrived, never with a length that a peer only claims.
public struct FrameDecoder: Sendable {
  /// The longest payload accepted.
  public let maximumLength: Int

  /// The bytes of a frame that has not arrived in full, its header included.
  private var partial: [UInt8] = []

  private var failure: FrameError?

  public init(maximumLength: Int = WireLimits.standard.maximumBytes) {
    self.maximumLength = maximumLength
  }

  /// How many bytes wait for the rest of their frame.
  public var bufferedBytes: Int { partial.count }

  /// Takes the next bytes of the stream and calls `body` with the payload of every frame they complete, in order.
  ///
  /// A frame that lies within `bytes` as a whole is not copied. The payload is valid during the call only.
  ///
  /// - Throws: ``FrameError`` for an over-long length, after the frames before it were handed out; and again for
  ///   everything after it.
  public mutating func feed(
    _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(FrameError) {
    if let failure { throw failure }
    do {
      var rest = bytes[...]
      try finishPartial(&rest, body)
      while rest.count >= FrameHeader.size {
        let header = Self.header(of: rest)
        try header.check(maximumLength: maximumLength)
        let size = FrameHeader.size + Int(header.length)
        guard rest.count >= size else { break }
        body(UnsafeRawBufferPointer(rebasing: rest.prefix(size).dropFirst(FrameHeader.size)))
        rest = rest.dropFirst(size)
      }
      partial.append(contentsOf: rest)
    } catch {
      failure = error
      partial = []
      throw error
    }
  }

  /// Completes the frame that earlier bytes began, as far as `rest` reaches.
  private mutating func finishPartial(
    _ rest: inout Slice<UnsafeRawBufferPointer>, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(FrameError) {
    guard !partial.isEmpty else { return }
    take(FrameHeader.size, from: &rest)
    guard partial.count >= FrameHeader.size else { return }
    let header = FrameHeader(partial[0], partial[1], partial[2], partial[3])
    try header.check(maximumLength: maximumLength)
    let size = FrameHeader.size + Int(header.length)
    take(size, from: &rest)
    guard partial.count == size else { return }
    partial.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0.dropFirst(FrameHeader.size))) }
    // A large frame's memory is not kept for the small ones after it.
    partial.removeAll(keepingCapacity: partial.capacity <= 64 * 1024)
  }

  /// Moves bytes until `partial` has `size`, or `rest` is empty.
  private mutating func take(_ size: Int, from rest: inout Slice<UnsafeRawBufferPointer>) {
    let count = min(max(0, size - partial.count), rest.count)
    partial.append(contentsOf: rest.prefix(count))
    rest = rest.dropFirst(count)
  }

  private static func header(of bytes: Slice<UnsafeRawBufferPointer>) -> FrameHeader {
    let at = bytes.startIndex
    return FrameHeader(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3])
  }
}
