// Recorded inputs, and the files they are kept in.

import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import Testing

/// A machine's own input for these tests: a number.
private struct Number: RecordableLocal {
  var value: UInt8
  init(_ value: UInt8) { self.value = value }

  init?(decoding bytes: [UInt8]) {
    guard bytes.count == 1 else { return nil }
    value = bytes[0]
  }

  func encode(into bytes: inout [UInt8]) { bytes.append(value) }
}

@Suite struct RecordingTests {
  private func inputs() -> [RecordedInput<Number>] {
    var arbitrary = Arbitrary(seed: 21)
    let received = (0..<Arbitrary.messageKinds).map { kind in
      NodeInput<Number>.received(SessionID(3), RequestID(UInt64(kind)), arbitrary.message(kind: kind))
    }
    let others: [NodeInput<Number>] = [
      .opened(SessionID(.max), Peer(.agent, address: "a (10.0.0.1:5051)", ip: "10.0.0.1")),
      .opened(SessionID(0), Peer(.operator, principal: Principal("ada"), address: "")),
      .connectFailed(reason: "größe"), .closed(SessionID(7), reason: ""), .local(Number(200)), .wake,
      .endOfBatch,
    ]
    return (received + others).enumerated().map { index, input in
      RecordedInput(Time(monotonic: Instant(nanoseconds: Int64(index)), wall: .min + Int64(index)), input)
    }
  }

  @Test func everyInputSurvivesItsRecord() throws {
    var encoder = InputEncoder()
    var decoder = InputDecoder()
    var file: [UInt8] = []
    RecordFile.appendHeader(to: &file)
    for input in inputs() {
      var record: [UInt8] = []
      encoder.encode(input, into: &record)
      RecordFile.append(record: record, to: &file)
    }
    var reader = try RecordFileReader(file)
    var read: [RecordedInput<Number>] = []
    while let record = try reader.next() { read.append(try decoder.decode(Array(record))) }
    #expect(read == inputs())
    #expect(reader.offset == file.count)
  }

  @Test func theLocalPartOfAnotherMachineIsRefused() throws {
    struct Nothing: RecordableLocal {
      init?(decoding bytes: [UInt8]) { return nil }
      func encode(into bytes: inout [UInt8]) {}
    }
    var record: [UInt8] = []
    var encoder = InputEncoder()
    encoder.encode(
      RecordedInput(Time(monotonic: .zero, wall: 0), NodeInput<Number>.local(Number(1))), into: &record)
    var decoder = InputDecoder()
    #expect(throws: WireError.self) { try decoder.decode(record, as: Nothing.self) }
  }

  @Test func theChecksumIsCastagnolis() {
    // The check value of the CRC catalogue, and two of RFC 3720, B.4.
    #expect(CRC32C.checksum(of: "123456789".utf8) == 0xE306_9283)
    #expect(CRC32C.checksum(of: [UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum(of: (0..<32).map { UInt8($0) }) == 0x46DD_794E)
    #expect(CRC32C.checksum(of: [UInt8]()) == 0)
  }

  private func file(_ payloads: [[UInt8]]) -> [UInt8] {
    var file: [UInt8] = []
    RecordFile.appendHeader(to: &file)
    for payload in payloads { RecordFile.append(record: payload, to: &file) }
    return file
  }

  /// The records that can be read, and why there are no more.
  private func read(_ file: [UInt8]) -> (records: [[UInt8]], error: RecordFileError?) {
    var records: [[UInt8]] = []
    do {
      var reader = try RecordFileReader(file)
      while let record = try reader.next() { records.append(Array(record)) }
      return (records, nil)
    } catch {
      return (records, error)
    }
  }

  @Test func aFileCutAnywhereGivesTheRecordsBeforeTheCut() {
    let payloads: [[UInt8]] = [[], [1], [1, 2, 3, 4, 5, 6, 7, 8, 9]]
    let whole = file(payloads)
    #expect(read(whole).records == payloads)
    let ends = [8, 16, 25, 42]
    for cut in 8...whole.count {
      let (records, error) = read(Array(whole[..<cut]))
      let complete = ends.lastIndex { $0 <= cut } ?? 0
      #expect(records == Array(payloads[..<complete]))
      if ends.contains(cut) {
        #expect(error == nil)
      } else {
        #expect(error == RecordFileError(.truncated, offset: ends[complete]))
      }
    }
  }

  @Test func everyFlippedBitIsFound() {
    let whole = file([[1, 2, 3], [4, 5]])
    for bit in 0..<whole.count * 8 {
      var damaged = whole
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(read(damaged).error != nil, "bit \(bit)")
    }
  }

  @Test func whatIsNoRecordFileSaysSo() {
    #expect(read(text("GET / HTTP/1.1")).error?.reason == .notARecordFile)
    #expect(read([]).error?.reason == .notARecordFile)
    #expect(read(text("MSTA") + [0, 0, 0, 9]).error?.reason == .unknownVersion(9))
    #expect(read(file([]) + [UInt8](repeating: 0, count: 64)).error?.reason == .wrongChecksum)
    #expect(
      read(file([]) + [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]).error?.description
        == "a record of 4294967295 bytes is longer than the limit of 67108864 (byte 8)")
  }
}
