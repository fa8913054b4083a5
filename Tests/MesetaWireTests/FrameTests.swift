// Cutting a stream into frames, however the bytes arrive.

import MesetaWire
import Testing

@Suite struct FrameTests {
  func frame(_ payload: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    FrameHeader(length: UInt32(payload.count)).append(to: &bytes)
    return bytes + payload
  }

  let payloads: [[UInt8]] = [[1, 2, 3], [], Array(repeating: 7, count: 300), [4]]

  var stream: [UInt8] { payloads.flatMap(frame) }

  /// The frames that come out when the stream arrives in pieces of these sizes, over and over.
  func decode(_ stream: [UInt8], pieces: [Int], maximumLength: Int = 1000) throws -> [[UInt8]] {
    var decoder = FrameDecoder(maximumLength: maximumLength)
    var frames: [[UInt8]] = []
    var at = 0
    var turn = 0
    while at < stream.count {
      let end = min(stream.count, at + pieces[turn % pieces.count])
      try stream[at..<end].withUnsafeBytes { bytes in
        try decoder.feed(bytes) { frames.append([UInt8]($0)) }
      }
      (at, turn) = (end, turn + 1)
    }
    #expect(decoder.bufferedBytes == 0)
    return frames
  }

  @Test func theHeaderIsBigEndian() {
    var bytes: [UInt8] = []
    FrameHeader(length: 0x0102_0304).append(to: &bytes)
    #expect(bytes == [1, 2, 3, 4])
    #expect(FrameHeader(1, 2, 3, 4).length == 0x0102_0304)
  }

  @Test func framesInOnePieceComeOutInOrder() throws {
    #expect(try decode(stream, pieces: [stream.count]) == payloads)
  }

  @Test func framesByteByByteComeOutInOrder() throws {
    #expect(try decode(stream, pieces: [1]) == payloads)
  }

  @Test(arguments: 1...40)
  func framesInRandomPiecesComeOutInOrder(seed: Int) throws {
    var random = Seeded(state: UInt64(seed))
    let pieces = (0..<50).map { _ in Int.random(in: 1...20, using: &random) }
    #expect(try decode(stream, pieces: pieces) == payloads)
  }

  @Test func theLongestFrameAllowedPassesAndOneByteMoreDoesNot() throws {
    #expect(try decode(stream, pieces: [5], maximumLength: 300) == payloads)
    #expect(throws: FrameError(header: FrameHeader(length: 300), maximumLength: 299)) {
      try decode(stream, pieces: [5], maximumLength: 299)
    }
  }

  @Test func framesBeforeAnOverlongOneAreHandedOutAndNothingAfterIt() throws {
    var decoder = FrameDecoder(maximumLength: 10)
    var frames: [[UInt8]] = []
    let error = #expect(throws: FrameError.self) {
      try (frame([1]) + [0xFF, 0xFF, 0xFF, 0xFF] + frame([2])).withUnsafeBytes { bytes in
        try decoder.feed(bytes) { frames.append([UInt8]($0)) }
      }
    }
    #expect(frames == [[1]])
    #expect(error?.description == "a frame of 4294967295 bytes is longer than the limit of 10")
    #expect(throws: try #require(error)) {
      try frame([3]).withUnsafeBytes { bytes in try decoder.feed(bytes) { frames.append([UInt8]($0)) } }
    }
    #expect(frames == [[1]])
  }

  @Test func aClaimedLengthTakesNoMemory() throws {
    var decoder = FrameDecoder()
    let bytes: [UInt8] = [0x00, 0xFF, 0xFF, 0xFF, 1]
    try bytes.withUnsafeBytes { bytes in try decoder.feed(bytes) { _ in } }
    #expect(decoder.bufferedBytes == 5)
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\n", "HTTP"), ("POST /api", "HTTP"), ("\u{16}\u{03}\u{01}\u{02}", "TLS"),
  ])
  func aStrangerIsNamed(bytes: String, protocol name: String) throws {
    var decoder = FrameDecoder()
    let error = #expect(throws: FrameError.self) {
      try Array(bytes.utf8).withUnsafeBytes { bytes in try decoder.feed(bytes) { _ in } }
    }
    #expect(error?.description.hasSuffix("the peer seems to speak \(name)") == true)
  }
}
