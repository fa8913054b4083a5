import Foundation
import Logging
import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaStorage
import Testing

@testable import MesetaService

@Suite struct FileAgentStorageTests {
  private let work =
    FileManager.default.temporaryDirectory.path + "/meseta-storage-\(UInt64.random(in: .min ... .max))"
  private let info = AgentInfo(hostname: "here", resources: "cpus:4;mem:1024")
  private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  private func remove() { try? FileManager.default.removeItem(atPath: work) }

  /// An earlier life with one task, which registered with that information.
  private func storage() throws -> FileAgentStorage {
    let storage = try FileAgentStorage(workDirectory: work)
    var known = info
    known.id = "S0"
    try storage.write(AgentCheckpoint(agentID: "S0", info: known))
    let task = RecordedTask(FrameworkTask("F", "t"), nil, containerID: "c", isAccepted: false)
    try storage.record([.task(task)], isSynchronized: true)
    return storage
  }

  private func recovery(
    _ storage: FileAgentStorage, _ policy: ReconfigurationPolicy = .equal, boot: String = "boot",
    _ change: (inout AgentInfo) -> Void = { _ in }
  ) throws -> AgentRecovery {
    var info = info
    change(&info)
    return try AgentRecovery(storage, isStrict: true, policy: policy, info, bootID: boot, logger)
  }

  @Test func whatWasWrittenLastIsRead() throws {
    defer { remove() }
    let storage = try FileAgentStorage(workDirectory: work)
    #expect(try storage.read().checkpoint == nil)
    try storage.write(AgentCheckpoint(agentID: "S0"))
    try storage.write(AgentCheckpoint(agentID: "cluster-S12"))
    #expect(
      try FileAgentStorage(workDirectory: work).read().checkpoint == AgentCheckpoint(agentID: "cluster-S12"))
  }

  @Test func anAgentThatIsSetUpAsBeforeGoesOn() throws {
    defer { remove() }
    let recovery = try recovery(try storage())
    #expect(recovery.checkpoint?.agentID == "S0")
    #expect(recovery.memory.tasks.count == 1)
    #expect(!recovery.afterReboot)
  }

  @Test func aRebootIsToldFromARestart() throws {
    defer { remove() }
    let storage = try storage()
    #expect(try !recovery(storage).afterReboot)
    #expect(try !recovery(storage).afterReboot)
    #expect(try recovery(storage, boot: "another").afterReboot)
    #expect(try !recovery(storage, boot: "another").afterReboot)
  }

  @Test func oneThatIsSetUpOtherwiseDoesNotStart() throws {
    defer { remove() }
    let storage = try storage()
    let refusal = #expect(throws: IncompatibleConfiguration.self) {
      try recovery(storage) { $0.resources = "cpus:8;mem:1024" }
    }
    #expect(
      refusal?.description.contains("the resources were cpus:4; mem:1024, and are cpus:8; mem:1024") == true)
    #expect(refusal?.description.contains("--reconfiguration_policy=additive") == true)
    #expect(try recovery(storage).memory.tasks.count == 1, "nothing is lost")
  }

  @Test func moreIsAllowedWhereTheOperatorSaysSo() throws {
    defer { remove() }
    let storage = try storage()
    let more = try recovery(storage, .additive) {
      $0.resources = "cpus:8;mem:1024;disk:5"
      $0.attributes = [Attribute("rack", .text("a"))]
    }
    #expect(more.checkpoint?.info?.resources == "cpus:8;mem:1024;disk:5")
    #expect(throws: IncompatibleConfiguration.self) {
      try recovery(storage, .additive) { $0.resources = "cpus:3;mem:1024" }
    }
    #expect(throws: IncompatibleConfiguration.self) {
      try recovery(storage, .additive) { $0.hostname = "elsewhere" }
    }
  }

  /// Nothing runs any more, so that it need not be kept from the cluster.
  @Test func aMachineThatComesUpOtherwiseIsANewAgent() throws {
    defer { remove() }
    let storage = try storage()
    _ = try recovery(storage)
    let recovery = try recovery(storage, boot: "another") { $0.resources = "cpus:2;mem:1024" }
    #expect(recovery.checkpoint == nil)
    #expect(recovery.memory.isEmpty)
    #expect(try storage.read().checkpoint == nil)
  }
}
