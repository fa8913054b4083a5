// Who a session is, and what it may say.

import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaMaster

@Suite struct SessionTests {
  @Test func aFrameworkDoesNotAskWhatOperatorsAsk() {
    var lone = LoneMaster()
    let session = lone.open(.framework)
    let id = lone.subscribe(FrameworkInfo(name: "f", failoverTimeout: 60), on: session)
    #expect(id != nil)
    let effects = lone.say(.operatorCall(.getTasks, request: 1), on: session)
    #expect(effects.contains(.close(session)))
    #expect(lone.master.describeFrameworks().map(\.isConnected) == [false])
  }

  @Test func nobodySubscribesAsSomebodyElse() {
    var lone = LoneMaster()
    let session = lone.open(.framework, principal: "ada")
    let effects = lone.call(
      .subscribe(.init(FrameworkInfo(name: "f", principal: "bob"))), of: nil, on: session)
    #expect(
      effects == [
        .respond(
          RequestID(1),
          .failed(
            CallError(
              .badRequest,
              "Failed to validate scheduler::Call: Authenticated principal 'ada' does not match principal 'bob' "
                + "set in `FrameworkInfo`")))
      ])
  }

  @Test func whoHasProvenWhoTheyAreNeedNotSaySo() throws {
    var lone = LoneMaster()
    let first = lone.open(.framework, principal: "ada")
    let id = try lone.subscribed(FrameworkInfo(name: "f"), on: first)
    #expect(lone.master.describeFrameworks().map(\.info.principal) == ["ada"])
    let second = lone.open(.framework, principal: "ada")
    #expect(lone.subscribe(FrameworkInfo(name: "f", id: id), on: second) == id)
    let third = lone.open(.framework, principal: "bob")
    #expect(lone.subscribe(FrameworkInfo(name: "f", id: id), on: third) == nil)
  }

  @Test func aCallOfAnUnknownTypeIsABadRequest() throws {
    var lone = LoneMaster()
    let session = lone.open(.framework)
    let id = try lone.subscribed(FrameworkInfo(name: "f"), on: session)
    let effects = lone.call(.unknown(type: 99), of: id, on: session)
    #expect(
      effects == [
        .respond(
          RequestID(1),
          .failed(
            CallError(.badRequest, "Failed to validate scheduler::Call: type 99 is not known to this version")
          ))
      ])
  }
}

@Suite struct SubscriptionRuleTests {
  /// Texts of recorded exchanges with a master of Apache Mesos, and of its source where none was recorded.
  @Test(arguments: [
    (
      FrameworkInfo(name: "f", role: "a", capabilities: [.multiRole]),
      "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable"
    ),
    (
      FrameworkInfo(name: "f", roles: ["a"]),
      "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable"
    ),
    (
      FrameworkInfo(name: "f", roles: ["a", "a"], capabilities: [.multiRole]),
      "'FrameworkInfo.roles' contains duplicate items: { a }"
    ),
    (
      FrameworkInfo(name: "f", roles: ["-x"], capabilities: [.multiRole]),
      "'FrameworkInfo.roles' contains invalid role: Role component '-x' is invalid because it starts with a dash"
    ),
    (
      FrameworkInfo(name: "f", role: "/a"),
      "'FrameworkInfo.role' is not a valid role: Role '/a' cannot start with a slash"
    ),
    (FrameworkInfo(name: "f", id: "a/b"), "'a/b' contains invalid characters"),
    (FrameworkInfo(name: "f", failoverTimeout: 1e30), "The framework failover_timeout (1e+30) is invalid"),
    (
      FrameworkInfo(name: "f", offerFilters: [OfferFilter(role: "*", minimalQuantities: [[]])]),
      "Resource quantities must contain at least one quantity"
    ),
    (
      FrameworkInfo(
        name: "f",
        offerFilters: [
          OfferFilter(role: "*", minimalQuantities: [[ResourceQuantity("cpus", Scalar(milli: -1))]])
        ]),
      "Invalid resource quantity for 'cpus': Negative values not supported"
    ),
  ])
  func whatIsWrongIsSaidInMesossWords(_ info: FrameworkInfo, _ problem: String) {
    #expect(SchedulerCall.Subscribe(info).problem == problem)
  }

  @Test func rolesThatAreNotTheFrameworksCannotBeSuppressed() {
    let call = SchedulerCall.Subscribe(FrameworkInfo(name: "f", role: "a"), suppressedRoles: ["a", "b"])
    #expect(call.problem == nil)
    #expect(call.problemWithRoles == "Suppressed roles { b } are not contained in the set of roles")
  }
}
