import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaAllocator

/// Demands: sets of resources that are offered at once or not at all.
@Suite struct DemandTests {
  var allocator = Allocator(seed: 1)
  var agents: [AgentSlot] = []

  private mutating func addAgents(_ count: Int, _ text: String = "cpus:4;mem:1000") {
    for _ in 0..<count { agents.append(allocator.addAgent(total: bag(text))) }
  }

  private mutating func framework(_ role: String = "gang") -> FrameworkSlot {
    allocator.addFramework(roles: [role], suppressed: [role])
  }

  @discardableResult
  private mutating func demand(
    _ framework: FrameworkSlot, _ count: Int, _ need: String, role: String = "gang",
    spread: GangDemand.Spread? = nil, until: Int = 60
  ) -> DemandSlot? {
    let demand = GangDemand("d", role: role, [.init(bag(need), count: count)], spread: spread)
    return allocator.addDemand(framework, demand, deadline: at(until))
  }

  /// Lets a framework of another role use up all that is free.
  private mutating func occupy() -> [Allocation] {
    let other = allocator.addFramework(roles: ["other"])
    let offers = allocator.run()
    for offer in offers { allocator.accept(offer, offer.resources) }
    allocator.suppress(other)
    return offers.sorted { $0.agent < $1.agent }
  }

  private mutating func end(_ task: Allocation, _ part: String? = nil) {
    allocator.recoverUsed(task.agent, task.framework, task.role, part.map(bag) ?? task.resources)
  }

  // MARK: Meeting

  @Test mutating func aDemandThatFitsIsMetAtOnceWithOneOfferAnAgent() {
    addAgents(3)
    let gang = framework()
    let slot = demand(gang, 5, "cpus:2;mem:100")
    let offers = allocator.run()
    #expect(offers.map(\.agent) == agents)
    #expect(offers.map(\.resources) == ["cpus:4;mem:200", "cpus:4;mem:200", "cpus:2;mem:100"].map(bag))
    #expect(offers.allSatisfy { $0.demand == slot && $0.framework == gang })
    #expect(allocator.outstandingOffers(gang) == 3)
    #expect(allocator.nextWake == .never)
    #expect(allocator.takeFailedDemands().isEmpty)
  }

  @Test mutating func whatADemandLeavesIsOfferedToTheOthers() {
    addAgents(1)
    let web = allocator.addFramework(roles: ["web"])
    let gang = framework()
    demand(gang, 1, "cpus:3")
    let offers = allocator.run()
    #expect(offers.map(\.framework) == [gang, web])
    #expect(offers.map(\.resources) == [bag("cpus:3"), bag("cpus:1;mem:1000")])
  }

  @Test mutating func aDemandWaitsForTasksToEndAndThenGetsAllOfItTogether() {
    addAgents(3)
    let tasks = occupy()
    let web = allocator.addFramework(roles: ["web"])
    let slot = demand(framework(), 3, "cpus:4;mem:500")
    #expect(allocator.run().isEmpty)
    end(tasks[0])
    #expect(allocator.run().map(\.framework) == [web])  // what the demand has no use for
    #expect(allocator.pending(tasks[0].agent) == bag("cpus:4;mem:500"))
    end(tasks[1])
    #expect(allocator.run(at: at(1)).map(\.resources) == [bag("mem:500")])
    end(tasks[2])
    let offers = allocator.run(at: at(2))
    let met = offers.filter { $0.demand == slot }
    #expect(met.map(\.resources) == Array(repeating: bag("cpus:4;mem:500"), count: 3))
    #expect(agents.allSatisfy { allocator.pending($0).isEmpty })
  }

  @Test mutating func partsOfABundleAreSetAsideUntilTheRestBecomesFree() {
    addAgents(2)
    let tasks = occupy()
    _ = allocator.addFramework(roles: ["web"])
    let slot = demand(framework(), 1, "cpus:4;mem:900")
    _ = allocator.run()
    end(tasks[1], "cpus:1;mem:200")
    #expect(allocator.run().isEmpty)
    #expect(allocator.pending(agents[1]) == bag("cpus:1;mem:200"))
    end(tasks[1], "cpus:2;mem:200")
    #expect(allocator.run().isEmpty)
    end(tasks[1], "cpus:1;mem:600")
    let offers = allocator.run()
    #expect(offers.map(\.demand) == [slot, nil])
    #expect(offers.map(\.resources) == [bag("cpus:4;mem:900"), bag("mem:100")])
  }

  @Test mutating func aPartOfABundleIsFreeAgainWhenTheWholeFindsAnotherPlace() {
    addAgents(3)
    let tasks = occupy()
    let web = allocator.addFramework(roles: ["web"])
    demand(framework(), 2, "cpus:4;mem:900")
    _ = allocator.run()
    end(tasks[0], "cpus:3;mem:800")
    end(tasks[1], "cpus:2;mem:800")
    end(tasks[2], "cpus:1;mem:100")
    let offers = allocator.run()
    #expect(offers.map(\.agent) == [agents[2]])  // it has two parts already
    end(tasks[0], "cpus:1;mem:200")
    _ = allocator.run()
    #expect(allocator.pending(agents[0]) == bag("cpus:4;mem:900"))
    #expect(allocator.pending(agents[1]) == bag("cpus:2;mem:800"))
    allocator.decline(offers[0])
    end(tasks[2], "cpus:3;mem:900")
    let met = allocator.run()
    #expect(met.filter { $0.demand != nil }.map(\.agent) == [agents[0], agents[2]])
    #expect(allocator.run().map(\.framework).allSatisfy { $0 == web })
    #expect(allocator.unallocated(agents[1]).isEmpty && allocator.pending(agents[1]).isEmpty)
  }

  @Test mutating func theLargestBundlesAreGivenAPlaceFirst() {
    addAgents(2)
    let bundles = [GangDemand.Bundle(bag("cpus:1"), count: 4), .init(bag("cpus:3"))]
    let demand = GangDemand("d", role: "gang", bundles)
    let gang = framework()
    _ = allocator.addDemand(gang, demand, deadline: at(60))
    #expect(allocator.run().map(\.resources) == [bag("cpus:4"), bag("cpus:3")])
  }

  @Test mutating func rangesAreFoundByValue() {
    addAgents(2, "cpus:4;ports:[80-90]")
    demand(framework(), 2, "cpus:1;ports:[80-80]")
    #expect(allocator.run().map(\.resources) == [bag("cpus:1;ports:[80-80]"), bag("cpus:1;ports:[80-80]")])
  }

  @Test mutating func whatIsReservedForTheRoleIsUsedBeforeTheRest() {
    addAgents(1, "cpus:4;cpus(gang):2")
    demand(framework(), 1, "cpus:3")
    #expect(allocator.run().map(\.resources) == [bag("cpus(gang):2;cpus:1")])
  }

  @Test mutating func capabilitiesCountAndDeclineFiltersDoNot() {
    addAgents(1, "cpus:4;mem:1000")
    agents.append(allocator.addAgent(total: bag("cpus:4;mem:1000;gpus:1")))
    let gang = allocator.addFramework(roles: ["gang"])
    for offer in allocator.run() { allocator.decline(offer, refuse: .seconds(100)) }
    demand(gang, 1, "cpus:4")
    #expect(allocator.run(at: at(1)).map(\.agent) == [agents[0]])
    demand(gang, 1, "cpus:1")
    #expect(allocator.run(at: at(1)).isEmpty)
  }

  // MARK: Spread

  @Test mutating func bundlesAreSpreadOverAgentsZonesRegionsAndAttributes() {
    for (zone, rack) in [("a", "1"), ("a", "2"), ("b", "1"), ("b", "1")] {
      agents.append(
        allocator.addAgent(
          total: bag("cpus:4"), domain: FaultDomain(region: "r", zone: zone),
          attributes: [Attribute("rack", .text(rack))]))
    }
    let gang = framework()
    let spreads: [(GangDemand.Spread.Domain, [Int])] = [
      (.agent, [0, 1]), (.zone, [0, 2]), (.attribute("rack"), [0, 1]),
    ]
    for (domain, expected) in spreads {
      demand(gang, 2, "cpus:1", spread: GangDemand.Spread(domain))
      let offers = allocator.run()
      #expect(offers.map(\.agent) == expected.map { agents[$0] }, "spread over \(domain)")
      for offer in offers { allocator.decline(offer) }
    }
    demand(gang, 2, "cpus:1", spread: GangDemand.Spread(.region, limit: 2))
    #expect(allocator.run().map(\.resources) == [bag("cpus:2")])
    demand(gang, 2, "cpus:1", spread: GangDemand.Spread(.region))
    #expect(allocator.run().isEmpty)
    #expect(allocator.takeFailedDemands().map(\.reason) == [.impossible])
  }

  @Test mutating func agentsWithoutWhatABundleIsSpreadOverAreNotUsed() {
    addAgents(3)
    demand(framework(), 1, "cpus:1", spread: GangDemand.Spread(.attribute("rack")))
    #expect(allocator.run().isEmpty)
    #expect(allocator.takeFailedDemands().map(\.reason) == [.impossible])
  }

  // MARK: No deadlock

  @Test mutating func twoDemandsThatEachNeedMostOfTheClusterAreMetOneAfterTheOther() {
    addAgents(4)
    let tasks = occupy()
    let gangs = [framework("a"), framework("b")]
    let demands = [demand(gangs[0], 3, "cpus:4", role: "a"), demand(gangs[1], 3, "cpus:4", role: "b")]
    var met: [DemandSlot?] = []
    var held: [Allocation] = []
    #expect(allocator.run().isEmpty)
    for second in 0..<4 {
      end(tasks[second])
      held += allocator.run(at: at(second))
    }
    met.append(held.first?.demand)
    #expect(held.count == 3)
    for offer in held { allocator.accept(offer, offer.resources) }
    #expect(allocator.run(at: at(5)).isEmpty)
    for offer in held { end(offer) }
    let next = allocator.run(at: at(6))
    #expect(next.count == 3)
    met.append(next.first?.demand)
    #expect(met == demands)
  }

  @Test mutating func onlyOneDemandHoldsAnythingAndWhoHasHadTheirTurnComesBehind() {
    addAgents(2)
    let tasks = occupy()
    let first = demand(framework("a"), 2, "cpus:4", role: "a", until: 1000)
    let second = demand(framework("b"), 2, "cpus:4", role: "b", until: 1000)
    end(tasks[0])
    _ = allocator.run()
    #expect(allocator.holdingDemand == first)
    #expect(allocator.pending(tasks[0].agent) == bag("cpus:4"))
    #expect(allocator.nextWake == at(30))
    _ = allocator.run(at: at(30))
    #expect(allocator.holdingDemand == nil)
    #expect(allocator.nextWake == at(60))
    let third = demand(framework("c"), 2, "cpus:4", role: "c", until: 1000)
    for turn in [second, first, third, second] {
      let now = allocator.nextWake
      _ = allocator.run(at: now)
      if allocator.holdingDemand == nil { _ = allocator.run(at: allocator.nextWake) }
      #expect(allocator.holdingDemand == turn)
      _ = allocator.run(at: allocator.nextWake)
    }
  }

  // MARK: The others

  @Test mutating func whatADemandHoldsIsFreeForTheOthersAfterTheMaximumAndForAsLongAgain() {
    addAgents(2)
    let tasks = occupy()
    let web = allocator.addFramework(roles: ["web"])
    demand(framework(), 2, "cpus:4;mem:1000", until: 1000)
    _ = allocator.run(at: at(0))
    end(tasks[0])
    #expect(allocator.run(at: at(10)).isEmpty)
    #expect(allocator.explain(web, now: at(10)).map(\.reason) == [.setAside, .allocatedElsewhere])
    #expect(allocator.run(at: at(29)).isEmpty)
    let offers = allocator.run(at: at(30))
    #expect(offers.map(\.framework) == [web])
    for second in 31..<60 {
      #expect(allocator.run(at: at(second)).isEmpty && allocator.holdingDemand == nil)
    }
    _ = allocator.run(at: at(60))
    #expect(allocator.holdingDemand != nil)
  }

  @Test mutating func whatADemandHoldsIsLookedAtAgainOnlyWhereSomethingChanges() {
    addAgents(2)
    let tasks = occupy()
    demand(framework(), 2, "cpus:4;mem:1000", until: 1000)
    end(tasks[0])
    _ = allocator.run()
    #expect(allocator.holdingDemand != nil)
    // A look at all agents takes the whole of so small a slice: the run would never come to its end.
    let slices = (1...10).first { _ in allocator.allocate(now: .zero, limit: 1) { _ in } }
    #expect(slices != nil)
  }

  @Test mutating func aDemandThatIsWithdrawnAgainAndAgainHoldsNoMoreThanHalfOfTheTime() throws {
    addAgents(2)
    let tasks = occupy()
    end(tasks[0])
    let gang = framework()
    var heldSeconds = 0
    for second in 0..<100 {
      let slot = try #require(demand(gang, 2, "cpus:4", until: 1000))
      _ = allocator.run(at: at(second))
      if allocator.holdingDemand != nil { heldSeconds += 1 }
      _ = allocator.run(at: at(second) + .milliseconds(999))
      allocator.withdrawDemand(slot)
      #expect(allocator.pending(tasks[0].agent).isEmpty)
    }
    #expect(heldSeconds <= 50)
  }

  @Test mutating func aDeadlineReleasesEverythingAndSaysWhatWasMissing() throws {
    addAgents(3)
    let tasks = occupy()
    let web = allocator.addFramework(roles: ["web"])
    let slot = demand(framework(), 3, "cpus:4;mem:1000", until: 20)
    end(tasks[0])
    end(tasks[1])
    #expect(allocator.run(at: at(1)).isEmpty)
    #expect(allocator.nextWake == at(20))
    #expect(allocator.run(at: at(20)).map(\.framework) == [web, web])
    let failure = try #require(allocator.takeFailedDemands().first)
    #expect(failure.demand == slot)
    #expect(failure.reason == .expired)
    #expect([failure.placed, failure.agents, failure.wanted] == [2, 2, 3])
    #expect(failure.message == "there was no room for 1 x (cpus:4; mem:1000)")
  }

  @Test mutating func aSmallDemandIsMetWhileALargeOneHolds() {
    addAgents(3)
    let tasks = occupy()
    let large = demand(framework("a"), 3, "cpus:4", role: "a")
    end(tasks[0])
    _ = allocator.run()
    let small = demand(framework("b"), 1, "mem:500", role: "b")
    #expect(allocator.run().map(\.demand) == [small])
    #expect(allocator.holdingDemand == large)
  }

  @Test mutating func oneThatWaitsIsTriedAgainWhenThingsBecomeFree() {
    addAgents(3)
    let tasks = occupy()
    let large = demand(framework("a"), 3, "cpus:4", role: "a")
    let small = demand(framework("b"), 1, "mem:500", role: "b")
    #expect(allocator.run().isEmpty)
    end(tasks[1])
    #expect(allocator.run().map(\.demand) == [small])
    #expect(allocator.holdingDemand == large)
  }

  // MARK: Quotas

  @Test mutating func aDemandStaysWithinTheLimitOfItsRole() {
    allocator.setQuota("gang", Quota(limits: [ResourceQuantity("cpus", Scalar(6))]))
    addAgents(2)
    let gang = framework()
    demand(gang, 2, "cpus:4")
    #expect(allocator.run().isEmpty)
    let problem = "it is more than the quota of role 'gang' allows"
    #expect(allocator.takeFailedDemands().map(\.message) == [problem])
    demand(gang, 2, "cpus:3")
    #expect(allocator.run().count == 2)
    demand(gang, 1, "cpus:1")
    #expect(allocator.run().isEmpty)
    #expect(allocator.quotaConsumed("gang") == [ResourceQuantity("cpus", Scalar(6))])
  }

  @Test mutating func aDemandLeavesWhatIsKeptForTheGuaranteesOfOthersAndUsesWhatIsKeptForItsOwn() {
    allocator.setQuota("web", Quota(guarantees: [ResourceQuantity("cpus", Scalar(4))]))
    addAgents(2)
    let gang = framework()
    demand(gang, 2, "cpus:3")
    #expect(allocator.run().isEmpty)
    #expect(allocator.pending(agents[0]) == bag("cpus:3"))
    allocator.setQuota("web", Quota())
    #expect(allocator.run().count == 2)
    allocator.setQuota("own", Quota(guarantees: [ResourceQuantity("cpus", Scalar(2))]))
    demand(framework("own"), 2, "cpus:1", role: "own")
    #expect(allocator.run().count == 2)
  }

  @Test mutating func whatIsSetAsideIsChosenAnewWhenItIsMoreThanTheLimitAllowsByNow() {
    addAgents(1)
    let tasks = occupy()
    let bundles: [GangDemand.Bundle] = [.init(bag("cpus:2"), count: 1), .init(bag("mem:600"), count: 1)]
    let wanted = GangDemand("d", role: "gang", bundles)
    _ = allocator.addDemand(framework(), wanted, deadline: at(60))
    end(tasks[0], "cpus:2")
    _ = allocator.run()
    #expect(allocator.pending(agents[0]) == bag("cpus:2"))
    allocator.setQuota("gang", Quota(limits: [ResourceQuantity("cpus", Scalar(1))]))
    end(tasks[0], "mem:600")
    #expect(allocator.run().isEmpty)
    #expect(allocator.pending(agents[0]) == bag("cpus:1;mem:600"), "and a part of the other bundle")
    allocator.setQuota("gang", Quota())
    #expect(allocator.run().map(\.resources) == [bag("cpus:2;mem:600")])
  }

  // MARK: What comes and goes

  @Test mutating func bundlesOfAnAgentThatGoesAreGivenAPlaceElsewhere() {
    addAgents(3)
    let tasks = occupy()
    let slot = demand(framework(), 3, "cpus:2")
    for task in tasks[0...1] { end(task, "cpus:2") }
    _ = allocator.run()
    #expect(agents.map { allocator.pending($0).isEmpty } == [false, false, true])
    end(tasks[1], "cpus:1")
    _ = allocator.run()
    allocator.setActive(agents[0], false)
    allocator.checkConservation()
    #expect(allocator.pending(agents[0]).isEmpty)
    #expect(allocator.nextWake == .zero)
    _ = allocator.run()
    end(tasks[1], "cpus:1")
    end(tasks[2], "cpus:2")
    let offers = allocator.run()
    #expect(offers.allSatisfy { $0.demand == slot })
    #expect(offers.map(\.agent) == [agents[1], agents[2]])
    #expect(offers.map(\.resources) == [bag("cpus:4"), bag("cpus:2")])
  }

  @Test(arguments: 0..<4)
  mutating func whateverHappensToAnAgentNothingStaysSetAsideThere(event: Int) {
    addAgents(2)
    let tasks = occupy()
    demand(framework(), 2, "cpus:4")
    end(tasks[0])
    _ = allocator.run()
    switch event {
    case 0: allocator.removeAgent(agents[0])
    case 1: allocator.updateAgent(agents[0], total: bag("cpus:1"))
    case 2: allocator.setActive(agents[0], false)
    default: _ = allocator.addUsed(agents[0], tasks[0].framework, role: "other", bag("cpus:4;mem:10"))
    }
    allocator.checkConservation()
    #expect(allocator.pending(agents[0]).isEmpty)
    _ = allocator.run()
    #expect(allocator.pending(agents[0]).isEmpty)
    #expect(allocator.holdingDemand != nil)
  }

  @Test(arguments: 0..<3)
  mutating func aFrameworkThatGoesOrLeavesTheRoleHoldsNothing(event: Int) {
    addAgents(2)
    let tasks = occupy()
    let gang = framework()
    let slot = demand(gang, 2, "cpus:4")
    end(tasks[0])
    _ = allocator.run()
    switch event {
    case 0: allocator.setActive(gang, false)
    case 1: allocator.updateFramework(gang, roles: [], suppressed: [], capabilities: [], offerFilters: [])
    default: allocator.removeFramework(gang)
    }
    allocator.checkConservation()
    #expect(allocator.pending(agents[0]).isEmpty)
    #expect(allocator.takeFailedDemands().map(\.demand) == [slot])
    #expect(demand(gang, 2, "cpus:4") == nil)
  }

  // MARK: Never

  @Test(arguments: [
    ("cpus:3", 5, "it is more than all agents have"),
    ("cpus:5", 1, "were all agents free, there would be room for 0 of 1 x (cpus:5)"),
    ("cpus:2.5", 3, "were all agents free, there would be room for 2 of 3 x (cpus:2.5)"),
    ("tapes:1", 1, "were all agents free, there would be room for 0 of 1 x (tapes:1)"),
  ])
  mutating func whatCanNeverBeMetFailsAtOnce(need: String, count: Int, message: String) {
    addAgents(2)
    allocator.setActive(agents[0], false)  // it may come back
    demand(framework(), count, need)
    #expect(allocator.run().isEmpty)
    #expect(allocator.takeFailedDemands().map(\.message) == [message])
    #expect(allocator.holdingDemand == nil)
  }

  @Test mutating func aDemandIsServedInSlices() {
    addAgents(40)
    let tasks = occupy()
    let slot = demand(framework(), 40, "cpus:4")
    for task in tasks { end(task) }
    var offers: [Allocation] = []
    var calls = 0
    while !allocator.allocate(now: .zero, limit: 1, { offers.append($0) }) { calls += 1 }
    #expect(offers.count == 40 && offers.allSatisfy { $0.demand == slot })
    #expect(calls < 60)
  }
}
