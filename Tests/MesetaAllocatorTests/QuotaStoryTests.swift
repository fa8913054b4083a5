import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaAllocator

/// Longer stories about quotas: what is given step by step while agents and frameworks come.
@Suite struct QuotaStoryTests {
  var allocator = Allocator(seed: 1)

  /// An agent comes; what is offered then.
  private mutating func offers(addingAgent total: Resources) -> [Resources] {
    _ = allocator.addAgent(total: total)
    return allocator.run().map(\.resources)
  }

  private mutating func setQuota(_ role: String, _ amounts: String) {
    allocator.setQuota(role, guarantee: amounts, limit: amounts)
  }

  // MARK: To the exact quantity

  @Test mutating func aRoleGetsItsQuotaOfAnAgentAndTheOthersTheRest() {
    let eng = allocator.addFramework(roles: ["eng"])
    setQuota("eng", "cpus:0.5;mem:200")
    #expect(offers(addingAgent: bag("cpus:1;mem:512")) == [bag("cpus:0.5;mem:200")])
    let web = allocator.addFramework(roles: ["web"])
    let offers = allocator.run()
    #expect(offers.map(\.framework) == [web])
    #expect(offers.map(\.resources) == [bag("cpus:0.5;mem:312")])
    #expect(allocator.offered(to: eng) == bag("cpus:0.5;mem:200"))
  }

  @Test mutating func aMountedDiskIsOfferedAsAWholeOrNotAtAll() {
    setQuota("eng", "cpus:2;mem:2048;disk:150")
    _ = allocator.addFramework(roles: ["eng"])
    let small = bag("cpus:0.5;mem:512")
    #expect(offers(addingAgent: small + mount(100)) == [small + mount(100)])
    #expect(offers(addingAgent: small + mount(100)) == [small])
    #expect(offers(addingAgent: bag("cpus:2;mem:2048;disk:150")) == [bag("cpus:1;mem:1024;disk:50")])
  }

  @Test mutating func disksOfSeveralKindsMeetOneQuota() {
    setQuota("eng", "cpus:1;mem:512;disk:100")
    _ = allocator.addFramework(roles: ["eng"])
    let total = bag("cpus:1;mem:512;disk:50") + mount(50)
    #expect(offers(addingAgent: total) == [total])
  }

  @Test mutating func whatAQuotaDoesNotNameIsGivenAsFarAsNoOtherRoleNeedsIt() {
    setQuota("eng", "cpus:2")
    _ = allocator.addFramework(roles: ["eng"])
    let total = bag("cpus:1;mem:1024;ports:[31000-32000]")
    #expect(offers(addingAgent: total) == [total])
    setQuota("web", "mem:1024")
    #expect(offers(addingAgent: total) == [bag("cpus:1;ports:[31000-32000]")])
    // The quota of cpus is used up: only what it does not name is given.
    #expect(offers(addingAgent: total) == [bag("mem:1024;ports:[31000-32000]")])
  }

  @Test mutating func ofAQuotaThatIsMetInPartTheRestIsGiven() {
    setQuota("eng", "cpus:4;mem:1024")
    _ = allocator.addFramework(roles: ["eng"])
    let total = bag("cpus:2;mem:1024")
    #expect(offers(addingAgent: total) == [total])
    #expect(offers(addingAgent: total) == [bag("cpus:2")])
  }

  // MARK: Kept free

  @Test mutating func anAgentIsKeptForARoleWithoutFrameworksAndTheNextIsGiven() {
    setQuota("eng", "cpus:2;mem:1024")
    _ = allocator.addFramework(roles: ["web"])
    let total = bag("cpus:2;mem:1024")
    #expect(offers(addingAgent: total).isEmpty)
    #expect(offers(addingAgent: total) == [total])
  }

  @Test mutating func aRoleWithoutFrameworksKeepsNothingFromAnotherOneWithAQuota() {
    _ = allocator.addAgent(total: bag("cpus:2;mem:2048"))
    setQuota("absent", "cpus:1;mem:1024")
    setQuota("eng", "cpus:2;mem:2048")
    _ = allocator.addFramework(roles: ["eng"])
    #expect(allocator.run().map(\.resources) == [bag("cpus:2;mem:2048")])
  }

  @Test mutating func aRoleBelowItsGuaranteeIsServedBeforeOneWithASmallerShare() {
    setQuota("small", "cpus:1;mem:200")
    setQuota("large", "cpus:2;mem:2000")
    let small = allocator.addFramework(roles: ["small"])
    let large = allocator.addFramework(roles: ["large"])
    let total = bag("cpus:1;mem:1024")
    allocator.addUsed(allocator.addAgent(total: total), small, role: "small", total)
    allocator.addUsed(allocator.addAgent(total: total), large, role: "large", total)
    _ = allocator.addAgent(total: bag("cpus:2;mem:2048"))
    let offers = allocator.run()
    #expect(offers.map(\.framework) == [large])
    #expect(offers.map(\.resources) == [bag("cpus:1;mem:976")])
  }

  @Test mutating func twoFrameworksOfARoleShareItsQuotaAndStopAtIt() throws {
    setQuota("eng", "cpus:4;mem:400")
    let first = allocator.addFramework(roles: ["eng"])
    let second = allocator.addFramework(roles: ["eng"])
    _ = allocator.addFramework(roles: ["web"])
    var counts: [FrameworkSlot: Int] = [:]
    for _ in 0..<6 { _ = allocator.addAgent(total: bag("cpus:1;mem:100")) }
    for offer in allocator.run() { counts[offer.framework, default: 0] += 1 }
    #expect(counts[first] == 2 && counts[second] == 2)
    #expect(allocator.quotaConsumed("eng") == quantities("cpus:4;mem:400"))
  }

  @Test mutating func whatIsGivenBackGoesToTheRoleBelowItsGuarantee() throws {
    let web = allocator.addFramework(roles: ["web"])
    let other = allocator.addFramework(roles: ["web"])
    for _ in 0..<2 { _ = allocator.addAgent(total: bag("cpus:2;mem:1024")) }
    let offers = allocator.run()
    #expect(Set(offers.map(\.framework)) == [web, other])
    let eng = allocator.addFramework(roles: ["eng"])
    setQuota("eng", "cpus:2;mem:1024")
    #expect(allocator.run().isEmpty)
    allocator.decline(try #require(offers.first))
    #expect(allocator.run().map(\.framework) == [eng])
  }

  @Test mutating func rolesWithoutQuotaShareFairlyWhatIsNotKept() {
    setQuota("eng", "cpus:2;mem:200")
    let eng = allocator.addFramework(roles: ["eng"])
    let web = allocator.addFramework(roles: ["web"])
    let ops = allocator.addFramework(roles: ["ops"])
    var counts: [FrameworkSlot: Int] = [:]
    for _ in 0..<8 { _ = allocator.addAgent(total: bag("cpus:1;mem:100")) }
    for offer in allocator.run() { counts[offer.framework, default: 0] += 1 }
    #expect(counts == [eng: 2, web: 3, ops: 3])
  }

  @Test mutating func aQuotaThatIsTakenAwayLimitsNoLonger() {
    setQuota("eng", "cpus:1;mem:100")
    _ = allocator.addFramework(roles: ["eng"])
    for _ in 0..<2 { _ = allocator.addAgent(total: bag("cpus:1;mem:100")) }
    #expect(allocator.run().count == 1)
    allocator.setQuota("eng")
    #expect(allocator.run().count == 1)
  }

  @Test mutating func aFrameworkThatWantsNothingLeavesTheGuaranteeToTheOthersOfItsRole() {
    setQuota("eng", "cpus:1;mem:100")
    let idle = allocator.addFramework(roles: ["eng"])
    let busy = allocator.addFramework(roles: ["eng"])
    allocator.suppress(idle)
    _ = allocator.addAgent(total: bag("cpus:1;mem:100"))
    #expect(allocator.run().map(\.framework) == [busy])
  }

  // MARK: Reservations

  @Test(arguments: [true, false])
  func aReservationIsPartOfTheQuotaInUseOrNot(inUse: Bool) {
    var allocator = Allocator(seed: 1)
    allocator.setQuota("eng", guarantee: "cpus:2;mem:200", limit: "cpus:2;mem:200")
    let eng = allocator.addFramework(roles: ["eng"])
    let reserved = allocator.addAgent(total: bag("cpus(eng):1;mem(eng):100"))
    if inUse { allocator.addUsed(reserved, eng, role: "eng", bag("cpus(eng):1;mem(eng):100")) }
    _ = allocator.addAgent(total: bag("cpus:4;mem:400"))
    let offers = allocator.run().filter { $0.agent != reserved }
    #expect(offers.map(\.resources) == [bag("cpus:1;mem:100")])
  }

  @Test mutating func whatIsReservedOrUnreservedWhileItIsOfferedIsConsumedAllTheSame() throws {
    setQuota("eng", "cpus:2;mem:200")
    let agent = allocator.addAgent(total: bag("cpus:1;mem:100"))
    let eng = allocator.addFramework(roles: ["eng"])
    let offer = try #require(allocator.run().first)
    let reserved = offer.resources.map {
      $0.traits = ResourceTraits(reservations: [Reservation(.dynamic, role: "eng")])
    }
    for (from, to) in [(offer.resources, reserved), (reserved, offer.resources)] {
      #expect(allocator.convertOffered(agent, eng, offer.role, from: from, to: to) == true)
      #expect(allocator.quotaConsumed("eng") == quantities("cpus:1;mem:100"))
    }
    #expect(offers(addingAgent: bag("cpus:4;mem:400")) == [bag("cpus:1;mem:100")])
  }

  @Test mutating func aReservationOfARoleWithoutQuotaIsGivenWhileAnotherRoleHasAClaim() throws {
    let free = bag("cpus:2;mem:2048")
    let reserved = bag("cpus(web):2;mem(web):2048")
    _ = allocator.addAgent(total: free + reserved)
    setQuota("eng", "cpus:2;mem:2048")
    _ = allocator.addFramework(roles: ["eng"])
    let offer = try #require(allocator.run().first)
    #expect(offer.resources == free)
    allocator.decline(offer, refuse: .seconds(86_400))
    let web = allocator.addFramework(roles: ["web"])
    let offers = allocator.run()
    #expect(offers.map(\.framework) == [web])
    #expect(offers.map(\.resources) == [reserved])
  }

  @Test mutating func reservationsBeyondAQuotaDoNotStandInForThoseOfOtherRoles() {
    setQuota("eng", "cpus:1;mem:1024")
    setQuota("ops", "cpus:1;mem:1024")
    _ = allocator.addAgent(total: bag("cpus(eng):2;mem(eng):2048"))
    _ = allocator.addFramework(roles: ["web"])
    #expect(offers(addingAgent: bag("cpus:1;mem:1024")).isEmpty)
    #expect(offers(addingAgent: bag("cpus:1;mem:1024")) == [bag("cpus:1;mem:1024")])
  }

  @Test mutating func whatIsReservedOnAnAgentIsNotKeptForGuaranteesOfOthers() {
    setQuota("eng", "cpus:2;mem:200")
    _ = allocator.addAgent(total: bag("cpus(web):4;mem(web):400"))
    _ = allocator.addAgent(total: bag("cpus:2;mem:200"))
    let web = allocator.addFramework(roles: ["web"])
    let offers = allocator.run()
    #expect(offers.map(\.framework) == [web])
    #expect(offers.map(\.resources) == [bag("cpus(web):4;mem(web):400")])
  }

  @Test mutating func aSharedVolumeCountsOnceAgainstTheQuota() throws {
    setQuota("eng", "cpus:3;mem:2048;disk:100")
    let volume = sharedVolume(50, role: "eng")
    let agent = allocator.addAgent(total: bag("cpus(eng):2;mem(eng):1024") + volume)
    _ = allocator.addFramework(roles: ["eng"], capabilities: [.sharedResources])
    allocator.accept(try #require(allocator.run().first), bag("cpus(eng):1;mem(eng):512") + volume)
    let again = allocator.run()
    #expect(again.map(\.agent) == [agent])
    #expect(again.map(\.resources) == [bag("cpus(eng):1;mem(eng):512") + volume])
    #expect(offers(addingAgent: bag("cpus:1;mem:1024;disk:50")) == [bag("cpus:1;mem:1024;disk:50")])
    #expect(allocator.quotaConsumed("eng") == quantities("cpus:3;mem:2048;disk:100"))
    #expect(offers(addingAgent: bag("cpus:0.5;mem:512;disk:50")).isEmpty)
  }

  @Test mutating func aReservationForTheParentThatAChildUsesIsCountedOnce() {
    setQuota("eng", "cpus:1;mem:1024")
    _ = allocator.addAgent(total: bag("cpus(a):1;mem(a):1024"))
    let child = allocator.addFramework(roles: ["a/b"])
    #expect(allocator.run().map(\.framework) == [child])
    let web = allocator.addFramework(roles: ["web"])
    for _ in 0..<2 { _ = allocator.addAgent(total: bag("cpus:1;mem:1024")) }
    #expect(allocator.run().map(\.framework) == [web])
  }

  // MARK: Nested roles

  @Test mutating func aReservationOfAChildCountsForTheParent() {
    setQuota("a", "cpus:2;mem:200")
    _ = allocator.addAgent(total: bag("cpus(a/b):1;mem(a/b):100"))
    _ = allocator.addAgent(total: bag("cpus:10;mem:1000"))
    _ = allocator.addFramework(roles: ["a"])
    #expect(allocator.run().map(\.resources) == [bag("cpus:1;mem:100")])
  }

  /// Mesos would go on giving to the child.
  @Test mutating func whatAChildUsesCountsForTheParentAndStopsBoth() {
    _ = allocator.addFramework(roles: ["a/b"])
    #expect(offers(addingAgent: bag("cpus:1;mem:1024")).count == 1)
    setQuota("a", "cpus:1;mem:1024")
    _ = allocator.addFramework(roles: ["a"])
    #expect(offers(addingAgent: bag("cpus:1;mem:1024")).isEmpty)
  }

  @Test mutating func whatParentAndChildUseLeavesWhatIsKeptForOthers() {
    let total = bag("cpus:1;mem:100")
    _ = allocator.addFramework(roles: ["a/b"])
    #expect(offers(addingAgent: total) == [total])
    _ = allocator.addFramework(roles: ["a"])
    #expect(offers(addingAgent: total) == [total])
    setQuota("eng", "cpus:1;mem:100")
    #expect(offers(addingAgent: total).isEmpty)
    #expect(offers(addingAgent: total) == [total])
  }

  @Test mutating func aChildThatComesLaterMeetsTheGuaranteeOfItsParent() {
    setQuota("a", "cpus:2;mem:1024")
    let web = allocator.addFramework(roles: ["web"])
    #expect(offers(addingAgent: bag("cpus:1;mem:512")).isEmpty)
    let child = allocator.addFramework(roles: ["a/b"])
    #expect(allocator.run().map(\.framework) == [child])
    _ = allocator.addAgent(total: bag("cpus:1;mem:512"))
    #expect(allocator.run().map(\.framework) == [child])
    _ = allocator.addAgent(total: bag("cpus:1;mem:512"))
    #expect(allocator.run().map(\.framework) == [web])
  }

  @Test mutating func theGuaranteeOfAChildIsPartOfThatOfItsParent() {
    setQuota("a", "cpus:2;mem:200")
    setQuota("a/b", "cpus:1;mem:100")
    let parent = allocator.addFramework(roles: ["a"])
    let web = allocator.addFramework(roles: ["web"])
    let total = bag("cpus:1;mem:100")
    for _ in 0..<3 { _ = allocator.addAgent(total: total) }
    let offers = allocator.run()
    #expect(Set(offers.map(\.framework)) == [parent, web])
    #expect(offers.count == 2)
    let child = allocator.addFramework(roles: ["a/b"])
    #expect(allocator.run().map(\.framework) == [child])
  }
}
