// What a driver and its scheduler make of resources that are demanded all at once.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@Suite struct GangDemandTests {
  private let demand = GangDemand("d", [.init("cpus:4", count: 2)])

  @Test func aDemandIsACallWhoseOutcomeTheSchedulerHears() {
    let demand = demand
    var stage = stage { input, cluster in
      if case .command = input { cluster.demand(demand) }
    }
    stage.command("go")
    #expect(stage.effects.takeCalls() == [.demand(demand)])
    stage.give(.received(stage.session, .none, .failed(CallError(.conflict, "no"), request: 2)))
    #expect(stage.driver.scheduler.heard.last == .rejected(CallError(.conflict, "no"), request: 2))
  }

  @Test func itsOffersAreAcceptedOneAgentAtATimeAndTheRestIsDeclined() throws {
    var stage = stage { input, cluster in
      guard case .demandMet(_, let offers) = input else { return }
      for offer in offers.prefix(2) {
        var use = cluster.accept(offer)
        use.run(shell: "true", resources: "cpus:4")
      }
    }
    let offers = [offer(1, agent: "a1"), offer(2, agent: "a2"), offer(3, agent: "a3")]
    stage.event(.demandMet("d", offers))
    let calls = stage.effects.takeCalls()
    #expect(calls.count == 3)
    #expect(calls.flatMap(\.launched).map(\.agentID) == ["a1", "a2"])
    #expect(calls.contains(.decline(offerIDs: [offerID(3)], filters: .init(refuseSeconds: 5))))
  }

  @Test func aDemandIsTakenBackAndItsFailureIsHeard() {
    var stage = stage { input, cluster in
      if case .command = input { cluster.withdraw("d") }
    }
    stage.command("stop")
    #expect(stage.effects.takeCalls() == [.withdraw("d")])
    let failure = DemandFailure("d", .expired, "there was no room", placed: 1, agents: 1, wanted: 2)
    stage.event(.demandFailed(failure))
    #expect(stage.driver.scheduler.heard.last == .demandFailed(failure))
  }

  @Test func withoutASubscriptionADemandIsDroppedWithAWarning() {
    let demand = demand
    var stage = Stage(
      Puppet(play: { input, cluster in
        if case .command = input { cluster.demand(demand) }
      }))
    stage.command("go")
    #expect(stage.effects.warnings == ["DEMAND is dropped: there is no subscription"])
  }

  // MARK: The buffer of the async face

  @Test func aSetIsNeverCutForWantOfRoom() {
    var buffer = EventBuffer(capacity: 1)
    let met = EventBuffer.Event.demandMet("d", [offer(1), offer(2)])
    #expect(buffer.push(.offers([offer(9)])) == .stored)
    #expect(buffer.push(met) == .stored)
    #expect(buffer.count == 3)
    _ = buffer.pop()
    #expect(buffer.pop() == met)
    #expect(buffer.isEmpty && buffer.count == 0)
  }

  @Test func offersOfASetThatAreRescindedAreTakenOutOfIt() {
    var buffer = EventBuffer(capacity: 9)
    _ = buffer.push(.demandMet("d", [offer(1), offer(2)]))
    _ = buffer.push(.rescinded(offerID(1)))
    #expect(buffer.count == 1)
    _ = buffer.push(.demandMet("e", [offer(3)]))
    _ = buffer.push(.rescinded(offerID(3)))
    #expect(buffer.pop() == .demandMet("d", [offer(2)]))
    #expect(buffer.isEmpty)
    _ = buffer.push(.demandMet("f", [offer(4)]))
    _ = buffer.push(.disconnected(reason: "reset"))
    #expect(buffer.pop() == .disconnected(reason: "reset"))
  }
}
