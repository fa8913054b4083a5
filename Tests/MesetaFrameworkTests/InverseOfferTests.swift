// What becomes of inverse offers: the driver tells the scheduler and says nothing itself.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@Suite struct InverseOfferTests {
  private func inverse(_ number: UInt64, agent: AgentID = "a1") -> InverseOffer {
    InverseOffer(
      id: offerID(number), frameworkID: "f1", agentID: agent, unavailability: Unavailability(start: 7))
  }

  @Test func aSchedulerHearsOfThemAndNothingIsAnsweredForIt() {
    var stage = stage()
    stage.event(.inverseOffers([inverse(1)]))
    stage.event(.rescindInverseOffer(offerID(1)))
    #expect(
      stage.driver.scheduler.heard.suffix(2) == [
        .inverseOffers([inverse(1)]), .inverseOfferRescinded(offerID(1)),
      ])
    #expect(stage.effects.takeCalls().isEmpty)
  }

  @Test func aSchedulerAnswers() {
    var stage = stage { input, cluster in
      guard case .inverseOffers(let offers) = input else { return }
      cluster.accept(offers[0], for: .seconds(60))
      cluster.decline(offers[1])
    }
    stage.event(.inverseOffers([inverse(1), inverse(2)]))
    #expect(
      stage.effects.takeCalls() == [
        .acceptInverseOffers(inverseOfferIDs: [offerID(1)], filters: Filters(refuseSeconds: 60)),
        .declineInverseOffers(inverseOfferIDs: [offerID(2)], filters: Filters(refuseSeconds: 5)),
      ])
  }

  // MARK: The async face

  @Test func aSlowConsumerHearsOnlyOfThoseThatStillStand() {
    var buffer = EventBuffer(capacity: 1)
    _ = buffer.push(.agentLost("a"))
    #expect(buffer.push(.inverseOffers([inverse(1), inverse(2)])) == .stored)
    #expect(buffer.push(.inverseOffers([inverse(3)])) == .stored)
    _ = buffer.push(.inverseOfferRescinded(offerID(1)))
    _ = buffer.push(.inverseOfferRescinded(offerID(3)))
    _ = buffer.pop()
    #expect(buffer.pop() == .inverseOffers([inverse(2)]))
    #expect(buffer.pop() == nil && buffer.count == 0)
    _ = buffer.push(.inverseOfferRescinded(offerID(2)))
    #expect(buffer.pop() == .inverseOfferRescinded(offerID(2)), "this one has reached the consumer")
  }

  @Test func theyAreTakenOutWithTheConnection() {
    var buffer = EventBuffer(capacity: 9)
    _ = buffer.push(.inverseOffers([inverse(1)]))
    _ = buffer.push(.disconnected(reason: "reset"))
    #expect(buffer.pop() == .disconnected(reason: "reset"))
    #expect(buffer.isEmpty)
  }

  // MARK: Batches

  private func batch(retries: Int) -> Stage<BatchScheduler> {
    var stage = Stage(
      BatchScheduler([BatchJob("a", .shell("run"), resources: "cpus:1", maxRetries: retries)]))
    stage.subscribe()
    stage.event(.offers([offer(1)]))
    _ = stage.effects.takeCalls()
    return stage
  }

  @Test(arguments: [(1, "ACCEPT_INVERSE_OFFERS"), (0, "DECLINE_INVERSE_OFFERS")])
  func aBatchLetsAnAgentGoIfWhatIsLostCanBeRunAgain(retries: Int, call: String) {
    var stage = batch(retries: retries)
    stage.event(.inverseOffers([inverse(2)]))
    #expect(stage.effects.takeCalls().map(\.name) == [call])
  }

  @Test func aBatchUsesAgentsThatLastFirst() {
    var stage = Stage(BatchScheduler([BatchJob("a", .shell("run"), resources: "cpus:1")]))
    stage.subscribe()
    var leaving = offer(1, agent: "leaving")
    leaving.unavailability = Unavailability(start: 7)
    stage.event(.offers([leaving, offer(2, agent: "lasting")]))
    #expect(stage.effects.takeCalls().flatMap(\.launched).map(\.agentID) == ["lasting"])
  }
}
