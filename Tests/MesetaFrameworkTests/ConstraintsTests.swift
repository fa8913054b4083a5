// Which offer constraints a driver tells the master.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@Suite struct ConstraintsTests {
  private let rack1: OfferConstraints = ["*": [[.where(.attribute("rack"), .equals("1"))]]]
  private let rack2: OfferConstraints = ["*": [[.where(.attribute("rack"), .equals("2"))]]]

  private func stage(_ options: SchedulerOptions = SchedulerOptions()) -> Stage<Puppet> {
    let (rack1, rack2) = (rack1, rack2)
    return Stage(
      Puppet { input, cluster in
        if case .command("none wanted") = input { cluster.want("cpus:1", count: 0) }
        if case .command("rack 1") = input { cluster.constrain(rack1) }
        if case .command("rack 2") = input { cluster.constrain(rack2) }
      }, options: options)
  }

  private func constraints(_ calls: [SchedulerCall.Kind]) -> [OfferConstraints] {
    calls.compactMap {
      switch $0 {
      case .subscribe(let call), .updateFramework(let call): call.offerConstraints
      default: nil
      }
    }
  }

  private func number(_ stage: Stage<Puppet>) throws -> UInt64 {
    guard case .schedulerCall(_, let request) = try #require(stage.effects.sent.last).message else {
      throw NoCall()
    }
    return request
  }
  private struct NoCall: Error {}

  @Test func theOptionsAreSubscribedWith() {
    var options = SchedulerOptions()
    options.offerConstraints = rack1
    var stage = stage(options)
    stage.give(.wake)
    stage.open()
    #expect(constraints(stage.effects.takeCalls()) == [rack1])
  }

  @Test func changedConstraintsAreToldAtOnceAndAtEverySubscription() {
    var stage = stage()
    stage.subscribe()
    stage.command("rack 1")
    let calls = stage.effects.takeCalls()
    #expect(calls.map(\.name) == ["UPDATE_FRAMEWORK"])
    #expect(constraints(calls) == [rack1])
    #expect(constraints(stage.reconnect()) == [rack1])
  }

  @Test func whatIsSuppressedStaysSuppressed() throws {
    var stage = stage()
    stage.subscribe()
    stage.command("none wanted")
    _ = stage.effects.takeCalls()
    stage.command("rack 1")
    guard case .updateFramework(let update) = try #require(stage.effects.takeCalls().first) else {
      throw NoCall()
    }
    #expect(update.suppressedRoles == ["*"])
    #expect(update.framework.id == "f1")
  }

  @Test func withoutASubscriptionTheNextOneTells() {
    var stage = stage()
    stage.give(.wake)
    stage.command("rack 2")
    stage.open()
    #expect(constraints(stage.effects.takeCalls()) == [rack2])
  }

  @Test func rejectedConstraintsAreForgotten() throws {
    var stage = stage()
    stage.subscribe()
    stage.command("rack 1")
    stage.give(.received(stage.session, .none, .accepted(request: try number(stage))))
    stage.command("rack 2")
    let error = CallError(.badRequest, "no")
    stage.give(.received(stage.session, .none, .failed(error, request: try number(stage))))
    #expect(
      stage.driver.scheduler.heard.contains { if case .rejected(error, _) = $0 { true } else { false } })
    stage.effects.sent = []
    #expect(constraints(stage.reconnect()) == [rack1])
  }

  @Test func constraintsThatTheMasterDoesNotAnswerForAreToldAgain() throws {
    var stage = stage()
    stage.subscribe()
    stage.command("rack 1")
    let request = try number(stage)
    _ = stage.effects.takeCalls()
    stage.advanceInTouch(.minutes(15))
    #expect(try number(stage) == request)
    #expect(constraints(stage.effects.takeCalls()) == [rack1])
    stage.give(.received(stage.session, .none, .accepted(request: request)))
    stage.advanceInTouch(.minutes(15))
    #expect(constraints(stage.effects.takeCalls()) == [])
  }

  @Test func constraintsThatASubscriptionIsRefusedForAreForgotten() throws {
    var stage = stage()
    stage.subscribe()
    stage.command("rack 1")
    let request = try number(stage)
    // The answer is lost with the connection.
    stage.give(.closed(stage.session, reason: "reset"))
    stage.advance(.seconds(16))
    stage.open()
    stage.event(.error("no such constraint"))
    #expect(
      stage.driver.scheduler.heard.last
        == .rejected(CallError(.badRequest, "no such constraint"), request: request))
    stage.effects.sent = []
    #expect(constraints(stage.reconnect()) == [[:]])
    // Without new ones, it is for good.
    stage.give(.closed(stage.session, reason: "reset"))
    stage.advance(.seconds(16))
    stage.open()
    stage.event(.error("Framework has been removed"))
    #expect(stage.driver.scheduler.heard.last == .failed("Framework has been removed"))
  }

  @Test func constraintsThatChangeWhileItSubscribesAreToldAfterwards() throws {
    var stage = stage()
    stage.give(.wake)
    stage.command("rack 1")
    stage.open()
    stage.command("rack 2")
    #expect(constraints(stage.effects.takeCalls()) == [rack1])
    stage.event(.subscribed("f1", heartbeatInterval: 15, master: nil))
    #expect(constraints(stage.effects.takeCalls()) == [rack2])
  }
}
