import MesetaHost
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Synchronization
import Testing

@Suite struct MachineHostTests {
  let executor = SteppedExecutor()
  let record = Record()
  let link = LinkProbe()

  @Test func theEndOfABatchComesOnceAfterAllThatWaited() throws {
    let host = probeHost(executor, record: record)
    let session = try #require(host.opened(link, somePeer))
    host.received(session, [call(1), call(2)])
    host.post(7)
    host.closed(session, reason: "gone")
    #expect(executor.run() == 1)
    #expect(
      record.inputs == [
        .opened(session, somePeer), .received(session, .none, call(1)), .received(session, .none, call(2)),
        .local(7), .closed(session, reason: "gone"), .endOfBatch,
      ])
  }

  @Test func whatWaitsToBeReadComesBeforeWhatIsDue() {
    let host = probeHost(executor, record: record) { input, time, sink in
      guard input == .local(1) else { return }
      sink.wakes = [time.monotonic + Span(nanoseconds: 1)]
      sink.posts = [2]
    }
    host.post(1)
    executor.run()
    #expect(record.inputs == [.local(1), .endOfBatch, .local(2), .wake, .endOfBatch])
  }

  @Test func theClockIsReadOnceABatch() throws {
    let host = probeHost(executor, record: record)
    let session = try #require(host.opened(link, somePeer))
    host.received(session, (0..<100).map { call($0) })
    executor.run()
    #expect(Set(record.times).count == 1)
  }

  @Test func eachSessionIsWrittenToOnceABatch() throws {
    let other = LinkProbe()
    let host = probeHost(executor) { input, _, sink in
      if case .received(let session, _, let message) = input { sink.send(message, to: session) }
    }
    let first = try #require(host.opened(link, somePeer))
    let second = try #require(host.opened(other, somePeer))
    host.received(first, [call(1)])
    host.received(second, [call(2)])
    host.received(first, [call(3), call(4)])
    executor.run()
    #expect(link.batches == [[call(1), call(3), call(4)]])
    #expect(other.batches == [[call(2)]])
    #expect(link.consumed == 3)
  }

  @Test func aLongQueueIsHandledInBatches() throws {
    let host = probeHost(executor, record: record)
    let session = try #require(host.opened(link, somePeer))
    for _ in 0..<100 { host.received(session, (0..<100).map { call($0) }) }
    #expect(executor.run() > 1)
    #expect(record.messages.count == 10_000)
    #expect(record.inputs.count { $0 == .endOfBatch } == 3)
  }

  @Test func whatWaitsIsCountedWhenTheQuestionsTurnComes() throws {
    let counts = Mutex<[WaitingMail]>([])
    let host = probeHost(executor)
    let session = try #require(host.opened(link, somePeer))
    host.countMail { count in
      counts.withLock { $0.append(count) }
      host.post(3)  // It comes while the batch is being handled.
    }
    host.received(session, (0..<5).map { call($0) })
    host.call(session, call(5)) { _ in }
    host.countMail { count in counts.withLock { $0.append(count) } }
    host.post([1, 2])
    executor.run()
    #expect(
      counts.withLock { $0 } == [
        WaitingMail(messages: 5, requests: 2, others: 2), WaitingMail(messages: 0, requests: 0, others: 3),
      ])
  }

  @Test func anOutcomeGoesBackUnderTheCallersNumber() throws {
    let requests = Mutex<[RequestID]>([])
    let host = probeHost(executor) { input, _, sink in
      if case .received(_, let request, _) = input { requests.withLock { $0.append(request) } }
      if case .local(let number) = input {
        let request = requests.withLock { $0[number] }
        sink.respond(request, number == 0 ? .accepted : .failed(CallError(.conflict, "no")))
      }
    }
    let session = try #require(host.opened(link, somePeer))
    host.received(session, [call(1, request: 70), call(2), call(3, request: 70)])
    executor.run()
    #expect(requests.withLock { $0.map { $0 == .none } } == [false, true, false])
    #expect(requests.withLock { $0[0] != $0[2] })
    host.post(2)
    host.post(0)
    host.post(0)
    host.post(1)
    executor.run()
    #expect(
      link.batches == [[.failed(CallError(.conflict, "no"), request: 70), .accepted(request: 70)]])
  }

  @Test func aCallByAnotherWayHasItsOutcomeTold() throws {
    let outcomes = Mutex<[Outcome]>([])
    let host = probeHost(executor) { input, _, sink in
      if case .received(_, let request, _) = input { sink.respond(request, .accepted) }
    }
    let session = try #require(host.opened(link, somePeer))
    host.call(session, call(1)) { outcome in outcomes.withLock { $0.append(outcome) } }
    host.call(SessionID(99), call(1)) { outcome in outcomes.withLock { $0.append(outcome) } }
    executor.run()
    #expect(outcomes.withLock { $0.contains(.accepted) && $0.count == 2 })
    #expect(link.batches.isEmpty)
  }

  @Test func whatWasSentGoesOutBeforeTheEndAndNothingComesInAfterIt() throws {
    let host = probeHost(executor, record: record) { input, _, sink in
      guard case .received(let session, _, _) = input else { return }
      sink.send(call(9), to: session)
      sink.close(session, reason: "enough")
      sink.send(call(10), to: session)
    }
    let session = try #require(host.opened(link, somePeer))
    host.received(session, [call(1), call(2)])
    host.received(session, [call(3)])
    executor.run()
    host.received(session, [call(4)])
    host.closed(session, reason: "gone")
    executor.run()
    #expect(record.messages == [call(1)])
    #expect(!record.inputs.contains(.closed(session, reason: "gone")))
    #expect(link.batches == [[call(9)]])
    #expect(link.reason == "enough")
  }

  @Test func nothingIsKeptOfASessionThatEnded() throws {
    let counts = Mutex((0, 0))
    let host = probeHost(executor) { input, _, sink in
      if case .received(let session, _, _) = input { sink.send(call(0), to: session) }
      counts.withLock { $0 = (sink.outbox.sessionCount, sink.outbox.openRequestCount) }
    }
    for _ in 0..<10 {
      let session = try #require(host.opened(link, somePeer))
      host.received(session, [call(1, request: 5)])
      host.closed(session, reason: "gone")
    }
    executor.run()
    #expect(counts.withLock { $0 } == (0, 0))
    #expect(link.batches.isEmpty)
    // The slots are used again.
    let session = try #require(host.opened(link, somePeer))
    host.received(session, [call(2)])
    executor.run()
    #expect(link.batches == [[call(0)]])
  }

  @Test func theMachineIsWokenAtItsDeadline() throws {
    let host = probeHost(executor, record: record) { input, time, sink in
      if case .local(let milliseconds) = input { sink.wakes = [time.monotonic + .milliseconds(milliseconds)] }
    }
    host.post(3_600_000)
    executor.run()
    #expect(executor.timerTimes.count == 1)
    host.post(7_200_000)  // later than the timer that is set
    executor.run()
    #expect(executor.timerTimes.count == 1)
    host.post(1_800_000)
    executor.run()
    #expect(executor.timerTimes.count == 2)
    executor.fireTimers()  // too early: the machine is left alone, and the timer set again
    executor.run()
    #expect(!record.inputs.contains(.wake))
    host.post(0)
    executor.run()
    #expect(record.inputs.contains(.wake))
  }

  @Test func aMachineMayLeaveWordForItself() {
    let host = probeHost(executor, record: record) { input, _, sink in
      if input == .local(1) { sink.posts = [2, 3] }
    }
    host.post(1)
    executor.run()
    #expect(record.inputs == [.local(1), .endOfBatch, .local(2), .local(3), .endOfBatch])
  }

  @Test func aHostThatStopsEndsItsSessionsAndTakesNoMore() async throws {
    let host = probeHost(WorkerPool.shared, record: record) { _, _, _ in }
    let session = try #require(host.opened(link, somePeer))
    let outcomes = Mutex<[Outcome]>([])
    host.call(session, call(1)) { outcome in outcomes.withLock { $0.append(outcome) } }
    await host.stop(reason: "the end")
    #expect(link.reason == "the end")
    #expect(outcomes.withLock { $0 } == [.failed(CallError(.unavailable, "the end"))])
    #expect(host.opened(link, somePeer) == nil)
    host.call(session, call(1)) { outcome in outcomes.withLock { $0.append(outcome) } }
    #expect(outcomes.withLock { $0.count } == 2)
    host.countMail { #expect($0 == WaitingMail()) }
    await host.stop(reason: "again")
    #expect(await host.withMachine { $0.wakes } == [])
  }

  @Test func withoutAConnectorNoSessionCanBeOpened() {
    let host = probeHost(executor, record: record) { input, _, sink in
      if input == .local(1) { sink.connect() }
    }
    host.post(1)
    executor.run()
    #expect(
      record.inputs.contains {
        if case .connectFailed = $0 { true } else { false }
      })
  }
}
