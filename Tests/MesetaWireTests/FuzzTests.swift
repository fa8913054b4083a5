// Random and spoiled bytes: what is admitted is what libprotobuf-c makes of it; nothing crashes.
//
// MESETA_FUZZ_ITERATIONS sets how many inputs each test tries.

import CMesosWire
import Foundation
import MesetaWire
import Testing

@Suite struct FuzzTests {
  static var iterations: Int {
    ProcessInfo.processInfo.environment["MESETA_FUZZ_ITERATIONS"].flatMap { Int($0) } ?? 500_000
  }

  /// Unpacks the bytes and packs them. What is admitted libprotobuf-c unpacks as well, and packs to the same bytes,
  /// which are admitted again. Returns whether the bytes were admitted.
  func tryBytes(_ descriptor: MessageDescriptor, _ bytes: [UInt8], _ arena: WireArena) throws -> Bool {
    guard let packed = try repack(descriptor, bytes, arena) else { return false }
    let theirs = try #require(
      protobuf_c_message_unpack(descriptor, nil, bytes.count, bytes),
      "admitted, but not by libprotobuf-c: \(String(cString: descriptor.pointee.name)) \(bytes)")
    defer { protobuf_c_message_free_unpacked(theirs, nil) }
    let expected = [UInt8](unsafeUninitializedCapacity: protobuf_c_message_get_packed_size(theirs)) {
      $1 = protobuf_c_message_pack(theirs, $0.baseAddress)
    }
    try #require(packed == expected, "\(String(cString: descriptor.pointee.name)) \(bytes)")
    try #require(try repack(descriptor, packed, arena) == packed, "packed again, differs: \(packed)")
    return true
  }

  /// The message's bytes after unpacking and packing; nil if they are refused.
  private func repack(
    _ descriptor: MessageDescriptor, _ bytes: [UInt8], _ arena: WireArena
  ) throws -> [UInt8]? {
    do {
      return try bytes.withUnsafeBytes { bytes in
        try arena.scope { () throws(WireError) -> [UInt8] in
          let packed = Array(pack(try unpack(descriptor, from: bytes, in: arena), in: arena))
          #expect(arena.usedBytes <= arena.maximumBytes)
          return packed
        }
      }
    } catch let error as WireError {
      try #require(error.offset ?? .max <= bytes.count)
      return nil
    }
  }

  @Test func randomBytesNeverCrash() throws {
    var random = Seeded(state: 1)
    let arena = WireArena(maximumBytes: 1 << 20)
    for _ in 0..<Self.iterations {
      let kind = randomKind(using: &random)
      let size = Int.random(in: 0...24, using: &random)
      let bytes = (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      _ = try tryBytes(kind, bytes, arena)
    }
  }

  @Test func spoiledMessagesNeverCrashAndWhatIsAdmittedUnpacks() throws {
    var random = Seeded(state: 2)
    let arena = WireArena(maximumBytes: 1 << 20)
    var admitted = 0
    for _ in 0..<Self.iterations / 4 {
      let kind = randomKind(using: &random)
      let message = randomMessage(kind, depth: 2, using: &random)
      #expect(try tryBytes(kind, message, arena), "a valid message was refused")
      for _ in 0..<3 {
        if try tryBytes(kind, spoiled(message, using: &random), arena) { admitted += 1 }
      }
    }
    // Spoiled messages must not all die at the first check, or the test tests nothing behind it.
    #expect(admitted > Self.iterations / 20)
  }

  @Test func randomMessagesSurviveJSONAndFoundationReadsIt() throws {
    var random = Seeded(state: 4)
    for iteration in 0..<Self.iterations / 10 {
      let kind = randomKind(using: &random)
      let name = String(cString: kind.pointee.name)
      let written = try json(randomMessage(kind, depth: 2, using: &random), as: name)
      try #require(try json(packed(written, as: name), as: name) == written)
      if iteration % 10 == 0 { _ = try JSONSerialization.jsonObject(with: Data(written.utf8)) }
    }
  }

  @Test func spoiledJSONNeverCrashesAndWhatIsAdmittedIsAMessage() throws {
    var random = Seeded(state: 5)
    let arena = WireArena(maximumBytes: 1 << 20)
    var admitted = 0
    for _ in 0..<Self.iterations / 10 {
      let kind = randomKind(using: &random)
      let written = try json(
        randomMessage(kind, depth: 2, using: &random), as: String(cString: kind.pointee.name))
      for _ in 0..<3 {
        let spoiled = spoiled(Array(written.utf8), using: &random)
        let packed = try? spoiled.withUnsafeBytes { text in
          try arena.scope { () throws(WireError) -> [UInt8] in
            Array(pack(try unpackJSON(kind, from: text, in: arena), in: arena))
          }
        }
        guard let packed else { continue }
        admitted += 1
        try #require(try repack(kind, packed, arena) == packed)
      }
    }
    #expect(admitted > Self.iterations / 100)
  }

  @Test func randomStreamsNeverCrashTheFrameDecoder() throws {
    var random = Seeded(state: 3)
    for _ in 0..<Self.iterations / 10 {
      var decoder = FrameDecoder(maximumLength: 1 << 16)
      for _ in 0..<8 {
        let size = Int.random(in: 0...40, using: &random)
        let bytes = (0..<size).map { _ in
          Int.random(in: 0...3, using: &random) > 0 ? 0 : UInt8(truncatingIfNeeded: random.next())
        }
        do {
          try bytes.withUnsafeBytes { bytes in try decoder.feed(bytes) { _ in } }
        } catch is FrameError {
          break
        }
        #expect(decoder.bufferedBytes <= 4 + 1 << 16)
      }
    }
  }
}
