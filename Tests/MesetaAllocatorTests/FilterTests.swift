import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaAllocator

@Suite struct FilterTests {
  var allocator = Allocator(seed: 1)
  let agent: AgentSlot
  let framework: FrameworkSlot

  init() {
    agent = allocator.addAgent(total: bag("cpus:4;mem:1000;ports:[1-10]"))
    framework = allocator.addFramework(roles: ["r"])
  }

  @Test mutating func whatIsDeclinedComesBackWhenTheTimeIsOver() throws {
    let offer = try #require(allocator.run().first)
    allocator.decline(offer, refuse: .seconds(5))
    #expect(allocator.run(at: at(4)).isEmpty)
    #expect(allocator.nextWake == at(5))
    #expect(allocator.run(at: at(5)).map(\.resources) == [offer.resources])
    #expect(allocator.nextWake == .never)
  }

  @Test mutating func aRefusalOfZeroSecondsEndsWithTheRun() throws {
    for _ in 0..<20 { _ = allocator.addAgent(total: bag("cpus:4;mem:1000")) }
    var made = 0
    var isFinished = false
    while !isFinished {  // every offer is declined while the run goes on
      var offers: [Allocation] = []
      isFinished = allocator.allocate(now: .zero, limit: 1) { offers.append($0) }
      made += offers.count
      for offer in offers { allocator.decline(offer, refuse: .zero) }
    }
    #expect(made == 21)
    #expect(allocator.needsRun)
    #expect(allocator.run().count == 21)
  }

  @Test mutating func anAgentThatNothingHappensToIsNotLookedAtAgain() throws {
    allocator.decline(try #require(allocator.run().first), refuse: .seconds(5))
    #expect(allocator.run().isEmpty)
    #expect(!allocator.needsRun)
  }

  @Test mutating func anotherFrameworkGetsWhatIsDeclined() throws {
    allocator.decline(try #require(allocator.run().first), refuse: .seconds(5))
    let other = allocator.addFramework(roles: ["r"])
    #expect(allocator.run().map(\.framework) == [other])
  }

  @Test mutating func aFilterHoldsForOneRoleOnly() throws {
    allocator.decline(try #require(allocator.run().first), refuse: .seconds(5))
    allocator.updateFramework(
      framework, roles: ["r", "s"], suppressed: [], capabilities: [], offerFilters: [])
    #expect(allocator.run().map { allocator.roleName($0.role) } == ["s"])
  }

  @Test mutating func moreThanWhatWasDeclinedIsOffered() throws {
    let offer = try #require(allocator.run().first)
    allocator.accept(offer, bag("cpus:1"), refuse: .seconds(5))
    #expect(allocator.run().isEmpty)
    allocator.recoverUsed(agent, framework, offer.role, bag("cpus:1"))
    #expect(allocator.run().map(\.resources) == [bag("cpus:4;mem:1000;ports:[1-10]")])
  }

  @Test mutating func anAgentThatGrewIsOfferedAgain() throws {
    allocator.decline(try #require(allocator.run().first), refuse: .seconds(5))
    allocator.updateAgent(agent, total: bag("cpus:4;mem:1001;ports:[1-10]"))
    #expect(allocator.run().count == 1)
  }

  @Test mutating func lessThanWhatWasDeclinedIsFiltered() throws {
    allocator.decline(try #require(allocator.run().first), refuse: .seconds(5))
    allocator.updateAgent(agent, total: bag("cpus:4;mem:999;ports:[1-10]"))
    #expect(allocator.run().isEmpty)
  }

  @Test mutating func anAgentThatComesBackWithOtherAttributesIsOfferedAgain() throws {
    allocator.decline(try #require(allocator.run().first), refuse: .seconds(5))
    allocator.setTraits(agent, AgentTraits())
    #expect(allocator.run().isEmpty)
    allocator.setTraits(agent, AgentTraits(attributes: [Attribute("rack", .text("b"))]))
    #expect(allocator.run().map(\.framework) == [framework])
    #expect(allocator.agents[agent]?.filters.isEmpty == true)
  }

  @Test mutating func theLongerFilterHolds() throws {
    let offer = try #require(allocator.run().first)
    allocator.decline(offer, refuse: .seconds(50))
    allocator.updateAgent(agent, total: bag("cpus:5;mem:1000;ports:[1-10]"))
    allocator.decline(try #require(allocator.run().first), refuse: .seconds(5))
    #expect(allocator.run(at: at(5)).count == 1)  // 5 cpus are not contained in the first filter's 4
    allocator.decline(
      Allocation(
        agent: agent, framework: framework, role: offer.role, resources: bag("cpus:5;mem:1000;ports:[1-10]")))
    allocator.updateAgent(agent, total: bag("cpus:4;mem:1000;ports:[1-10]"))
    #expect(allocator.run(at: at(6)).isEmpty)
    #expect(allocator.run(at: at(50)).count == 1)
  }

  @Test mutating func aLongRefusalOfLittleOutlastsAShortOneOfMuch() throws {
    let most = bag("cpus:3;mem:1000;ports:[1-10]")
    let other = allocator.addFramework(roles: ["other"])
    allocator.suppress(other)
    let added = allocator.addUsed(agent, other, role: "other", bag("cpus:1"))
    let role = try #require(added)
    let much = try #require(allocator.run().first)
    allocator.recoverUsed(agent, other, role, bag("cpus:1"))
    let little = try #require(allocator.run().first)
    #expect([much.resources, little.resources] == [most, bag("cpus:1")])
    allocator.decline(much, refuse: .seconds(5))
    allocator.decline(little, refuse: .seconds(50))
    allocator.addUsed(agent, other, role: "other", most)
    #expect(allocator.run(at: at(6)).isEmpty)
    #expect(allocator.run(at: at(50)).map(\.resources) == [bag("cpus:1")])
  }

  @Test mutating func reviveClearsFilters() throws {
    allocator.decline(try #require(allocator.run().first), refuse: .seconds(500))
    allocator.revive(framework, roles: ["other"])
    #expect(allocator.run().isEmpty)
    allocator.revive(framework)
    #expect(allocator.run().count == 1)
  }

  @Test mutating func suppressEndsOffersUntilRevive() throws {
    allocator.decline(try #require(allocator.run().first))
    allocator.suppress(framework, roles: ["r"])
    #expect(allocator.run().isEmpty)
    allocator.revive(framework, roles: ["r"])
    #expect(allocator.run().count == 1)
  }

  @Test mutating func aDeactivatedFrameworkGetsNothingAndLosesItsFilters() throws {
    allocator.decline(try #require(allocator.run().first), refuse: .seconds(500))
    allocator.setActive(framework, false)
    #expect(allocator.run().isEmpty)
    allocator.setActive(framework, true)
    #expect(allocator.run().count == 1)
  }

  @Test mutating func manyReviversAreServedLikeOne() throws {
    var frameworks = [framework]
    for _ in 0..<40 { frameworks.append(allocator.addFramework(roles: ["r"])) }
    for _ in frameworks {
      for offer in allocator.run() { allocator.decline(offer, refuse: .seconds(500)) }
    }
    #expect(allocator.run().isEmpty)
    for framework in frameworks.reversed() { allocator.revive(framework) }
    #expect(allocator.run().map(\.framework) == [framework])
  }

  @Test mutating func anAgentKeepsFewFiltersPerFramework() throws {
    for cpus in 1...30 {
      allocator.updateAgent(agent, total: bag("cpus:\(cpus);mem:\(1000 - cpus)"))
      let offer = try #require(allocator.run().first)
      allocator.decline(offer, refuse: .seconds(1000 - cpus))
    }
    #expect(allocator.agents[agent]?.filters.filters.count == FilterTable.limitPerKey)
    #expect(allocator.run().isEmpty)
  }

  @Test mutating func whatWasDeclinedIsForgottenWithTheLastFilterForIt() throws {
    allocator.decline(try #require(allocator.run().first), refuse: .seconds(100_000))
    for second in 1...30 {
      let now = at(second)
      allocator.updateAgent(agent, total: bag("cpus:\(4 + second);mem:1000;ports:[1-10]"))
      let offer = try #require(allocator.run(at: now).first)
      allocator.decline(offer, refuse: .milliseconds(500), now: now)
    }
    let filters = try #require(allocator.agents[agent]?.filters)
    #expect(filters.filters.count <= 2)
    #expect(filters.bags.count <= 2)
  }

  @Test mutating func filtersThatEndTogetherAreDroppedInSlices() throws {
    for _ in 1..<50 { _ = allocator.addAgent(total: bag("cpus:4;mem:1000")) }
    for offer in allocator.run() { allocator.decline(offer, refuse: .seconds(5)) }
    // Each takes a look at its agent and at the filter itself: a slice of that size is for one.
    var slices = 1
    while !allocator.allocate(now: at(5), limit: 2, { _ in }) { slices += 1 }
    #expect(slices >= 50 + 50)
  }

  @Test mutating func filterDeadlinesDoNotPileUp() throws {
    for second in 1...300 {
      allocator.decline(try #require(allocator.run().first), refuse: .seconds(100_000 - second))
      allocator.revive(framework)
    }
    #expect(allocator.filterDeadlines.count < 100)
    #expect(allocator.agents[agent]?.filters.filters.count == 1)
  }
}
