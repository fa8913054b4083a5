import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaAllocator

@Suite struct LedgerTests {
  var allocator = Allocator(seed: 1)

  @Test mutating func resourcesMoveFromOfferedToUsedAndBack() throws {
    let agent = allocator.addAgent(total: bag("cpus:4;mem:1000;ports:[1-10]"))
    let framework = allocator.addFramework(roles: ["r"])
    let offer = try #require(allocator.run().first)
    #expect(allocator.offered(agent) == offer.resources)
    #expect(allocator.unallocated(agent).isEmpty)
    #expect(allocator.outstandingOffers(framework) == 1)

    #expect(allocator.use(agent, framework, offer.role, bag("cpus:1;ports:[3-4]")) == true)
    allocator.checkConservation()
    allocator.recoverOffered(
      agent, framework, offer.role, bag("cpus:3;mem:1000;ports:[1-2,5-10]"), refuse: .seconds(9), now: .zero)
    allocator.checkConservation()
    #expect(allocator.outstandingOffers(framework) == 0)
    #expect(allocator.used(agent) == bag("cpus:1;ports:[3-4]"))
    #expect(allocator.used(by: framework) == bag("cpus:1;ports:[3-4]"))
    #expect(allocator.unallocated(agent) == bag("cpus:3;mem:1000;ports:[1-2,5-10]"))
    #expect(allocator.dominantShare(offer.role) == 0.25)

    allocator.recoverUsed(agent, framework, offer.role, bag("cpus:1;ports:[3-4]"))
    allocator.checkConservation()
    #expect(allocator.unallocated(agent) == bag("cpus:4;mem:1000;ports:[1-10]"))
    #expect(allocator.dominantShare(offer.role) == 0)
  }

  @Test mutating func moreThanIsHeldIsNotMoved() throws {
    let agent = allocator.addAgent(total: bag("cpus:4;mem:1000"))
    let framework = allocator.addFramework(roles: ["r"])
    let role = try #require(allocator.run().first).role
    #expect(allocator.use(agent, framework, role, bag("cpus:5")) == false)
    #expect(allocator.recoverUsed(agent, framework, role, bag("cpus:1")) == false)
    #expect(allocator.recoverOffered(agent, framework, role, bag("disk:1"), now: .zero) == false)
    allocator.checkConservation()
    #expect(allocator.offered(to: framework) == bag("cpus:4;mem:1000"))
  }

  @Test mutating func aRemovedAgentTakesItsSharesAlong() throws {
    let agent = allocator.addAgent(total: bag("cpus:4;mem:1000"))
    _ = allocator.addAgent(total: bag("cpus:4;mem:1000"))
    let framework = allocator.addFramework(roles: ["r"])
    let offers = allocator.run()
    let offer = try #require(offers.first { $0.agent == agent })
    allocator.use(agent, framework, offer.role, bag("cpus:1"))
    allocator.removeAgent(agent)
    allocator.checkConservation()
    #expect(allocator.recoverUsed(agent, framework, offer.role, bag("cpus:1")) == false)
    #expect(allocator.recoverOffered(agent, framework, offer.role, bag("cpus:3"), now: .zero) == false)
    #expect(allocator.outstandingOffers(framework) == 1)
    #expect(allocator.dominantShare(offer.role) == 1)
  }

  @Test mutating func tasksOfAnAgentThatComesBackAreCounted() throws {
    let framework = allocator.addFramework(roles: ["r"])
    let agent = allocator.addAgent(total: bag("cpus:4;mem:1000"))
    let added = allocator.addUsed(agent, framework, role: "r", bag("cpus:1;mem:100"))
    let role = try #require(added)
    #expect(allocator.role("r") == role)
    #expect(allocator.run().map(\.resources) == [bag("cpus:3;mem:900")])
    #expect(allocator.deficit(agent).isEmpty)
  }

  @Test mutating func whatDoesNotFitIsADeficitAndNotOffered() throws {
    let framework = allocator.addFramework(roles: ["r"])
    let agent = allocator.addAgent(total: bag("cpus:4;mem:1000;ports:[1-4]"))
    let added = allocator.addUsed(agent, framework, role: "r", bag("cpus:3;ports:[1-2]"))
    let role = try #require(added)
    allocator.addUsed(agent, framework, role: "s", bag("cpus:3;ports:[2-3]"))
    allocator.checkConservation()
    #expect(allocator.deficit(agent) == bag("cpus:2"))
    #expect(allocator.unallocated(agent) == bag("mem:1000;ports:[4-4]"))
    // Port 2 is used twice; it is not free before both are gone.
    allocator.recoverUsed(agent, framework, role, bag("cpus:3;ports:[1-2]"))
    allocator.checkConservation()
    #expect(allocator.deficit(agent).isEmpty)
    #expect(allocator.unallocated(agent) == bag("cpus:1;mem:1000;ports:[1-1,4-4]"))
    allocator.recoverUsed(agent, framework, try #require(allocator.role("s")), bag("cpus:3;ports:[2-3]"))
    #expect(allocator.unallocated(agent) == allocator.total(agent))
    #expect(allocator.agents[agent]?.isIrregular == false)
  }

  @Test mutating func anAgentThatShrinksBelowItsUseHasADeficit() throws {
    let framework = allocator.addFramework(roles: ["r"])
    let agent = allocator.addAgent(total: bag("cpus:4;mem:1000"))
    let offer = try #require(allocator.run().first)
    allocator.accept(offer, bag("cpus:3;mem:500"))
    allocator.updateAgent(agent, total: bag("cpus:2;mem:1000"))
    #expect(allocator.deficit(agent) == bag("cpus:1"))
    #expect(allocator.run().map(\.resources) == [bag("mem:500")])
    allocator.recoverUsed(agent, framework, offer.role, bag("cpus:2"))
    #expect(allocator.deficit(agent).isEmpty)
    #expect(allocator.unallocated(agent) == bag("cpus:1"))
    allocator.checkConservation()
  }

  @Test mutating func aSharedResourceIsThereWhileItIsUsed() throws {
    let shared = ResourceTraits(
      reservations: [Reservation(.dynamic, role: "r")],
      disk: DiskInfo(persistence: DiskInfo.Persistence(id: "v")), isShared: true)
    let volume = Resource("disk", .scalar(Scalar(10)), traits: shared)
    let total = bag("cpus:4;mem:1000") + Resources([volume])
    let agent = allocator.addAgent(total: total)
    let first = allocator.addFramework(roles: ["r"])
    let second = allocator.addFramework(roles: ["r"], capabilities: [.sharedResources])
    let plain = try #require(allocator.run().first)
    #expect(plain.framework == first)
    #expect(plain.resources == bag("cpus:4;mem:1000"))
    allocator.decline(plain, refuse: .seconds(100))
    let offer = try #require(allocator.run().first)
    #expect(offer.framework == second)
    #expect(offer.resources == total)
    allocator.accept(offer, bag("cpus:1") + Resources([volume]))
    #expect(allocator.unallocated(agent) == bag("cpus:3;mem:1000") + Resources([volume]))
    #expect(allocator.run().map(\.resources) == [bag("cpus:3;mem:1000") + Resources([volume])])
  }

  @Test mutating func aSharedResourceIsHeldUntilTheLastWhoUsesItEndsAndCountsOnce() throws {
    let traits = ResourceTraits(
      reservations: [Reservation(.dynamic, role: "r")],
      disk: DiskInfo(persistence: DiskInfo.Persistence(id: "v")), isShared: true)
    let volume = Resources([Resource("disk", .scalar(Scalar(10)), traits: traits)])
    let agent = allocator.addAgent(total: bag("cpus:4;mem:1000;disk:90") + volume)
    let framework = allocator.addFramework(roles: ["r"], capabilities: [.sharedResources])
    let offer = try #require(allocator.run().first)
    allocator.addUsed(agent, framework, role: "r", volume)
    allocator.accept(offer, bag("cpus:1") + volume)
    allocator.checkConservation()
    #expect(allocator.used(agent) == bag("cpus:1") + volume)
    #expect(allocator.dominantShare(offer.role) == 0.25)
    for count in 1...2 {
      #expect(allocator.used(by: framework).contains(volume), "before the end of task \(count)")
      #expect(allocator.recoverUsed(agent, framework, offer.role, volume) == true)
      allocator.checkConservation()
    }
    #expect(allocator.used(agent) == bag("cpus:1"))
    #expect(allocator.recoverUsed(agent, framework, offer.role, volume) == false)
  }

  @Test mutating func aRemovedFrameworkLeavesNothing() throws {
    _ = allocator.addAgent(total: bag("cpus:4;mem:1000"))
    let framework = allocator.addFramework(roles: ["r", "s"])
    allocator.decline(try #require(allocator.run().first), refuse: .seconds(5))
    for offer in allocator.run() { allocator.decline(offer) }
    allocator.removeFramework(framework)
    #expect(allocator.run().isEmpty)
    #expect(allocator.roleNames.isEmpty)
    #expect(allocator.subscriptions.isEmpty)
    #expect(allocator.roles[0].clients.isEmpty)
    let next = allocator.addFramework(roles: ["t"])
    #expect(allocator.run().map(\.framework) == [next])
  }
}
