import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaAllocator

/// Guarantees and limits of roles.
@Suite struct QuotaTests {
  var allocator = Allocator(seed: 1)

  private func amounts(_ text: String) -> [ResourceQuantity] {
    bag(text).map { ResourceQuantity($0.name, $0.value.quantity) }
  }

  private mutating func setQuota(_ role: String, guarantee: String = "", limit: String = "") {
    allocator.setQuota(role, Quota(guarantees: amounts(guarantee), limits: amounts(limit)))
  }

  // MARK: Limits

  @Test mutating func anOfferIsCutToTheExactQuantityThatTheLimitLeaves() {
    setQuota("eng", limit: "cpus:2.5;mem:300")
    _ = allocator.addAgent(total: bag("cpus:4;mem:1000;ports:[1-9]"))
    _ = allocator.addFramework(roles: ["eng"])
    #expect(allocator.run().map(\.resources) == [bag("cpus:2.5;mem:300;ports:[1-9]")])
    #expect(allocator.quotaConsumed("eng") == amounts("cpus:2.5;mem:300"))
  }

  @Test mutating func whatALimitLeavesGoesToTheOthers() {
    setQuota("eng", limit: "cpus:1;mem:100")
    _ = allocator.addAgent(total: bag("cpus:4;mem:1000"))
    let eng = allocator.addFramework(roles: ["eng"])
    let web = allocator.addFramework(roles: ["web"])
    allocator.setWeight("eng", 5)
    let offers = allocator.run()
    #expect(offers.map(\.framework) == [eng, web])
    #expect(offers.map(\.resources) == [bag("cpus:1;mem:100"), bag("cpus:3;mem:900")])
  }

  @Test mutating func aLimitIsNeverCutIntoLessThanTheFrameworkHasUseFor() {
    setQuota("eng", limit: "cpus:1;mem:100")
    _ = allocator.addAgent(total: bag("cpus:4;mem:1000"))
    let minimum = OfferFilter(role: "eng", minimalQuantities: [amounts("cpus:2;mem:50")])
    let eng = allocator.addFramework(roles: ["eng"], offerFilters: [minimum])
    #expect(allocator.run().isEmpty)
    #expect(allocator.explain(eng, now: .zero).map(\.reason) == [.quotaLimit(role: "eng")])
    setQuota("eng", limit: "cpus:2;mem:100")
    #expect(allocator.run().map(\.resources) == [bag("cpus:2;mem:100")])
  }

  @Test mutating func nothingIsNoOfferAlsoForWhoTakesWhateverThereIs() {
    let nothing = ["cpus", "mem"].map { ResourceQuantity($0, .zero) }
    allocator.setQuota("eng", Quota(limits: nothing))
    _ = allocator.addAgent(total: bag("cpus:4;mem:1000"))
    let eng = allocator.addFramework(
      roles: ["eng"], offerFilters: [OfferFilter(role: "eng", minimalQuantities: [])])
    #expect(allocator.run().isEmpty)
    #expect(allocator.explain(eng, now: .zero).map(\.reason) == [.quotaLimit(role: "eng")])
  }

  @Test mutating func theLimitOfARoleHoldsOverAllBelowIt() {
    setQuota("eng", limit: "cpus:3;mem:300")
    setQuota("eng/build", limit: "cpus:2;mem:300")
    _ = allocator.addAgent(total: bag("cpus:8;mem:8000"))
    let build = allocator.addFramework(roles: ["eng/build"])
    let test = allocator.addFramework(roles: ["eng/test"])
    let offers = allocator.run()
    #expect(allocator.quotaConsumed("eng") == amounts("cpus:3;mem:300"))
    #expect(Set(offers.map(\.framework)).isSubset(of: [build, test]))
    #expect(allocator.explain(test, now: .zero).allSatisfy { $0.reason != .available })
  }

  @Test mutating func reservationsCountAgainstTheLimitAlsoWhileNobodyUsesThem() {
    setQuota("eng", limit: "cpus:3;mem:300")
    let reserved = allocator.addAgent(total: bag("cpus(eng/build):2;mem(eng/build):200"))
    _ = allocator.addAgent(total: bag("cpus:8;mem:8000"))
    let eng = allocator.addFramework(roles: ["eng"])
    #expect(allocator.run().map(\.resources) == [bag("cpus:1;mem:100")])
    #expect(allocator.quotaConsumed("eng") == amounts("cpus:3;mem:300"))
    let reason = allocator.explain(eng, now: .zero).first { $0.agent == reserved }?.reason
    #expect(reason == .reserved(role: "eng/build"))
  }

  @Test mutating func whatIsReservedForARoleIsOfferedToItAlsoWhenItsLimitIsUsedUp() {
    setQuota("eng", limit: "cpus:1;mem:50")
    _ = allocator.addAgent(total: bag("cpus(eng):1;mem(eng):50;cpus:4;mem:400"))
    let eng = allocator.addFramework(roles: ["eng"])
    let web = allocator.addFramework(roles: ["web"])
    let offers = allocator.run()
    #expect(offers.map(\.framework) == [web, eng])
    #expect(offers.map(\.resources) == [bag("cpus:4;mem:400"), bag("cpus(eng):1;mem(eng):50")])
  }

  @Test mutating func whenSomethingComesBackARoleAtItsLimitMayTakeItsFillElsewhere() throws {
    setQuota("eng", limit: "cpus:1;mem:100")
    _ = allocator.addAgent(total: bag("cpus:1;mem:100"))
    _ = allocator.addAgent(total: bag("cpus:1;mem:100"))
    let eng = allocator.addFramework(roles: ["eng"])
    let offer = try #require(allocator.run().first)
    #expect(allocator.run().isEmpty)
    let other = allocator.explain(eng, now: .zero).first { $0.agent != offer.agent }
    #expect(other?.reason == .quotaLimit(role: "eng"))
    allocator.decline(offer, refuse: .seconds(60))
    #expect(allocator.run().map(\.agent) == [other?.agent])
  }

  @Test mutating func aRoleAtItsLimitIsFoundTheOtherPlaceTimeAndAgain() throws {
    setQuota("eng", limit: "cpus:1;mem:100")
    let agents = (0..<2).map { _ in allocator.addAgent(total: bag("cpus:1;mem:100")) }
    _ = allocator.addFramework(roles: ["eng"])
    for minute in 0..<3 {
      let now = at(60 * minute)
      var found: [AgentSlot] = []
      for _ in agents {
        let offer = try #require(allocator.run(at: now).first)
        found.append(offer.agent)
        allocator.decline(offer, refuse: .seconds(1), now: now)
      }
      #expect(Set(found) == Set(agents))
    }
  }

  @Test mutating func aRoleThatIsAloneIsServedAgainWhenItsLimitGrows() {
    _ = allocator.addAgent(total: bag("cpus:4;mem:300"))
    _ = allocator.addFramework(roles: ["eng/build"])
    #expect(allocator.run().count == 1)
    setQuota("eng/build", limit: "cpus:2;mem:200")
    let agent = allocator.addAgent(total: bag("cpus:4;mem:400"))
    #expect(allocator.run().isEmpty)
    setQuota("eng/build", limit: "cpus:8;mem:800")
    #expect(allocator.run().map(\.agent) == [agent])
  }

  @Test mutating func revocableResourcesDoNotCountAgainstALimit() {
    setQuota("eng", limit: "cpus:1;mem:100")
    _ = allocator.addAgent(total: bag("cpus:1;mem:100"))
    _ = allocator.addAgent(total: bag("cpus{REV}:4;mem{REV}:400"))
    _ = allocator.addFramework(roles: ["eng"], capabilities: [.revocableResources])
    #expect(allocator.run().count == 2)
    #expect(allocator.quotaConsumed("eng") == amounts("cpus:1;mem:100"))
  }

  // MARK: Guarantees

  @Test mutating func soMuchStaysFreeAsIsMissingToTheGuarantees() {
    setQuota("eng", guarantee: "cpus:3;mem:300")
    _ = allocator.addAgent(total: bag("cpus:4;mem:1000"))
    let web = allocator.addFramework(roles: ["web"])
    #expect(allocator.run().map(\.resources) == [bag("cpus:1;mem:700")])
    #expect(allocator.run().isEmpty)
    _ = web
    let eng = allocator.addFramework(roles: ["eng"])
    let offers = allocator.run()
    #expect(offers.map(\.framework) == [eng])
    #expect(offers.map(\.resources) == [bag("cpus:3;mem:300")])
  }

  @Test mutating func aRoleWhoseGuaranteeIsNotMetIsServedFirst() {
    _ = allocator.addAgent(total: bag("cpus:2;mem:200"))
    _ = allocator.addFramework(roles: ["web"])
    let eng = allocator.addFramework(roles: ["eng"])
    allocator.setWeight("web", 100)
    setQuota("eng", guarantee: "cpus:1;mem:100")
    let offers = allocator.run()
    #expect(offers.map(\.framework) == [eng])
    #expect(offers.map(\.resources) == [bag("cpus:2;mem:200")], "it may have more than its guarantee")
  }

  @Test mutating func aGuaranteeOfAParentIsForAllBelowIt() {
    setQuota("eng", guarantee: "cpus:4;mem:400")
    _ = allocator.addAgent(total: bag("cpus:4;mem:400"))
    _ = allocator.addFramework(roles: ["web"])
    let build = allocator.addFramework(roles: ["eng/build"])
    #expect(allocator.run().map(\.framework) == [build])
  }

  @Test mutating func whatIsKeptForARoleIsNotForTheOthersBelowItsParent() {
    setQuota("eng", guarantee: "cpus:4;mem:400")
    setQuota("eng/build", guarantee: "cpus:3;mem:300")
    _ = allocator.addAgent(total: bag("cpus:4;mem:400"))
    let test = allocator.addFramework(roles: ["eng/test"])
    let offers = allocator.run()
    #expect(offers.map(\.framework) == [test])
    #expect(offers.map(\.resources) == [bag("cpus:1;mem:100")])
  }

  @Test mutating func reservationsOfTheRoleMeetItsGuarantee() {
    setQuota("eng", guarantee: "cpus:2;mem:200")
    _ = allocator.addAgent(total: bag("cpus(eng):2;mem(eng):200"))
    _ = allocator.addAgent(total: bag("cpus:4;mem:400"))
    let web = allocator.addFramework(roles: ["web"])
    #expect(allocator.run().map(\.resources) == [bag("cpus:4;mem:400")])
    _ = web
  }

  @Test mutating func anAgentThatIsAwayKeepsNothingFreeForGuarantees() {
    setQuota("eng", guarantee: "cpus:2;mem:200")
    let away = allocator.addAgent(total: bag("cpus:2;mem:200"))
    _ = allocator.addAgent(total: bag("cpus:2;mem:200"))
    allocator.setActive(away, false)
    let web = allocator.addFramework(roles: ["web"])
    #expect(allocator.run().isEmpty)
    let reasons = allocator.explain(web, now: .zero).map(\.reason)
    #expect(reasons == [.agentInactive, .quotaHeadroom])
    allocator.setActive(away, true)
    #expect(allocator.run().map(\.resources) == [bag("cpus:2;mem:200")])
  }

  @Test mutating func anAgentThatIsBackAndDeclinedIsKeptInPlaceOfAnother() throws {
    let away = allocator.addAgent(total: bag("cpus:2;mem:200"))
    let other = allocator.addAgent(total: bag("cpus:2;mem:200"))
    _ = allocator.addFramework(roles: ["web"])
    for offer in allocator.run() {
      allocator.decline(offer, refuse: offer.agent == away ? .seconds(1000) : nil)
    }
    allocator.setActive(away, false)
    setQuota("eng", guarantee: "cpus:2;mem:200")
    #expect(allocator.run().isEmpty)
    allocator.setActive(away, true)
    #expect(allocator.run().map(\.agent) == [other])
  }

  @Test mutating func aQuotaThatIsTakenAwayFreesWhatItKept() {
    setQuota("eng", guarantee: "cpus:2;mem:200")
    _ = allocator.addAgent(total: bag("cpus:2;mem:200"))
    _ = allocator.addFramework(roles: ["web"])
    #expect(allocator.run().isEmpty)
    setQuota("eng")
    #expect(allocator.quota("eng") == nil)
    #expect(allocator.run().map(\.resources) == [bag("cpus:2;mem:200")])
    #expect(allocator.roleNames == ["web"])
  }

  @Test mutating func fragmentsThatComeBackTogetherAreOfferedAsOne() {
    setQuota("eng", limit: "cpus:1;mem:100")
    _ = allocator.addAgent(total: bag("cpus:4;mem:400"))
    let eng = allocator.addFramework(roles: ["eng"])
    let web = allocator.addFramework(roles: ["web"])
    allocator.setWeight("eng", 9)
    let offers = allocator.run()
    #expect(offers.map(\.framework) == [eng, web])
    for offer in offers { allocator.decline(offer) }
    allocator.suppress(eng)
    #expect(allocator.run().map(\.resources) == [bag("cpus:4;mem:400")])
  }
}
