// A framework's record is kept before anything goes out that depends on it.

import MesetaFramework
import MesetaHost
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Synchronization
import Testing

/// Asks for everything as soon as it is subscribed.
private struct Eager: Scheduler {
  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    if case .subscribed = input { cluster.revive() }
  }
}

@Suite struct FrameworkRecordTests {
  private let executor = SteppedExecutor()
  private let served = Record()

  private struct DiskFull: Error {}

  /// A master that answers SUBSCRIBE, and a framework with it.
  private func start(_ persist: @escaping @Sendable (FrameworkRecord) throws -> Void) -> FrameworkHost<Eager>
  {
    let network = InProcessNetwork()
    let master = probeHost(executor, name: "master", record: served) { input, _, sink in
      guard case .received(let session, _, .schedulerCall(let call, _)) = input, case .subscribe = call.kind
      else { return }
      sink.send(.schedulerEvent(.subscribed("f1", heartbeatInterval: 15, master: nil)), to: session)
    }
    network.listen("master", master)
    let host = FrameworkHost(
      Eager(), framework: FrameworkInfo(name: "eager"), seed: 1, connector: network.connector(to: "master"),
      executor: executor, logger: quietLogger, persist: persist)
    host.start()
    executor.run()
    return host
  }

  private var calls: [String] {
    served.messages.compactMap { if case .schedulerCall(let call, _) = $0 { call.kind.name } else { nil } }
  }

  @Test func theIDIsKeptBeforeTheFrameworkUsesIt() {
    let known = Mutex<[(FrameworkRecord, calls: [String])]>([])
    let served = served
    let host = start { record in
      let calls = served.messages.count
      known.withLock { $0.append((record, Array(repeating: "call", count: calls))) }
    }
    #expect(known.withLock { $0.map(\.0.frameworkID) } == ["f1"])
    #expect(known.withLock { $0.map(\.calls.count) } == [1], "only SUBSCRIBE was there before")
    #expect(calls == ["SUBSCRIBE", "REVIVE"])
    withExtendedLifetime(host) {}
  }

  @Test func aFrameworkWhoseIDCannotBeKeptSaysNothingMoreAndEnds() async {
    let host = start { _ in throw DiskFull() }
    #expect(calls == ["SUBSCRIBE"])
    for await _ in host.reports {}  // it has ended
    host.stop(teardown: true)
    executor.run()
    #expect(calls == ["SUBSCRIBE"])
  }
}
