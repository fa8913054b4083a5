// What the only master of a cluster writes down is there for the next one, and for operators.

import Foundation
import Logging
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
