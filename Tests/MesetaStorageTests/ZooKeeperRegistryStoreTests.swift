import MesetaHost
import MesetaMaster
import MesetaModel
import MesetaRuntime
import Synchronization
import Testing

@testable import MesetaStorage

@Suite(.timeLimit(.minutes(3))) struct ZooKeeperRegistryStoreTests {
  private func store(_ address: ZooKeeperAddress) -> ZooKeeperRegistryStore {
    ZooKeeperRegistryStore(address, sessionTimeout: .seconds(30))
  }

  @Test func theNextLeaderBeginsWithAllThatWasWritten() async throws {
    let address = try await TestZooKeeper.address()
    let first = store(address)
    #expect(try await first.recover() == RegistryState(isComplete: true))
    for operation in operations { try await first.write([operation]) }
    await first.close()
    let second = store(address)
    #expect(try await second.recover() == expected)
    try await second.write([.removeAgent("S1")])
    await second.close()
  }

  @Test func writesThatAreAskedForAtOnceCompleteInOrder() async throws {
    let address = try await TestZooKeeper.address()
    let store = store(address)
    _ = try await store.recover()
    let completed = Mutex<[Int]>([])
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      for (number, operation) in operations.enumerated() {
        store.write([operation]) { result in
          completed.withLock { $0.append(number) }
          if number == operations.count - 1 { continuation.resume(with: result) }
        }
      }
    }
    #expect(completed.withLock { $0 } == Array(operations.indices))
    #expect(try await store.recover() == expected)
    await store.close()
  }

  @Test func afterAnotherHasTakenOverNothingIsWrittenAnyMore() async throws {
    let address = try await TestZooKeeper.address()
    let (old, new) = (store(address), store(address))
    _ = try await old.recover()
    _ = try await new.recover()
    for _ in 0..<2 {
      let error = await #expect(throws: RegistryFailure.self) { try await old.write(operations) }
      #expect(error?.reason == .deposed)
    }
    #expect(try await new.entries() == [])
    await old.close()
    await new.close()
  }

  @Test func anExportFillsAnEmptyRegistryAndNoOther() async throws {
    let (from, to) = (try await TestZooKeeper.address(), try await TestZooKeeper.address())
    let (source, target) = (store(from), store(to))
    let missing = await #expect(throws: RegistryFailure.self) { try await target.entries() }
    #expect(missing?.description.contains("there is no registry at \(to)") == true)
    _ = try await source.recover()
    try await source.write(operations)
    let entries = try await source.entries()
    try await target.fill(entries)
    #expect(try await target.entries() == entries)
    #expect(try await target.recover() == expected)
    let full = await #expect(throws: RegistryFailure.self) { try await target.fill(entries) }
    #expect(full?.description.contains("holds \(entries.count) entries already") == true)
    await source.close()
    await target.close()
  }
}
