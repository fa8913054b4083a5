import Foundation
import MesetaAgent
import MesetaModel
import Testing

@testable import MesetaService

@Suite struct FileAgentStorageTests {
  private let work =
    FileManager.default.temporaryDirectory.path + "/meseta-storage-\(UInt64.random(in: .min ... .max))"
  private var file: URL { URL(fileURLWithPath: work + "/meta/checkpoint") }

  private func remove() { try? FileManager.default.removeItem(atPath: work) }

  @Test func whatWasWrittenLastIsRead() throws {
    defer { remove() }
    let storage = try FileAgentStorage(workDirectory: work)
    #expect(try storage.read() == nil)
    try storage.write(AgentCheckpoint(agentID: "S0"))
    try storage.write(AgentCheckpoint(agentID: "cluster-S12"))
    #expect(try FileAgentStorage(workDirectory: work).read() == AgentCheckpoint(agentID: "cluster-S12"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: work + "/meta") == ["checkpoint"])
  }

  @Test func aFileWithAnyOneByteChangedIsRefusedAndLeft() throws {
    defer { remove() }
    let storage = try FileAgentStorage(workDirectory: work)
    let good = AgentCheckpoint(agentID: "S7").fileBytes
    for place in good.indices {
      var bytes = good
      bytes[place] ^= 0x10
      try Data(bytes).write(to: file)
      #expect(throws: UnreadableCheckpoint.self, "byte \(place)") { try storage.read() }
      #expect([UInt8](try Data(contentsOf: file)) == bytes)
    }
  }

  @Test func aFileThatIsCutOffIsRefused() throws {
    defer { remove() }
    let storage = try FileAgentStorage(workDirectory: work)
    let good = AgentCheckpoint(agentID: "S7").fileBytes
    for length in good.indices {
      try Data(good.prefix(length)).write(to: file)
      #expect(throws: UnreadableCheckpoint.self, "\(length) bytes") { try storage.read() }
    }
  }

  @Test func theRefusalSaysWhyAndWhatToDo() throws {
    defer { remove() }
    let storage = try FileAgentStorage(workDirectory: work)
    try Data(AgentCheckpoint(agentID: "../S7").fileBytes).write(to: file)
    let unsafe = #expect(throws: UnreadableCheckpoint.self) { try storage.read() }
    #expect(unsafe?.description.hasPrefix("\(file.path) cannot be read: the agent id \"../S7\" ") == true)
    var bytes = AgentCheckpoint(agentID: "S7").fileBytes
    bytes[7] = 2
    try Data(bytes).write(to: file)
    let newer = #expect(throws: UnreadableCheckpoint.self) { try storage.read() }
    #expect(newer?.description.contains("format version 2, this program reads version 1") == true)
    #expect(newer?.description.contains("move it away") == true)
  }
}
