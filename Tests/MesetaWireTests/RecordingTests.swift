// The files that recordings and checkpoints are kept in.

import MesetaWire
import Testing

@Suite struct RecordingTests {
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
