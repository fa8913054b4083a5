import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaAllocator

/// Roles below roles: shares and weights at each level of the tree.
@Suite struct RoleTreeTests {
  var allocator = Allocator(seed: 1)

  /// Gives `count` equal agents one by one to whoever is first, and counts who got them.
  private mutating func dealOut(_ count: Int) -> [FrameworkSlot: Int] {
    var counts: [FrameworkSlot: Int] = [:]
    for _ in 0..<count { _ = allocator.addAgent(total: bag("cpus:1;mem:100")) }
    for offer in allocator.run() { counts[offer.framework, default: 0] += 1 }
    return counts
  }

  @Test mutating func rolesBelowOneParentShareWhatTheParentGets() {
    let web = allocator.addFramework(roles: ["web"])
    let build = allocator.addFramework(roles: ["eng/build"])
    let test = allocator.addFramework(roles: ["eng/test"])
    #expect(dealOut(12) == [web: 6, build: 3, test: 3])
  }

  @Test mutating func theOwnFrameworksOfARoleAreOneClientBesideTheRolesBelow() {
    let lead = allocator.addFramework(roles: ["eng"])
    let other = allocator.addFramework(roles: ["eng"])
    let build = allocator.addFramework(roles: ["eng/build"])
    #expect(dealOut(12) == [lead: 3, other: 3, build: 6])
  }

  @Test mutating func aWeightCountsAmongTheRolesOfOneParent() {
    allocator.setWeight("eng", 2)
    allocator.setWeight("eng/build", 3)
    let web = allocator.addFramework(roles: ["web"])
    let build = allocator.addFramework(roles: ["eng/build"])
    let test = allocator.addFramework(roles: ["eng/test"])
    #expect(dealOut(12) == [web: 4, build: 6, test: 2])
  }

  @Test mutating func aWeightNextToNothingKeepsNobodyFromWhatNobodyElseWants() {
    allocator.setWeight("eng", .leastNonzeroMagnitude)
    let eng = allocator.addFramework(roles: ["eng"])
    #expect(dealOut(1) == [eng: 1])
    // Roles that have used up their limits are skipped from now on.
    allocator.setQuota("web", limit: "cpus:1")
    #expect(dealOut(2) == [eng: 2])
  }

  @Test mutating func aWeightThatChangesCountsFromTheNextOfferOn() {
    let web = allocator.addFramework(roles: ["web"])
    let eng = allocator.addFramework(roles: ["eng"])
    #expect(dealOut(6) == [web: 3, eng: 3])
    allocator.setWeight("eng", 3)
    #expect(dealOut(6) == [eng: 6])
  }

  @Test mutating func aFrameworkInSeveralRolesHasAShareInEach() {
    let both = allocator.addFramework(roles: ["eng/build", "web"])
    let web = allocator.addFramework(roles: ["web"])
    #expect(dealOut(12) == [both: 9, web: 3])
  }

  @Test mutating func rolesComeAndGoWithTheirUse() {
    let framework = allocator.addFramework(roles: ["eng/backend/ci"])
    #expect(allocator.roleNames == ["eng", "eng/backend", "eng/backend/ci"])
    allocator.updateFramework(framework, roles: ["eng"], suppressed: [], capabilities: [], offerFilters: [])
    #expect(allocator.roleNames == ["eng"])
    allocator.removeFramework(framework)
    #expect(allocator.roleNames.isEmpty)
    let agent = allocator.addAgent(total: bag("cpus(ops/db):1"))
    #expect(allocator.roleNames == ["ops", "ops/db"])
    allocator.removeAgent(agent)
    #expect(allocator.roleNames.isEmpty)
  }

  @Test mutating func whatIsReservedForARoleGoesToTheRolesBelowToo() {
    _ = allocator.addAgent(total: bag("cpus(eng):2;mem(eng):100"))
    let above = allocator.addFramework(roles: ["en", "web"])
    let below = allocator.addFramework(roles: ["eng/build"])
    #expect(allocator.run().map(\.framework) == [below])
    #expect(allocator.explain(above, now: .zero).map(\.reason) == [.behind(framework: below, share: 0)])
  }

  @Test mutating func howFarBehindSomebodyIsTellsTheSharesWhereTheirRolesPart() {
    let agents = (0..<2).map { _ in allocator.addAgent(total: bag("cpus:4")) }
    let lead = allocator.addFramework(roles: ["eng"])
    let build = allocator.addFramework(roles: ["eng/build"])
    allocator.addUsed(agents[0], lead, role: "eng", bag("cpus:1"))
    allocator.addUsed(agents[0], build, role: "eng/build", bag("cpus:3"))
    // What the own frameworks of a role have is not divided by its weight, which is for what the role has as a whole.
    allocator.setWeight("eng", 4)
    #expect(allocator.run().map(\.framework) == [lead])
    #expect(
      allocator.explain(build, now: .zero).map(\.reason) == [
        .allocatedElsewhere, .behind(framework: lead, share: 3.0 / 8 - 1.0 / 8),
      ])
  }

  @Test mutating func aSuppressedRoleLeavesItsShareToTheOthersOfTheParent() {
    let web = allocator.addFramework(roles: ["web"])
    let build = allocator.addFramework(roles: ["eng/build"])
    let test = allocator.addFramework(roles: ["eng/test"])
    allocator.suppress(test)
    #expect(dealOut(8) == [web: 4, build: 4])
  }
}
