// What a framework keeps in a file between two incarnations.

import Foundation
import MesetaFramework
import MesetaModel
import MesetaService
import Testing

@Suite struct FrameworkRecordFileTests {
  private let file = FrameworkRecordFile(
    path: FileManager.default.temporaryDirectory.appending(path: "meseta-record-\(UUID())").path)

  @Test func aRecordIsReadAsItWasWritten() throws {
    defer { try? FileManager.default.removeItem(atPath: file.path) }
    #expect(try file.read() == nil)
    for record in [
      FrameworkRecord(frameworkID: "m-0001", state: [0, 10, 255]), FrameworkRecord(frameworkID: "m-0002"),
      FrameworkRecord(state: [1]),
    ] {
      try file.write(record)
      #expect(try file.read() == record)
    }
  }

  @Test func aTornFileIsNotReadAndLeftAsItIs() throws {
    defer { try? FileManager.default.removeItem(atPath: file.path) }
    try file.write(FrameworkRecord(frameworkID: "m-0001", state: Array(repeating: 7, count: 100)))
    let whole = try Data(contentsOf: URL(fileURLWithPath: file.path))
    for length in [0, 1, 30, whole.count - 1] {
      try whole.prefix(length).write(to: URL(fileURLWithPath: file.path))
      #expect(throws: UnreadableRecord.self) { try file.read() }
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: file.path)).count == whole.count - 1)
  }
}
