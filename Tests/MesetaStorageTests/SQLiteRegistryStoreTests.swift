import Foundation
import GRDB
import MesetaHost
import MesetaMaster
import MesetaModel
import Testing

@testable import MesetaStorage

/// A directory that is gone when the test is over.
final class TemporaryDirectory {
  let path = FileManager.default.temporaryDirectory.path + "/meseta-registry-\(UUID().uuidString)"
  var file: String { path + "/registry.sqlite" }
  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// One of each kind of operation, as they come in the life of a cluster.
let operations: [RegistryOperation] = {
  let schedule = MaintenanceSchedule([
    MaintenanceWindow(
      [MachineID(hostname: "a"), MachineID(hostname: "b")], Unavailability(start: 5, duration: 7))
  ])
  func agent(_ id: AgentID, _ hostname: String) -> AgentInfo {
    var info = AgentInfo(hostname: hostname, resources: Resources(["cpus": Scalar(4), "mem": Scalar(1024)]))
    info.id = id
    return info
  }
  return [
    .admitAgent(agent("S0", "a")), .admitAgent(agent("S1", "b")), .admitAgent(agent("S2", "c")),
    .admitAgent(agent("S3", "d")), .admitAgent(agent("S4", "e")), .updateAgent(agent("S1", "b2")),
    .markAgentUnreachable("S2", since: 20), .markAgentUnreachable("S4", since: 10),
    .markAgentReachable(agent("S2", "c2")), .markAgentUnreachable("S3", since: 15), .removeAgent("S0"),
    .updateQuotas([
      RoleQuota("ads", Quota(guarantees: [ResourceQuantity("cpus", Scalar(2))], limits: [])),
      RoleQuota("ads/search", Quota(guarantees: [ResourceQuantity("cpus", Scalar(1))], limits: [])),
    ]),
    .updateQuotas([RoleQuota("ads/search", Quota())]), .updateWeights([RoleWeight(role: "ads", weight: 2.5)]),
    .maintenance(.updateSchedule(schedule)), .maintenance(.start([MachineID(hostname: "b")])),
    .maintenance(.deactivate("S1")), .maintenance(.drain("S2", DrainConfig(maxGracePeriod: 3))),
    .maintenance(.markDrained("S2")), .maintenance(.markGone("S4", since: 30)),
  ]
}()

/// What they amount to, as a registry that is complete.
let expected: RegistryState = {
  var state = RegistryState(isComplete: true)
  for operation in operations { state.apply(operation) }
  return state
}()

extension RegistryStore {
  /// Writes operations and waits until that is durable.
  func write(_ operations: [RegistryOperation]) async throws {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      write(operations) { continuation.resume(with: $0) }
    }
  }
}

@Suite struct SQLiteRegistryStoreTests {
  let directory = TemporaryDirectory()

  @Test func theNextMasterBeginsWithWhatTheLastOneWrote() async throws {
    let store = try SQLiteRegistryStore(directory: directory.path)
    #expect(try await store.recover() == RegistryState(isComplete: true))
    for operation in operations { try await store.write([operation]) }
    await store.close()
    let next = try SQLiteRegistryStore(directory: directory.path)
    let state = try await next.recover()
    #expect(state == expected)
    #expect(state.agents.all.map(\.hostname).sorted() == ["b2", "c2"])
    #expect(state.unreachable.map(\.id) == ["S3"])
    #expect(state.maintenance.goneAgents.map(\.id) == ["S4"])
    #expect(state.maintenance.machines.down == [MachineID(hostname: "b")])
    #expect(state.roles.quotas.map(\.role) == ["ads"])
  }

  @Test func itIsKnownHowMuchIsStored() async throws {
    let store = try SQLiteRegistryStore(directory: directory.path)
    _ = try await store.recover()
    #expect(store.bytes == 0)
    for operation in operations { try await store.write([operation]) }
    let entries = try await store.entries()
    #expect(store.bytes == entries.reduce(0) { $0 + $1.key.name.utf8.count + $1.value.count })
    let bytes = store.bytes
    await store.close()
    let next = try SQLiteRegistryStore(directory: directory.path)
    _ = try await next.recover()
    #expect(next.bytes == bytes)
  }

  @Test func writesThatAreAskedForTogetherCompleteInTheirOrder() async throws {
    let store = try SQLiteRegistryStore(directory: directory.path)
    _ = try await store.recover()
    let (completions, heard) = AsyncStream.makeStream(of: Int.self)
    for (number, operation) in operations.enumerated() {
      store.write([operation]) { result in
        if case .success = result { heard.yield(number) }
        if number == operations.count - 1 { heard.finish() }
      }
    }
    #expect(await completions.reduce(into: []) { $0.append($1) } == Array(operations.indices))
    #expect(try await store.recover() == expected)
  }

  @Test func longUnreachableAndGoneAgentsCanBeForgotten() async throws {
    let store = try SQLiteRegistryStore(directory: directory.path)
    _ = try await store.recover()
    try await store.write(operations + [.prune(unreachable: ["S3"], gone: ["S4"])])
    let state = try await store.recover()
    #expect(state.unreachable.isEmpty && state.maintenance.goneAgents.isEmpty)
    #expect(state.agents.count == 2)
  }

  @Test func aSecondMasterIsRefusedWhileTheFirstIsThere() async throws {
    let first = try SQLiteRegistryStore(directory: directory.path)
    let failure = #expect(throws: RegistryFailure.self) { try SQLiteRegistryStore(directory: directory.path) }
    #expect(failure?.reason == .unavailable)
    #expect(failure?.description.contains("another master uses \(directory.path)") == true)
    _ = try await first.recover()
  }

  @Test func operatorsLookAtTheRegistryOfAMasterThatRuns() async throws {
    let store = try SQLiteRegistryStore(directory: directory.path)
    _ = try await store.recover()
    try await store.write(operations)
    let shared = try SQLiteRegistryStore(directory: directory.path, isShared: true)
    #expect(try RegistryContents(try await shared.entries()).state == expected)
  }

  @Test func anExportFillsAnEmptyRegistryAndNoOther() async throws {
    let store = try SQLiteRegistryStore(directory: directory.path)
    _ = try await store.recover()
    try await store.write(operations)
    let entries = try RegistryContents(try await store.entries()).entries
    let other = TemporaryDirectory()
    let copy = try SQLiteRegistryStore(directory: other.path)
    try await copy.fill(entries)
    #expect(try await copy.recover() == expected)
    await #expect(throws: RegistryFailure.self) { try await copy.fill(entries) }
  }

  @Test(arguments: [
    ("UPDATE entries SET value = x'00' WHERE kind = 'quotas'", "the checksum of quotas/ads is wrong"),
    ("UPDATE entries SET name = 'S9' WHERE name = 'S2'", "the checksum of agents/S9 is wrong"),
    ("UPDATE entries SET kind = 'queues' WHERE kind = 'quotas'", "does not know"),
    ("PRAGMA user_version = 2", "was written by a later version of Meseta (format 2; this one knows 1)"),
    ("PRAGMA user_version = -1", "was written by a later version of Meseta (format 4294967295;"),
    ("PRAGMA application_id = 7", "is a database of something else"),
  ])
  func whatCannotBeReadIsRefusedAndLeftAsItIs(_ damage: String, _ message: String) async throws {
    let store = try SQLiteRegistryStore(directory: directory.path)
    _ = try await store.recover()
    try await store.write(operations)
    await store.close()
    try alter(damage)
    let before = try Data(contentsOf: URL(fileURLWithPath: directory.file))
    let failure = await #expect(throws: RegistryFailure.self) {
      _ = try await SQLiteRegistryStore(directory: directory.path).recover()
    }
    #expect(failure?.reason == .unreadable)
    #expect(failure?.description.contains(message) == true, "\(failure?.description ?? "")")
    #expect(try Data(contentsOf: URL(fileURLWithPath: directory.file)) == before)
  }

  @Test(arguments: [0, 100, 4096, 8192 - 512])
  func aFileThatIsOverwrittenIsRefusedAndLeftAsItIs(_ place: Int) async throws {
    let store = try SQLiteRegistryStore(directory: directory.path)
    _ = try await store.recover()
    try await store.write(operations)
    await store.close()
    var bytes = try Data(contentsOf: URL(fileURLWithPath: directory.file))
    let end = min(place + 512, bytes.count)
    if place < end { bytes.replaceSubrange(place..<end, with: Data(repeating: 0xA5, count: end - place)) }
    try bytes.write(to: URL(fileURLWithPath: directory.file))
    let failure = await #expect(throws: RegistryFailure.self) {
      _ = try await SQLiteRegistryStore(directory: directory.path).recover()
    }
    #expect(failure?.reason == .unreadable, "\(failure?.description ?? "")")
    #expect(try Data(contentsOf: URL(fileURLWithPath: directory.file)) == bytes)
  }

  /// Changes the file behind the store's back.
  private func alter(_ sql: String) throws {
    try DatabaseQueue(path: directory.file).writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA journal_mode = DELETE")
      try database.execute(sql: sql)
    }
  }
}
