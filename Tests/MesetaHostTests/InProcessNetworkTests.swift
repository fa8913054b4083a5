import MesetaHost
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Synchronization
import Testing

@Suite struct InProcessNetworkTests {
  let executor = SteppedExecutor()
  let clientRecord = Record()
  let serverRecord = Record()

  /// A client that connects when told 1, sends when told something else, and closes when told 0.
  func client(_ network: InProcessNetwork, _ executor: any HostExecutor) -> ProbeHost {
    let session = Mutex<SessionID?>(nil)
    return probeHost(
      executor, connector: network.connector(to: "master"), name: "client", record: clientRecord
    ) { input, _, sink in
      if case .opened(let opened, _) = input { session.withLock { $0 = opened } }
      guard case .local(let number) = input else { return }
      if number == 1 { return sink.connect() }
      guard let session = session.withLock({ $0 }) else { return }
      if number == 0 { return sink.close(session, reason: "bye") }
      sink.send(call(number), to: session)
    }
  }

  @Test func messagesArriveInOrderAndTheEndIsTold() throws {
    let network = InProcessNetwork()
    let server = probeHost(executor, record: serverRecord) { input, _, sink in
      if case .received(let session, _, let message) = input { sink.send(message, to: session) }
    }
    network.listen("master", server)
    let client = client(network, executor)
    client.post(1)
    executor.run()
    client.post([2, 3, 4])
    executor.run()
    #expect(serverRecord.messages == [call(2), call(3), call(4)])
    #expect(clientRecord.messages == serverRecord.messages)
    client.post([5, 0])
    executor.run()
    #expect(serverRecord.messages.last == call(5))
    #expect(
      serverRecord.inputs.contains {
        if case .closed(_, "bye") = $0 { true } else { false }
      })
    #expect(clientRecord.inputs.contains(.opened(SessionID(1), Peer(.master, address: "master"))))
    #expect(serverRecord.inputs.contains(.opened(SessionID(1), Peer(.framework, address: "client"))))
  }

  @Test func whoeverIsNotThereCannotBeReached() async {
    let network = InProcessNetwork()
    let client = client(network, executor)
    client.post(1)
    executor.run()
    #expect(clientRecord.inputs.first { if case .connectFailed = $0 { true } else { false } } != nil)

    let server = probeHost(WorkerPool.shared)
    await server.stop(reason: "over")
    network.listen("master", server)
    client.post(1)
    executor.run()
    #expect(
      clientRecord.inputs.contains(
        .connectFailed(reason: "\"master\" takes no sessions: it has stopped")))
  }

  @Test func aReceiverThatTakesNothingLosesItsSession() throws {
    var options = InProcessNetwork.Options()
    options.maximumQueuedMessages = 10
    let network = InProcessNetwork(options: options)
    let stuck = SteppedExecutor()
    network.listen("master", probeHost(stuck, record: serverRecord))
    let client = client(network, executor)
    client.post(1)
    executor.run()
    stuck.run()
    for _ in 0..<10 {  // what is consumed does not count
      client.post(Array(2..<10))
      executor.run()
      stuck.run()
    }
    client.post(Array(2..<30))
    executor.run()
    stuck.run()
    let reason = "28 messages wait for the receiver, more than the limit of 10"
    #expect(clientRecord.inputs.contains(.closed(SessionID(1), reason: reason)))
    #expect(serverRecord.inputs.contains(.closed(SessionID(1), reason: reason)))
    #expect(serverRecord.messages.count == 80)
  }

  /// Every client's messages arrive in order however the threads interleave.
  @Test func orderHoldsOnManyThreads() async {
    let network = InProcessNetwork()
    let count = 20_000
    let (finished, finish) = AsyncStream.makeStream(of: Int.self)
    let seen = Mutex<[SessionID: Int]>([:])
    let faults = Atomic<Int>(0)
    let isInside = Atomic<Bool>(false)
    let server = probeHost(WorkerPool.shared) { input, _, sink in
      if isInside.exchange(true, ordering: .acquiringAndReleasing) {
        faults.add(1, ordering: .relaxed)
      }
      if case .received(let session, _, let message) = input {
        let last = seen.withLock { seen in
          defer { seen[session, default: 0] += 1 }
          return seen[session, default: 0]
        }
        if message != call(last) { faults.add(1, ordering: .relaxed) }
        if last + 1 == count { finish.yield(last) }
      }
      isInside.store(false, ordering: .releasing)
    }
    network.listen("master", server)
    var clients: [ProbeHost] = []
    for _ in 0..<4 {
      let host = probeHost(WorkerPool.shared, connector: network.connector(to: "master")) { input, _, sink in
        if case .opened(let session, _) = input {
          for number in 0..<count { sink.send(call(number), to: session) }
        }
        if input == .local(1) { sink.connect() }
      }
      host.post(1)
      clients.append(host)
    }
    var done = 0
    for await _ in finished {
      done += 1
      if done == clients.count { break }
    }
    #expect(faults.load(ordering: .relaxed) == 0)
    for host in clients { await host.stop(reason: "done") }
    await server.stop(reason: "done")
  }
}
