// How events reach a consumer that asks for them one by one, and what becomes of those it leaves alone.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@Suite struct BufferedSchedulerTests {
  /// A consumer that does as the test says, with tickets counted from 1.
  private struct Consumer {
    var stage: Stage<BufferedScheduler>
    var ticket: UInt64 = 0
    /// The ticket of the last event that it took.
    var received: UInt64?

    init(capacity: Int = 100, options: SchedulerOptions = SchedulerOptions()) {
      stage = Stage(
        BufferedScheduler(options: options, capacity: capacity),
        options: BufferedScheduler.driverOptions(options))
      stage.subscribe()
      #expect(next() == .subscribed("f1", .new))
    }

    private mutating func takeReports() -> [BufferedScheduler.Report] {
      defer { stage.effects.reports = [] }
      return stage.effects.reports
    }

    mutating func ask() {
      ticket += 1
      stage.command(.next(ticket, received: received))
    }

    /// What has come of the request; nil: nothing yet.
    mutating func take() -> SchedulerInput<Never>? {
      guard case .event(let event, ticket)? = takeReports().last else { return nil }
      received = ticket
      return event
    }

    mutating func next() -> SchedulerInput<Never>? {
      ask()
      return take()
    }

    @discardableResult
    mutating func perform(_ call: BufferedScheduler.Call) -> [BufferedScheduler.Report] {
      ticket += 1
      stage.command(.perform(call, ticket))
      return takeReports()
    }

    mutating func takeCalls() -> [SchedulerCall.Kind] { stage.effects.takeCalls() }
  }

  private func acknowledgement(_ task: TaskID, _ uuid: UInt64) -> SchedulerCall.Kind {
    .acknowledge(.init(agentID: "a1", taskID: task, uuid: UUID(high: 0, low: uuid)))
  }

  private func update(_ event: SchedulerInput<Never>?) -> TaskStatus? {
    if case .update(let update)? = event { update.status } else { nil }
  }

  @Test func eventsWaitUntilTheyAreAskedForAndComeInOrder() {
    var consumer = Consumer()
    consumer.ask()
    #expect(consumer.take() == nil)
    consumer.stage.event(.update(status("t1", .running, uuid: 1)))
    #expect(update(consumer.take()) == status("t1", .running, uuid: 1))
    consumer.stage.event(.update(status("t1", .finished, uuid: 2)))
    consumer.stage.event(.update(status("t2", .running, uuid: 3)))
    #expect(update(consumer.next())?.state == .finished)
    #expect(update(consumer.next())?.taskID == "t2")
  }

  @Test func anUpdateIsAcknowledgedWhenTheConsumerIsThroughWithIt() {
    var consumer = Consumer()
    consumer.stage.event(.update(status("t1", .running, uuid: 1)))
    _ = consumer.next()
    consumer.stage.event(.update(status("t1", .running, uuid: 1)))  // the agent asks whether it came
    #expect(consumer.takeCalls() == [])
    consumer.ask()
    #expect(consumer.takeCalls() == [acknowledgement("t1", 1)])
    #expect(consumer.take() == nil)
  }

  @Test func anAcknowledgementThatComesWithoutAConnectionIsSentWhenTheUpdateComesAgain() {
    var consumer = Consumer()
    consumer.stage.event(.update(status("t1", .finished, uuid: 1)))
    _ = consumer.next()
    consumer.stage.give(.closed(consumer.stage.session, reason: "reset"))
    consumer.ask()
    _ = consumer.stage.reconnect()
    consumer.stage.event(.update(status("t1", .finished, uuid: 1)))
    #expect(consumer.takeCalls() == [acknowledgement("t1", 1)])
  }

  @Test func acknowledgingAndDecliningCanBeTakenOver() {
    var options = SchedulerOptions()
    options.acknowledges = false
    options.declinesUnused = false
    var consumer = Consumer(options: options)
    consumer.stage.event(.update(status("t1", .running, uuid: 1)))
    consumer.stage.event(.offers([offer(1)]))
    guard case .update(let update)? = consumer.next() else { return #expect(Bool(false), "no update") }
    _ = consumer.next()
    consumer.ask()
    #expect(consumer.takeCalls() == [])
    consumer.perform(.acknowledge(update))
    #expect(consumer.takeCalls() == [acknowledgement("t1", 1)])
    consumer.perform(.decline(offer(1), .seconds(60)))
    #expect(consumer.takeCalls() == [.decline(offerIDs: [offerID(1)], filters: Filters(refuseSeconds: 60))])
  }

  @Test func offersThatWereNotAnsweredAreDeclinedAndThoseKeptAreNot() {
    var consumer = Consumer()
    let offers = [offer(1), offer(2), offer(3)]
    consumer.stage.event(.offers(offers))
    #expect(consumer.next() == .offers(offers))
    consumer.perform(
      .launch([.shell("true", resources: "cpus:1", id: "t1")], after: [], offers: [offer(1)], refuseRest: nil)
    )
    consumer.perform(.hold(offer(2)))
    #expect(consumer.takeCalls().flatMap(\.launched).map(\.id) == ["t1"])
    consumer.ask()
    #expect(consumer.takeCalls() == [.decline(offerIDs: [offerID(3)], filters: Filters(refuseSeconds: 5))])
    let reports = consumer.perform(
      .launch(
        [.shell("true", resources: "cpus:1", id: "t2")], after: [], offers: [offer(2)],
        refuseRest: .seconds(9)))
    #expect(reports == [.launched(["t2"], consumer.ticket)])
    guard case .accept(let accept)? = consumer.takeCalls().first else {
      return #expect(Bool(false), "no ACCEPT")
    }
    #expect(accept.offerIDs == [offerID(2)] && accept.filters.refuseSeconds == 9)
  }

  @Test func asManyTasksAreLaunchedAsFit() {
    var consumer = Consumer()
    consumer.stage.event(.offers([offer(1, "cpus:2;mem:100")]))
    _ = consumer.next()
    let tasks = (1...4).map { TaskRequest.shell("true", resources: "cpus:1", id: TaskID("t\($0)")) }
    let reports = consumer.perform(
      .launch(tasks, after: [], offers: [offer(1, "cpus:2;mem:100")], refuseRest: nil))
    #expect(reports == [.launched(["t1", "t2"], consumer.ticket)])
    let again = consumer.perform(
      .launch(tasks, after: [], offers: [offer(1, "cpus:2;mem:100")], refuseRest: nil))
    #expect(again == [.launched([], consumer.ticket)], "the offer is gone")
    #expect(consumer.stage.effects.warnings == [])
  }

  @Test func aRescindedOfferIsNotSeenAnyMore() {
    var consumer = Consumer()
    consumer.stage.event(.offers([offer(1), offer(2)]))
    consumer.stage.event(.rescind(offerID(1)))
    #expect(consumer.next() == .offers([offer(2)]))
    consumer.stage.event(.rescind(offerID(2)))
    #expect(consumer.next() == .rescinded(offerID(2)), "it has reached the consumer")
    #expect(consumer.takeCalls() == [])
  }

  @Test func whenTheBufferIsFullOffersAreDeclinedAndUpdatesComeAgain() {
    var consumer = Consumer(capacity: 2)
    consumer.stage.event(.offers([offer(1), offer(2), offer(3)]))
    #expect(consumer.takeCalls() == [.decline(offerIDs: [offerID(3)], filters: Filters(refuseSeconds: 5))])
    let update = status("t1", .running, uuid: 1)
    consumer.stage.event(.update(update))
    #expect(consumer.takeCalls() == [])
    #expect(consumer.next() == .offers([offer(1), offer(2)]))
    consumer.stage.event(.update(update))  // the agent sends it again
    #expect(self.update(consumer.next()) == update)
    #expect(
      consumer.takeCalls() == [
        .decline(offerIDs: [offerID(1), offerID(2)], filters: Filters(refuseSeconds: 5))
      ])
    consumer.ask()
    #expect(consumer.takeCalls() == [acknowledgement("t1", 1)])
  }

  @Test func anEventThatDidNotReachTheConsumerIsDeliveredAgain() {
    var consumer = Consumer()
    consumer.stage.event(.update(status("t1", .running, uuid: 1)))
    consumer.ask()
    consumer.stage.effects.reports = []  // cancelled meanwhile
    #expect(update(consumer.next()) == status("t1", .running, uuid: 1))
    #expect(consumer.takeCalls() == [])
    // Offers that are gone by then are not.
    consumer.stage.event(.offers([offer(1), offer(2)]))
    consumer.ask()
    consumer.stage.effects.reports = []
    consumer.stage.event(.rescind(offerID(1)))
    #expect(consumer.next() == .offers([offer(2)]))
    _ = consumer.next()
    consumer.stage.event(.offers([offer(3)]))
    consumer.ask()
    consumer.stage.effects.reports = []
    consumer.stage.give(.closed(consumer.stage.session, reason: "reset"))
    #expect(consumer.next() == .disconnected(reason: "reset"))
  }

  @Test func aConsumerThatStoppedWaitingIsNotServed() {
    var consumer = Consumer()
    consumer.ask()
    consumer.stage.command(.withdraw(consumer.ticket))
    consumer.stage.event(.update(status("t1", .running, uuid: 1)))
    #expect(consumer.stage.effects.reports == [])
    #expect(update(consumer.next())?.taskID == "t1")
  }

  @Test func aSecondConsumerTakesOver() {
    var consumer = Consumer()
    consumer.ask()
    consumer.ask()
    #expect(consumer.stage.effects.reports == [.event(nil, consumer.ticket - 1)])
  }

  @Test func aCallReturnsWithTheMastersAnswer() {
    var consumer = Consumer()
    let call = SchedulerCall.Kind.request([])
    #expect(consumer.perform(.other(call)) == [])
    let first = consumer.ticket
    consumer.perform(.other(call))
    consumer.perform(.other(call))
    let requests = consumer.stage.effects.sent.compactMap {
      if case .schedulerCall(_, let request) = $0.message { request } else { nil }
    }
    consumer.stage.give(.received(consumer.stage.session, .none, .accepted(request: requests[1])))
    #expect(consumer.stage.effects.reports == [.done(first + 1)])
    let error = CallError(.badRequest, "no")
    consumer.stage.give(.received(consumer.stage.session, .none, .failed(error, request: requests[0])))
    #expect(consumer.stage.effects.reports.last == .failed(error, first))
    consumer.stage.effects.reports = []
    consumer.stage.give(.closed(consumer.stage.session, reason: "reset"))
    guard case .failed(let lost, first + 2)? = consumer.stage.effects.reports.first else {
      return #expect(Bool(false), "the third call still waits")
    }
    #expect(lost.code == .unavailable)
    guard case .failed(let absent, _)? = consumer.perform(.other(call)).first else {
      return #expect(Bool(false), "a call without a connection waits")
    }
    #expect(absent.code == .unavailable)
  }
}
