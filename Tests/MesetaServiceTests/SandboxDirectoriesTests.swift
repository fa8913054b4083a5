import Foundation
import MesetaAgent
import MesetaRuntime
import Testing

@testable import MesetaService

@Suite struct SandboxDirectoriesTests {
  private let work =
    FileManager.default.temporaryDirectory.path + "/meseta-sandboxes-\(UInt64.random(in: .min ... .max))"

  private func make(_ run: String, of executor: String = "e", _ framework: String = "F") throws -> String {
    let runs = "\(work)/slaves/S0/frameworks/\(framework)/executors/\(executor)/runs"
    try FileManager.default.createDirectory(atPath: "\(runs)/\(run)", withIntermediateDirectories: true)
    try Data("a".utf8).write(to: URL(fileURLWithPath: "\(runs)/\(run)/stdout"))
    try? FileManager.default.removeItem(atPath: "\(runs)/latest")
    try FileManager.default.createSymbolicLink(atPath: "\(runs)/latest", withDestinationPath: run)
    return "\(runs)/\(run)"
  }

  @Test func sandboxesAreFoundAndRemovedWithWhatIsEmptyAboveThem() throws {
    defer { try? FileManager.default.removeItem(atPath: work) }
    let directories = SandboxDirectories(workDirectory: work)
    #expect(directories.list().isEmpty)
    let (first, second, other) = (try make("1"), try make("2"), try make("3", of: "x", "G"))
    #expect(directories.list().map(\.path).sorted() == [first, second, other].sorted())
    #expect(directories.list().map(\.containerID).sorted() == ["1", "2", "3"])
    #expect(directories.remove(first) == nil)
    #expect(
      FileManager.default.fileExists(atPath: second + "/../latest/stdout"), "the link to the second stays")
    #expect(directories.remove(second) == nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: work + "/slaves/S0/frameworks") == ["G"])
    #expect(directories.remove(other) == nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: work + "/slaves").isEmpty)
  }

  @Test func whatALinkInASandboxLeadsToStays() throws {
    defer { try? FileManager.default.removeItem(atPath: work) }
    let sandbox = try make("1")
    let volume = work + "/volume"
    try FileManager.default.createDirectory(atPath: volume, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: sandbox + "/data", withDestinationPath: volume)
    let directories = SandboxDirectories(workDirectory: work)
    #expect(directories.remove(sandbox) == nil)
    #expect(directories.remove(sandbox) == nil, "it is gone already")
    #expect(directories.remove(volume)?.contains("is not below") == true)
    #expect(FileManager.default.fileExists(atPath: volume))
  }

  @Test func aSandboxIsAsOldAsTheLastThingItsCommandSaid() throws {
    defer { try? FileManager.default.removeItem(atPath: work) }
    let (silent, talkative) = (try make("1"), try make("2"))
    func set(_ path: String, _ age: Double) throws {
      let date = Date(timeIntervalSinceNow: -age)
      try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    }
    try set(silent + "/stdout", 7200)
    try set(talkative + "/stdout", 60)
    for sandbox in [silent, talkative] { try set(sandbox, 7200) }
    let ages = SandboxDirectories(workDirectory: work).list().map { Int($0.age.inSeconds / 60) }
    #expect(ages == [120, 1])
  }

  @Test func theDiskIsMeasured() throws {
    defer { try? FileManager.default.removeItem(atPath: work) }
    _ = try make("1")
    let usage = try #require(SandboxDirectories(workDirectory: work).diskUsage)
    #expect((0...1).contains(usage))
  }
}
