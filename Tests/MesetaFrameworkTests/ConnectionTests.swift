// How a scheduler driver finds, keeps and leaves its master.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@Suite struct ConnectionTests {
  @Test func aCopyOfADriverGoesItsOwnWay() {
    var stage = Stage(Puppet())
    stage.subscribe()
    var copy = stage
    stage.command("one")
    copy.command("two")
    #expect(stage.driver.scheduler.heard == [.subscribed("f1", .new), .command("one")])
    #expect(copy.driver.scheduler.heard == [.subscribed("f1", .new), .command("two")])
  }

  @Test func itConnectsAndSubscribesAndKeepsItsID() {
    var stage = Stage(Puppet())
    #expect(stage.driver.nextWake == .zero)
    stage.give(.wake)
    #expect(stage.effects.connects == 1)
    stage.open()
    #expect(stage.effects.takeCalls() == [.subscribe(.init(FrameworkInfo(name: "test")))])
    stage.event(.subscribed("f1", heartbeatInterval: 15, master: nil))
    #expect(stage.effects.records == [FrameworkRecord(frameworkID: "f1")])
    #expect(stage.driver.scheduler.heard == [.subscribed("f1", .new)])
    #expect(stage.effects.takeCalls().isEmpty)
  }

  @Test func failedAttemptsAreSpreadBelowADoublingBound() {
    var stage = Stage(Puppet())
    var waits: [Span] = []
    for _ in 0..<12 {
      stage.now = stage.driver.nextWake
      stage.give(.wake)
      stage.give(.connectFailed(reason: "refused"))
      waits.append(stage.driver.nextWake - stage.now)
    }
    #expect(stage.effects.connects == 12)
    for (attempt, wait) in waits.enumerated() {
      #expect(wait <= .seconds(min(15, 1 << attempt)) && wait >= .zero)
    }
    #expect(waits.contains { $0 > .seconds(5) })
    #expect(Set(waits).count == waits.count)
  }

  @Test func aFailoverSubscribesWithItsIDAndAsksForItsTasks() {
    var stage = Stage(Puppet(), record: FrameworkRecord(frameworkID: "f1", state: [7]))
    stage.give(.wake)
    stage.open()
    stage.event(.subscribed("f1", heartbeatInterval: 15, master: nil))
    #expect(
      stage.effects.takeCalls() == [
        .subscribe(.init(FrameworkInfo(name: "test", id: "f1"))), .reconcile([]), .reconcileOperations([]),
      ])
    #expect(stage.driver.scheduler.heard == [.restored([7]), .subscribed("f1", .failover)])
    #expect(stage.effects.records.isEmpty)
  }

  @Test func aSilentMasterIsLeft() {
    var stage = Stage(Puppet())
    stage.subscribe()
    stage.advanceInTouch(.seconds(100))
    #expect(stage.effects.closed.isEmpty)
    stage.advance(.seconds(74))
    #expect(stage.effects.closed.isEmpty)
    stage.advance(.seconds(1))
    #expect(stage.effects.closed.map(\.reason) == ["the master has been silent for 75s"])
    #expect(stage.driver.scheduler.heard.last == .disconnected(reason: "the master has been silent for 75s"))
    stage.advance(.seconds(1))
    #expect(stage.effects.connects == 2)
  }

  @Test func itSendsHeartbeatsWhenItHasNothingElseToSay() {
    var stage = Stage(
      Puppet { input, cluster in
        if case .command = input { cluster.call(.request([])) }
      })
    stage.subscribe()
    stage.advanceInTouch(.seconds(10))
    stage.command("speak")
    stage.effects.sent = []
    stage.advanceInTouch(.seconds(14))
    #expect(stage.effects.sent.isEmpty)
    stage.advanceInTouch(.seconds(31))
    #expect(stage.effects.sent.map(\.message) == [.heartbeat, .heartbeat, .heartbeat])
  }

  @Test func aMasterThatDoesNotAnswerSubscribeIsTriedAnew() {
    var stage = Stage(Puppet())
    stage.give(.wake)
    stage.open()
    stage.advance(.seconds(15))
    #expect(stage.effects.closed.count == 1)
    stage.advance(.seconds(1))
    #expect(stage.effects.connects == 2)
    #expect(stage.driver.scheduler.heard.isEmpty, "it was never subscribed")
  }

  @Test func anErrorEndsTheFramework() {
    var stage = Stage(Puppet())
    stage.subscribe()
    stage.event(.error("Framework has been removed"))
    #expect(stage.driver.scheduler.heard.last == .failed("Framework has been removed"))
    #expect(stage.effects.finishes == [.failed("Framework has been removed")])
    #expect(stage.effects.closed.map(\.session) == [stage.session])
    #expect(stage.driver.nextWake == .never)
    stage.advance(.minutes(10))
    #expect(stage.effects.connects == 1)
  }

  @Test(arguments: [
    (CallError.Code.unavailable, true), (.notFound, true), (.badRequest, false), (.unauthorized, false),
    (.forbidden, false),
  ])
  func aRefusedSubscriptionIsTriedAgainOnlyWhereThatMayHelp(code: CallError.Code, retries: Bool) {
    var stage = Stage(Puppet())
    stage.give(.wake)
    stage.open()
    guard case .schedulerCall(_, let request)? = stage.effects.sent.last?.message else {
      Issue.record("no SUBSCRIBE")
      return
    }
    stage.give(.received(stage.session, .none, .failed(CallError(code, "no"), request: request)))
    stage.advance(.seconds(20))
    #expect(stage.effects.connects == (retries ? 2 : 1))
    #expect(stage.effects.finishes.count == (retries ? 0 : 1))
  }

  @Test func messagesOfAnotherSessionAreIgnored() {
    var stage = Stage(Puppet())
    stage.subscribe()
    let stale = SessionID(99)
    stage.give(.received(stale, .none, .schedulerEvent(.error("old"))))
    stage.give(.closed(stale, reason: "old"))
    stage.give(.opened(stale, Peer(.master, address: "m")))
    #expect(stage.driver.isSubscribed)
    #expect(stage.effects.closed.map(\.session) == [stale])
  }

  @Test func unknownEventsAndEarlyOnesAreIgnored() {
    var stage = Stage(Puppet())
    stage.give(.wake)
    stage.open()
    stage.event(.offers([offer(1)]))
    stage.event(.subscribed("f1", heartbeatInterval: .nan, master: nil))
    stage.event(.unknown(type: 99))
    #expect(stage.driver.scheduler.heard == [.subscribed("f1", .new)])
  }

  @Test func theOutcomeOfACallIsToldByItsNumber() {
    var stage = Stage(
      Puppet { input, cluster in
        if case .command = input { _ = cluster.ask(.request([])) }
      })
    stage.subscribe()
    stage.command("ask")
    guard case .schedulerCall(_, let request)? = stage.effects.sent.last?.message else { return }
    #expect(request != 0)
    let error = CallError(.badRequest, "no")
    stage.give(.received(stage.session, .none, .failed(error, request: request)))
    stage.give(.received(stage.session, .none, .accepted(request: request)))
    #expect(
      stage.driver.scheduler.heard.suffix(2) == [
        .rejected(error, request: request), .accepted(request: request),
      ])
  }

  @Test func stoppingLeavesTheTasksAndTearingDownDoesNot() {
    var left = Stage(Puppet())
    left.subscribe()
    left.give(.local(.stop(teardown: false)))
    #expect(left.effects.takeCalls().isEmpty)
    #expect(left.effects.finishes == [.stopped])

    var torn = Stage(Puppet())
    torn.subscribe()
    torn.give(.local(.stop(teardown: true)))
    #expect(torn.effects.takeCalls() == [.teardown])
    #expect(torn.effects.finishes == [.tornDown])
    #expect(torn.effects.closed.count == 1)
  }

  @Test func aTeardownWithoutAMasterWaitsForOne() {
    var stage = Stage(Puppet())
    stage.subscribe()
    stage.give(.closed(stage.session, reason: "reset"))
    stage.give(.local(.stop(teardown: true)))
    #expect(stage.effects.finishes.isEmpty)
    stage.advance(.seconds(2))
    stage.open()
    stage.event(.subscribed("f1", heartbeatInterval: 15, master: nil))
    #expect(stage.effects.takeCalls().map(\.name) == ["SUBSCRIBE", "TEARDOWN"])
    #expect(stage.effects.finishes == [.tornDown])
  }

  @Test func aTeardownDoesNotWaitForEver() {
    var stage = Stage(Puppet())
    stage.subscribe()
    stage.give(.closed(stage.session, reason: "reset"))
    stage.give(.local(.stop(teardown: true)))
    stage.advance(.seconds(30))
    #expect(stage.effects.finishes == [.stopped])
    stage.open()
    #expect(stage.effects.closed.map(\.session) == [stage.session], "a connection that comes late is closed")
  }

  @Test func theSchedulerIsWokenOnceAtTheEarliestTime() {
    var stage = Stage(
      Puppet { input, cluster in
        guard case .command = input else { return }
        cluster.wake(after: .seconds(3))
        cluster.wake(after: .seconds(2))
        cluster.persist([1])
      })
    stage.subscribe()
    stage.command("go")
    #expect(stage.effects.records.last == FrameworkRecord(frameworkID: "f1", state: [1]))
    stage.advance(.seconds(1))
    #expect(stage.driver.scheduler.heard.last == .command("go"))
    stage.advance(.seconds(9))
    #expect(stage.driver.scheduler.heard.filter { $0 == .wake }.count == 1)
  }

  @Test func theSameInputsGiveTheSameEffects() {
    func run() -> [String] {
      var stage = Stage(
        Puppet { input, cluster in
          guard case .offers(let offers) = input else { return }
          for offer in offers {
            var use = cluster.accept(offer)
            use.run(shell: "true", resources: "cpus:1")
          }
        }, seed: 42)
      stage.subscribe()
      stage.event(.offers((1...20).map { offer($0) }))
      let again = stage.reconnect()
      stage.advance(.minutes(1))
      return again.map { "\($0)" } + stage.effects.sent.map { "\($0.message)" }
    }
    #expect(run() == run())
  }
}
