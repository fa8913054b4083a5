import Foundation
import MesetaAgent
import MesetaModel
import MesetaStorage
import Testing

@testable import MesetaService

@Suite struct VolumeDirectoriesTests {
  private let work =
    FileManager.default.temporaryDirectory.path + "/meseta-directories-\(UInt64.random(in: .min ... .max))"

  private func volume(_ id: String, on source: DiskInfo.Source? = nil) -> Resource {
    Resource(
      "disk", .scalar(Scalar(10)),
      traits: ResourceTraits(
        reservations: [Reservation(.dynamic, role: "eng/ci")], disk: source.map { DiskInfo(source: $0) })
    )
    .volume(DiskInfo.Persistence(id: id), at: DiskInfo.Volume("data"))
  }

  private func remove() { try? FileManager.default.removeItem(atPath: work) }

  @Test func volumesAreMadeOnceAndRemovedWithWhatIsInThem() throws {
    defer { remove() }
    let storage = try FileAgentStorage(workDirectory: work)
    let (kept, gone) = (volume("kept"), volume("gone"))
    let with = AgentCheckpoint(agentID: "S0", resources: Resources([kept, gone]))
    try storage.write(with)
    let roles = work + "/volumes/roles/eng ci"
    try Data("a".utf8).write(to: URL(fileURLWithPath: roles + "/kept/file"))
    try Data("a".utf8).write(to: URL(fileURLWithPath: roles + "/gone/file"))
    try storage.write(with)
    #expect(FileManager.default.fileExists(atPath: roles + "/kept/file"))
    let without = AgentCheckpoint(
      agentID: "S0", resources: Resources([kept]), removedVolumes: Resources([gone]))
    for _ in 0..<2 { try storage.write(without) }  // The second time as after a crash.
    #expect(try FileManager.default.contentsOfDirectory(atPath: roles) == ["kept"])
    #expect(try storage.read().checkpoint == without)
  }

  @Test func aMountedDiskIsEmptiedAndStays() throws {
    defer { remove() }
    let storage = try FileAgentStorage(workDirectory: work)
    let mounted = volume("v", on: .init(.mount, root: "disk"))
    let with = AgentCheckpoint(agentID: "S0", resources: Resources([mounted]))
    #expect(throws: VolumeProblem.self) { try storage.write(with) }
    try FileManager.default.createDirectory(atPath: work + "/disk", withIntermediateDirectories: true)
    try storage.write(with)
    try Data("a".utf8).write(to: URL(fileURLWithPath: work + "/disk/file"))
    try storage.write(AgentCheckpoint(agentID: "S0", removedVolumes: Resources([mounted])))
    #expect(try FileManager.default.contentsOfDirectory(atPath: work + "/disk").isEmpty)
  }
}
