// What the only master of a cluster writes down is there for the next one, and for operators.

import Foundation
import Logging
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaStorage
import ServiceLifecycle
import Testing
import ZooKeeperServers

@testable import MesetaService

@Suite(.timeLimit(.minutes(3))) struct RegistryStoryTests {
  private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  private let directory =
    FileManager.default.temporaryDirectory.path + "/meseta-registry-\(UInt64.random(in: .min ... .max))"

  /// Runs a master on the work directory while `body` does.
  private func withMaster(_ port: Int, _ body: (HostPort) async throws -> Void) async throws {
    var options = MasterService.Options()
    options.host = "127.0.0.1"
    options.port = port
    options.httpPort = nil
    options.workDirectory = directory
    let services = ServiceGroup(services: [MasterService(options, logger: logger)], logger: logger)
    let running = Task { try await services.run() }
    let address = HostPort(host: "127.0.0.1", port: port)
    while true {
      do {
        _ = try await OperatorClient.ask(.getMaster, at: address)
        break
      } catch {
        try await Task.sleep(for: .milliseconds(10))
      }
    }
    try await body(address)
    await services.triggerGracefulShutdown()
    try await running.value
  }

  @Test func whatOperatorsSetOutlivesTheMasterAndItsMachine() async throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let port = Int(try AgentProcess.freePort())
    let schedule = MaintenanceSchedule([
      MaintenanceWindow([MachineID(hostname: "old")], Unavailability(start: 5, duration: nil))
    ])
    try await withMaster(port) { master in
      _ = try await OperatorClient.ask(.updateWeights([RoleWeight(role: "eng", weight: 3)]), at: master)
      _ = try await OperatorClient.ask(.updateMaintenanceSchedule(schedule), at: master)
    }
    try await withMaster(port) { master in
      guard case .weights(let weights) = try await OperatorClient.ask(.getWeights, at: master) else {
        Issue.record("no weights")
        return
      }
      #expect(weights == [RoleWeight(role: "eng", weight: 3)])
      let read = try await OperatorClient.ask(.getMaintenanceSchedule, at: master)
      #expect(read == .maintenanceSchedule(schedule))
      // Operators read it meanwhile.
      let stored = try await StoredRegistry(.workDirectory(directory))
      #expect(
        stored.summary
          == "0 agents, 0 unreachable, 0 gone; 0 quotas, 1 weights; 1 machines to be maintained")
    }
    // To another machine.
    let export = try await StoredRegistry(.workDirectory(directory)).json()
    try FileManager.default.removeItem(atPath: directory)
    try await StoredRegistry.fill(.workDirectory(directory), withJSON: export)
    try await withMaster(port) { master in
      let read = try await OperatorClient.ask(.getMaintenanceSchedule, at: master)
      #expect(read == .maintenanceSchedule(schedule))
    }
    let kept = try await StoredRegistry(.workDirectory(directory)).json()
    #expect(kept == export)
  }

  @Test func agentsThatHaveNotComeBackToANewMasterAreListed() async throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    var info = AgentInfo(hostname: "node7", port: 5051, resources: try Resources(parsing: "cpus:2;mem:512"))
    info.id = "earlier-S3"
    let store = try SQLiteRegistryStore(directory: directory)
    _ = try await store.recover()
    try await withCheckedThrowingContinuation { continuation in
      store.write([.admitAgent(info)]) { continuation.resume(with: $0) }
    }
    await store.close()
    let port = Int(try AgentProcess.freePort())
    try await withMaster(port) { master in
      let list = try await output(of: ["agents", "--json", "--master", "\(master)"])
      let listed = try JSONSerialization.jsonObject(with: list) as? [[String: Any]] ?? []
      #expect(listed.count == 1)
      let agent = listed.first ?? [:]
      #expect(agent["id"] as? String == "earlier-S3" && agent["hostname"] as? String == "node7")
      #expect(agent["state"] as? String == "recovered")
      #expect(agent["cpus"] as? Int == 2 && agent["cpus_used"] is NSNull && agent["mem_used"] is NSNull)
      let table = String(decoding: try await output(of: ["agents", "--master", "\(master)"]), as: UTF8.self)
      let row = table.split(separator: "\n").last?.split(separator: " ", omittingEmptySubsequences: true)
      #expect(row?.map(String.init) == ["earlier-S3", "node7", "recovered", "-", "2", "-", "512"])
      // It is named as the others are.
      let words = try await output(of: ["agents", "deactivate", "node7", "--master", "\(master)"])
      #expect(
        String(decoding: words, as: UTF8.self) == "nothing of agent earlier-S3 is offered any more\n")
    }
  }

  /// What a command prints, once it has ended well.
  private func output(of arguments: [String]) async throws -> Data {
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = AgentProcess.products.appendingPathComponent("meseta")
    process.arguments = arguments
    process.standardOutput = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
    #expect(process.terminationStatus == 0)
    return pipe.fileHandleForReading.readDataToEndOfFile()
  }

  @Test func aRegistryIsCarriedToZooKeeperAndBack() async throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let export = Array(#"{"format":1,"weights":[{"role":"eng","weight":3}]}"#.utf8)
    try await StoredRegistry.fill(.workDirectory(directory), withJSON: export)
    let first = try await StoredRegistry(.workDirectory(directory)).json()
    let servers = try await ZooKeeperServers()
    let place = StoredRegistry.Location.zooKeeper(try ZooKeeperAddress(parsing: servers.url("carried")))
    try await StoredRegistry.fill(place, withJSON: first)
    let carried = try await StoredRegistry(place).json()
    #expect(carried == first)
    await #expect(throws: (any Error).self, "it is not empty") {
      try await StoredRegistry.fill(place, withJSON: first)
    }
    servers.stop()
  }

  @Test(arguments: ["", "{", "{\"format\":2}", "{\"format\":1,\"agents\":[{\"id\":{\"value\":\"a\"}}]}"])
  func whatIsNoExportIsNotTaken(_ text: String) async throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let error = await #expect(throws: (any Error).self) {
      try await StoredRegistry.fill(.workDirectory(directory), withJSON: Array(text.utf8))
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains("this is no export of a registry"))
    #expect(!FileManager.default.fileExists(atPath: directory + "/registry.sqlite"))
  }
}
