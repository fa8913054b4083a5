// The laws of offers notice what breaks them, and nothing else.

import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaSimulation

@Suite struct OfferLawTests {
  private var watch = Watch()

  @Test mutating func whatIsRescindedDeclinedOrAcceptedMayBeOfferedAgain() {
    watch.offers(watch.offer(1, "cpus:4;mem:4096"))
    watch.say(.schedulerEvent(.rescind(OfferID(prefix: "M", number: 1))), watch.master, watch.framework)
    watch.offers(watch.offer(2, "cpus:4;mem:4096"))
    watch.call(.decline(offerIDs: [OfferID(prefix: "M", number: 2)], filters: Filters(refuseSeconds: 0)))
    watch.offers(watch.offer(3, "cpus:4;mem:4096"))
    watch.call(.accept(.init([OfferID(prefix: "M", number: 3)], [Operation(.launch([watch.task("t")]))])))
    watch.launch(watch.task("t"))
    watch.offers(watch.offer(4, "cpus:3;mem:3968"))
    watch.settle()
    #expect(watch.problem == nil)
  }

  @Test mutating func nothingIsInTwoOffers() {
    watch.offers(watch.offer(1, "cpus:3;mem:128"))
    watch.offers(watch.offer(2, "cpus:2;mem:128"))
    #expect(watch.checks.masters.hasSuspicions)
    watch.settle()
    #expect(watch.problem?.contains("offer M-O2") == true)
  }

  @Test mutating func nothingIsInAnOfferAndATask() {
    watch.launch(watch.task("t", "cpus:3;mem:128"))
    watch.offers(watch.offer(1, "cpus:2;mem:128"))
    watch.settle()
    #expect(watch.problem?.contains("offer M-O1") == true)
  }

  @Test mutating func whatFrameworksHadThatAreGoneIsFree() {
    watch.launch(watch.task("t", "cpus:3;mem:128"))
    watch.offers(watch.offer(1, "cpus:2;mem:128"))
    watch.settle(isForgotten: true)
    #expect(watch.problem == nil)
  }

  @Test mutating func aTaskThatHasEndedHoldsNothing() {
    watch.launch(watch.task("t", "cpus:3;mem:128"))
    watch.report(watch.status("t", .finished, 1))
    watch.offers(watch.offer(1, "cpus:4;mem:128"))
    watch.settle()
    #expect(watch.problem == nil)
  }

  @Test mutating func whatEndsBehindAReturnInTheSameBatchHoldsNothing() {
    let task = watch.task("t", "cpus:3;mem:128")
    watch.launch(task)
    let record = TaskRecord(watch.frameworkID, task, state: .running)
    var registration = watch.registration
    registration.info.id = watch.agentID
    let returning = AgentReregistration(registration, tasks: [record], executors: [], frameworks: [])
    watch.say(.agentMessage(.reregister(returning)), watch.agent, watch.master)
    let status = watch.status("t", .finished, 1)
    watch.say(
      .agentMessage(.statusUpdate(StatusUpdate(watch.frameworkID, status, latestState: .finished))),
      watch.agent,
      watch.master)
    let back = Message.masterMessage(.reregistered(watch.agentID, pingTimeout: 1, reconcile: .init()))
    watch.say(back, watch.master, watch.agent)
    watch.offers(watch.offer(1, "cpus:4;mem:128"))
    watch.settle()
    #expect(watch.problem == nil)
  }

  @Test mutating func whatHasEndedByAReturnHoldsNothingAlsoIfTheAgentIsGoneAgain() {
    let task = watch.task("t", "cpus:3;mem:128")
    watch.launch(task)
    var registration = watch.registration
    registration.info.id = watch.agentID
    let record = TaskRecord(watch.frameworkID, task, state: .finished)
    let returning = AgentReregistration(registration, tasks: [record], executors: [], frameworks: [])
    watch.say(.agentMessage(.reregister(returning)), watch.agent, watch.master)
    watch.offers(watch.offer(1, "cpus:4;mem:128"))
    watch.settle()
    #expect(watch.problem == nil)
  }

  @Test mutating func whatIsBackAndGivenUpInTheSameBatchHoldsNothing() {
    let task = watch.task("t").with { $0.resources = Resources("cpus:2;mem:128").allocated(to: "eng") }
    var registration = watch.registration
    registration.info.id = watch.agentID
    let record = TaskRecord(watch.frameworkID, task, state: .running)
    let returning = AgentReregistration(registration, tasks: [record], executors: [], frameworks: [])
    watch.say(.agentMessage(.reregister(returning)), watch.agent, watch.master)
    // The master hears of both writes before it tells the agent what came of the first.
    watch.checks.stored(.registry(.updateAgent(registration.info)), by: watch.master)
    watch.checks.stored(.registry(.removeAgent(watch.agentID)), by: watch.master)
    let stored = [1, 2].map { NodeInput<Local>.local(.stored(StorageToken($0))) }
    watch.handle(stored, by: watch.master)
    let back = Message.masterMessage(.reregistered(watch.agentID, pingTimeout: 1, reconcile: .init()))
    watch.checks.sent(back, from: watch.master, to: watch.agent, on: watch.session, at: watch.time)
    #expect(watch.problem == nil)

    watch.store(.updateQuotas([RoleQuota("eng", Quota(limits: [ResourceQuantity("cpus", Scalar(2))]))]))
    watch.store(.admitAgent(registration.info))
    watch.say(.masterMessage(.registered(watch.agentID, pingTimeout: 1)), watch.master, watch.agent)
    watch.offers(watch.offer(1, "cpus:2;mem:128", role: "eng"))
    watch.settle()
    #expect(watch.problem == nil)
  }

  @Test mutating func theOffersOfASessionEndWithIt() {
    watch.offers(watch.offer(1, "cpus:4;mem:128"))
    watch.checks.closed(watch.session, at: watch.master)
    watch.offers(watch.offer(2, "cpus:4;mem:128"))
    watch.settle()
    #expect(watch.problem == nil)
  }

  @Test mutating func portsAreOfferedOnce() {
    var registration = watch.registration
    registration.info.resources = "cpus:4;mem:4096;ports:[31000-31009]"
    watch.checks.lostDisk(watch.agent)
    watch.say(.agentMessage(.register(registration)), watch.agent, watch.master)
    watch.store(.removeAgent(watch.agentID))
    registration.info.id = watch.agentID
    watch.store(.admitAgent(registration.info))
    watch.say(.masterMessage(.registered(watch.agentID, pingTimeout: 1)), watch.master, watch.agent)
    watch.offers(watch.offer(1, "ports:[31000-31004]"), watch.offer(2, "ports:[31005-31009]"))
    watch.settle()
    #expect(watch.problem == nil)
    watch.offers(watch.offer(3, "ports:[31004-31004]"))
    watch.settle()
    #expect(watch.problem?.contains("offer M-O3") == true)
  }

  @Test mutating func onlyAgentsThatAreRegisteredAreOffered() {
    let stranger = Offer(
      id: OfferID(prefix: "M", number: 1), frameworkID: watch.frameworkID, agentID: "M-S9", hostname: "b",
      resources: "cpus:1", attributes: [], executorIDs: [], allocationRole: "*")
    watch.offers(stranger)
    watch.settle()
    #expect(watch.problem?.contains("has not registered agent M-S9") == true)
  }

  @Test(arguments: [
    ("eng", true), ("eng/backend", true), ("ops", false), ("engineering", false), ("*", false),
  ])
  func whatIsReservedGoesToItsRole(role: String, isFine: Bool) {
    let reserved = Resource(
      "cpus", .scalar(Scalar(1)), traits: ResourceTraits(reservations: [Reservation(.fixed, role: "eng")]))
    #expect((ReservationLaw.problem(with: Resources([reserved]), in: role) == nil) == isFine)
    #expect(ReservationLaw.problem(with: "cpus:1;mem:1", in: role) == nil)
  }

  @Test mutating func aReservedResourceForAStrangerIsFound() {
    let reserved = Resource(
      "cpus", .scalar(Scalar(1)), traits: ResourceTraits(reservations: [Reservation(.fixed, role: "eng")]))
    watch.offers(watch.offer(1, Resources([reserved]), role: "ops"))
    #expect(watch.problem?.contains("which is reserved, goes to the role ops") == true)
  }

  @Test mutating func aLimitHoldsForARoleAndThoseBelow() {
    watch.store(.updateQuotas([RoleQuota("eng", Quota(limits: [ResourceQuantity("cpus", Scalar(2))]))]))
    watch.offers(
      watch.offer(1, "cpus:1;mem:2000", role: "eng/a"), watch.offer(2, "cpus:1;mem:1", role: "eng"))
    watch.settle()
    #expect(watch.problem == nil)
    watch.offers(watch.offer(3, "cpus:0.5;mem:1", role: "eng/b"))
    watch.settle()
    #expect(watch.problem?.contains("role eng has more than its quota allows") == true)
  }

  @Test mutating func aLimitOutlivesItsMaster() {
    watch.store(.updateQuotas([RoleQuota("eng", Quota(limits: [ResourceQuantity("cpus", Scalar(2))]))]))
    watch.checks.wentDown(watch.master)
    watch.checks.cameUp(watch.master)
    watch.checks.lostDisk(watch.agent)
    watch.register()
    watch.offers(watch.offer(1, "cpus:3;mem:1", role: "eng"))
    watch.settle()
    #expect(watch.problem?.contains("more than its quota allows") == true)
  }

  @Test mutating func aFilterKeepsWhatWasDeclined() {
    watch.offers(watch.offer(1, "cpus:2;mem:128"))
    watch.call(.decline(offerIDs: [OfferID(prefix: "M", number: 1)], filters: Filters(refuseSeconds: 5)))
    watch.offers(watch.offer(2, "cpus:3;mem:128"))
    #expect(watch.problem == nil, "it is more than was declined")
    watch.offers(watch.offer(3, "cpus:1;mem:128"))
    #expect(watch.problem?.contains("before its framework's filter ends") == true)
  }

  /// A framework accepts so many offers, declines one, and accepts another; then part of what it declined is offered.
  private mutating func decline(after acceptances: Int) {
    func id(_ number: Int) -> OfferID { OfferID(prefix: "M", number: UInt64(number)) }
    for number in Array(1...acceptances) + [100] {
      if number == 100 {
        watch.offers(watch.offer(99, "cpus:2;mem:128"))
        watch.call(.decline(offerIDs: [id(99)], filters: Filters(refuseSeconds: 5)))
      }
      watch.offers(watch.offer(UInt64(number), "cpus:3;mem:128"))
      watch.call(.accept(.init([id(number)], [], filters: Filters(refuseSeconds: 60))))
    }
    watch.offers(watch.offer(101, "cpus:1;mem:128"))
  }

  @Test mutating func oneOfManyFiltersMayGoForAnother() {
    decline(after: 8)
    #expect(watch.problem == nil)
  }

  @Test mutating func fewFiltersAreAllKept() {
    decline(after: 5)
    #expect(watch.problem?.contains("before its framework's filter ends") == true)
  }

  @Test mutating func aFilterEnds() {
    watch.offers(watch.offer(1, "cpus:2;mem:128"))
    watch.call(.decline(offerIDs: [OfferID(prefix: "M", number: 1)], filters: Filters(refuseSeconds: 5)))
    watch.time = watch.time + .seconds(5)
    watch.offers(watch.offer(2, "cpus:1;mem:128"))
    watch.call(.decline(offerIDs: [OfferID(prefix: "M", number: 2)], filters: Filters(refuseSeconds: 5)))
    watch.call(.revive(roles: []))
    watch.offers(watch.offer(3, "cpus:1;mem:128"))
    #expect(watch.problem == nil)
  }
}
