// What becomes of offers that a scheduler uses, declines, leaves or holds.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@Suite struct OfferTests {
  @Test func offersThatNobodyTouchesAreDeclinedInOneCall() {
    var stage = stage { _, _ in }
    stage.event(.offers([offer(1), offer(2), offer(3)]))
    #expect(
      stage.effects.takeCalls() == [
        .decline(
          offerIDs: [offerID(1), offerID(2), offerID(3)], filters: Filters(refuseSeconds: 5))
      ])
  }

  @Test func anOfferTooSmallForWhatIsWantedIsRefusedForLong() {
    var stage = stage { _, cluster in cluster.want("cpus:2;mem:64", count: 1) }
    stage.event(.offers([offer(1, "cpus:1;mem:64"), offer(2, "cpus:2;mem:64"), offer(3, "cpus:8")]))
    #expect(
      stage.effects.takeCalls() == [
        .decline(offerIDs: [offerID(1), offerID(3)], filters: Filters(refuseSeconds: 3600)),
        .decline(offerIDs: [offerID(2)], filters: Filters(refuseSeconds: 5)),
      ])
  }

  @Test func whatTheSchedulerDeclinesKeepsItsTime() {
    var stage = stage { input, cluster in
      guard case .offers(let offers) = input else { return }
      for offer in offers.reversed() {
        cluster.decline(offer, for: offer.id.number == 2 ? .seconds(9) : .zero)
      }
    }
    stage.event(.offers([offer(1), offer(2), offer(3)]))
    #expect(
      stage.effects.takeCalls() == [
        .decline(offerIDs: [offerID(3), offerID(1)], filters: Filters(refuseSeconds: 0)),
        .decline(offerIDs: [offerID(2)], filters: Filters(refuseSeconds: 9)),
      ])
  }

  @Test func anAcceptedOfferWithoutUseIsDeclined() {
    var stage = stage { input, cluster in
      guard case .offers(let offers) = input else { return }
      var use = cluster.accept(offers[0])
      use.refuseRest(for: .seconds(7))
    }
    stage.event(.offers([offer(1)]))
    #expect(
      stage.effects.takeCalls() == [
        .decline(offerIDs: [offerID(1)], filters: Filters(refuseSeconds: 7))
      ])
  }

  @Test func resourcesAreTakenAsTheyWereOffered() {
    var stage = stage { input, cluster in
      guard case .offers(let offers) = input else { return }
      var use = cluster.accept(offers[0])
      #expect(use.fits("cpus:3") && !use.fits("cpus:3.1"))
      use.run(shell: "true", resources: "cpus:2;ports:[5-6]", id: "t")
      #expect(use.remaining.scalar("cpus") == Scalar(1))
      #expect(use.run(shell: "true", resources: "cpus:2") == nil)
    }
    let mixed: Resources = "cpus(eng):1;cpus:2;ports:[1-6]"
    var offered = offer(1, mixed)
    offered.resources = mixed.allocated(to: "eng")
    offered.allocationRole = "eng"
    stage.event(.offers([offered]))
    let task = stage.effects.takeCalls()[0].launched[0]
    #expect(task.resources == ("cpus(eng):1;cpus:1;ports:[5-6]" as Resources).allocated(to: "eng"))
    #expect(stage.effects.warnings.count == 1)
  }

  @Test func offersOfOneAgentAreUsedTogether() {
    var stage = stage { input, cluster in
      guard case .offers(let offers) = input else { return }
      var use = cluster.accept(offers)
      use.run(shell: "true", resources: "cpus:6", id: "t")
    }
    stage.event(.offers([offer(1), offer(2), offer(3, agent: "a2")]))
    let calls = stage.effects.takeCalls()
    #expect(calls.map(\.name) == ["DECLINE", "ACCEPT"])
    guard case .accept(let accept) = calls[1] else { return }
    #expect(accept.offerIDs == [offerID(1), offerID(2)])
  }

  @Test func aCustomExecutorIsPaidForOnceAndNamedTheSame() {
    var stage = stage { input, cluster in
      guard case .offers(let offers) = input else { return }
      let executor = ExecutorInfo(id: "x", command: .shell("./x"), resources: "cpus:1")
      var use = cluster.accept(offers[0])
      while use.run(under: executor, resources: "cpus:1") != nil {}
    }
    stage.event(.offers([offer(1)]))
    let tasks = stage.effects.takeCalls()[0].launched
    #expect(tasks.count == 3)
    #expect(Set(tasks.map(\.executor)).count == 1)
    #expect(tasks[0].executor?.resources == ("cpus:1" as Resources).allocated(to: "*"))
  }

  @Test func aTaskOfAnExecutorThatRunsNamesWhatThatTookOfItsAgent() {
    var stage = stage { input, cluster in
      guard case .offers(let offers) = input else { return }
      let executor = ExecutorInfo(id: "x", command: .shell("./x"), resources: "cpus:1")
      var use = cluster.accept(offers[0])
      use.run(under: executor, resources: "cpus:1")
    }
    func told(_ number: UInt64, _ resources: Resources = "cpus:4", running: [ExecutorID] = []) -> Resources? {
      var offer = offer(number, resources)
      offer.executorIDs = running
      stage.event(.offers([offer]))
      return stage.effects.takeCalls()[0].launched[0].executor?.resources
    }
    let plain = ("cpus:1" as Resources).allocated(to: "*")
    // The task takes one, and leaves its executor half of what is reserved.
    let mixed = ("cpus(web):0.5;cpus:0.5" as Resources).allocated(to: "*")
    #expect(told(1, "cpus(web):1.5;cpus:2") == mixed)
    #expect(told(2, running: ["x"]) == mixed)
    #expect(told(3) == plain, "it has ended, and runs anew")
    #expect(told(4, running: ["x"]) == plain)
    #expect(told(5, "cpus(web):1.5;cpus:2") == mixed)
    stage.event(.failure(agentID: "a1", executorID: "x", status: 1))
    #expect(told(6, running: ["x"]) == plain, "one that is not this scheduler's is described as it says")
  }

  @Test func aHeldOfferIsKeptUntilItIsUsed() {
    var stage = stage { input, cluster in
      switch input {
      case .offers(let offers): cluster.hold(offers[0])
      case .command:
        var use = cluster.accept(offer(1))
        use.run(shell: "true", resources: "cpus:1", id: "t")
      default: break
      }
    }
    stage.event(.offers([offer(1), offer(2)]))
    #expect(stage.effects.takeCalls().map(\.name) == ["DECLINE"])
    stage.command("go")
    #expect(stage.effects.takeCalls().map(\.name) == ["ACCEPT"])
    stage.command("go")
    #expect(stage.effects.takeCalls().isEmpty, "an offer is used once")
  }

  @Test func onlyAHeldOfferIsToldToBeRescindedAndItIsNotUsedAfter() {
    var stage = stage { input, cluster in
      switch input {
      case .offers(let offers): cluster.hold(offers[0])
      case .command:
        var use = cluster.accept(offer(1))
        #expect(use.remaining.isEmpty && !use.fits(Resources()))
        use.run(shell: "true", resources: "cpus:1", id: "t")
      default: break
      }
    }
    stage.event(.offers([offer(1), offer(2)]))
    stage.event(.rescind(offerID(1)))
    stage.event(.rescind(offerID(2)))
    #expect(stage.driver.scheduler.heard.suffix(1) == [.rescinded(offerID(1))])
    _ = stage.effects.takeCalls()
    stage.command("go")
    #expect(stage.effects.takeCalls().isEmpty)
  }

  @Test func heldOffersAreGoneWithTheConnection() {
    var stage = stage { input, cluster in
      switch input {
      case .offers(let offers): cluster.hold(offers[0])
      case .command: cluster.decline(offerID(1), for: .zero)
      default: break
      }
    }
    stage.event(.offers([offer(1)]))
    _ = stage.reconnect()
    #expect(stage.driver.scheduler.heard.contains(.disconnected(reason: "reset")))
    stage.command("go")
    #expect(stage.effects.takeCalls().isEmpty)
  }

  @Test func withoutTheDefaultOffersAreHeld() {
    var options = SchedulerOptions()
    options.declinesUnused = false
    var stage = stage(options: options) { input, cluster in
      if case .command = input { cluster.decline(offerID(2), for: .seconds(1)) }
    }
    stage.event(.offers([offer(1), offer(2)]))
    #expect(stage.effects.takeCalls().isEmpty)
    stage.command("go")
    #expect(
      stage.effects.takeCalls() == [
        .decline(offerIDs: [offerID(2)], filters: Filters(refuseSeconds: 1))
      ])
  }

  @Test func aCallOfTheSchedulersOwnAnswersItsOffers() {
    var stage = stage { input, cluster in
      guard case .offers(let offers) = input else { return }
      cluster.call(.accept(.init([offers[0].id], [], filters: Filters(refuseSeconds: 1))))
    }
    stage.event(.offers([offer(1), offer(2)]))
    let calls = stage.effects.takeCalls()
    #expect(calls.map(\.name) == ["DECLINE", "ACCEPT"])
    guard case .decline(let ids, _) = calls[0] else { return }
    #expect(ids == [offerID(2)])
  }
}
