// A master that has stopped leading, and does not know it yet.

import MesetaHost
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Synchronization
import Testing

/// Counts what is written, and completes it at once.
private final class CountingStore: RegistryStore {
  let count = Mutex(0)

  func recover() async throws -> RegistryState { RegistryState() }

  func write(
    _ operations: [RegistryOperation],
    completion: @escaping @Sendable (Result<Void, RegistryFailure>) -> Void
  ) {
    count.withLock { $0 += operations.count }
    completion(.success(()))
  }
}

@Suite struct LeadershipTests {
  @Test func aMasterWhoseLeaseHasEndedSaysAndWritesNothingMore() async throws {
    let isLeading = Mutex(true)
    let (executor, store, link) = (SteppedExecutor(), CountingStore(), LinkProbe())
    let master = MasterHost(
      MasterConfiguration(), seed: 1, registry: store, executor: executor,
      mayAct: { isLeading.withLock { $0 } }, logger: quietLogger)
    master.start()
    let session = try #require(master.handler.opened(link, Peer(.operator, address: "test")))
    let change = OperatorCall.updateWeights([RoleWeight(role: "eng", weight: 2)])
    master.handler.received(session, [.operatorCall(change, request: 1)])
    executor.run()
    #expect(link.batches == [[.operatorResponse(.done, request: 1)]])
    #expect(store.count.withLock { $0 } == 1)

    isLeading.withLock { $0 = false }
    master.handler.received(
      session, [.operatorCall(change, request: 2), .operatorCall(.getMaster, request: 3)])
    let outcome = Mutex<Outcome?>(nil)
    master.handler.call(session, .operatorCall(.getMaster, request: 4)) { given in
      outcome.withLock { $0 = given }
    }
    executor.run()
    #expect(link.batches.count == 1)
    #expect(store.count.withLock { $0 } == 1)
    #expect(
      outcome.withLock { $0 } == .failed(CallError(.unavailable, "this master does not lead any more")))
  }
}
