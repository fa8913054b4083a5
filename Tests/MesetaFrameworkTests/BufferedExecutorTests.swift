// How an executor's events reach a consumer that asks for them one by one.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@Suite struct BufferedExecutorTests {
  private struct Consumer {
    var driver: ExecutorDriver<BufferedExecutor>
    var effects = Recorder<BufferedExecutor.Report>()
    var ticket: UInt64 = 0
    var received: UInt64?
    let session = SessionID(1)
    private let time = Time(monotonic: .zero, wall: 0)

    init(capacity: Int = 10) {
      driver = ExecutorDriver(
        BufferedExecutor(capacity: capacity), frameworkID: "f1", executorID: "e1", seed: 1)
      give(.wake)
      give(.opened(session, Peer(.agent, address: "a:1")))
      event(
        .subscribed(
          ExecutorInfo(id: "e1"), FrameworkInfo(name: "f"), AgentInfo(hostname: "a", resources: Resources()),
          containerID: nil))
      effects.sent = []
      #expect(isSubscription(next()))
    }

    private func isSubscription(_ event: ExecutorInput<Never>?) -> Bool {
      if case .subscribed? = event { true } else { false }
    }

    mutating func give(_ input: ExecutorDriver<BufferedExecutor>.Input) {
      driver.handle(input, at: time, &effects)
    }
    mutating func event(_ event: ExecutorEvent) { give(.received(session, .none, .executorEvent(event))) }

    mutating func next() -> ExecutorInput<Never>? {
      ticket += 1
      give(.local(.command(.next(ticket, received: received))))
      guard case .event(let event, ticket)? = effects.reports.last else { return nil }
      received = ticket
      return event
    }
  }

  private func task(_ id: TaskID) -> TaskInfo {
    TaskInfo(TaskInfo.Fields(name: id.value, id: id, agentID: "a1", resources: "cpus:1"))
  }

  @Test func launchesAndKillsWaitInTheirOrder() {
    var consumer = Consumer()
    consumer.event(.launch(task("t1")))
    consumer.event(.kill("t1", gracePeriod: nil))
    consumer.event(.launch(task("t2")))
    consumer.event(.kill("t1", gracePeriod: 5))
    #expect(consumer.next() == .launch(task("t1")))
    #expect(consumer.next() == .launch(task("t2")))
    #expect(consumer.next() == .kill("t1", grace: Span(nanoseconds: 5)), "the latest of one task's")
    #expect(consumer.next() == nil)
  }

  @Test func messagesWithoutRoomAreLostAndSaidToBe() {
    var consumer = Consumer(capacity: 2)
    for number: UInt8 in 0..<4 { consumer.event(.message([number])) }
    consumer.event(.launch(task("t1")))
    #expect(consumer.next() == .message([0]))
    #expect(consumer.next() == .message([1]))
    #expect(consumer.next() == .launch(task("t1")))
    #expect(consumer.effects.warnings.count == 2)
  }

  @Test func whatTheConsumerSaysReachesTheAgent() {
    var consumer = Consumer()
    consumer.give(.local(.command(.perform(.update(status("t1", .running)), 7))))
    #expect(consumer.effects.reports.last == .done(7))
    guard case .executorCall(let call, _)? = consumer.effects.sent.last?.message,
      case .update(let sent) = call.kind
    else { return #expect(Bool(false), "no update was sent") }
    #expect(sent.state == .running && sent.uuid != nil)
    consumer.give(.local(.command(.perform(.stop, 8))))
    #expect(consumer.effects.executorFinishes == [], "the report is not acknowledged yet")
  }
}
