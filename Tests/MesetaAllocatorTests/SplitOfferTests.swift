import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaAllocator

/// What of an agent goes to one framework alone, what is split between several, and what several are offered at once.
@Suite struct SplitOfferTests {
  var allocator = Allocator(seed: 1)

  @Test mutating func whatIsFreeOnAnAgentGoesToOneFrameworkAsAWhole() {
    let agents = (0..<2).map { _ in allocator.addAgent(total: bag("cpus:2;mem:1024")) }
    let first = allocator.addFramework(roles: ["a"])
    for offer in allocator.run() { allocator.decline(offer) }
    let second = allocator.addFramework(roles: ["b"])
    let offers = allocator.run()
    #expect(Set(offers.map(\.agent)) == Set(agents))
    #expect(Set(offers.map(\.framework)) == [first, second])
    #expect(offers.allSatisfy { $0.resources == bag("cpus:2;mem:1024") })
  }

  @Test mutating func whatIsOnOfferIsOfferedToNobodyElse() throws {
    _ = allocator.addAgent(total: bag("cpus:2;mem:1024"))
    let first = allocator.addFramework(roles: ["a"])
    let second = allocator.addFramework(roles: ["b"])
    let offer = try #require(allocator.run().first)
    #expect(offer.framework == first)
    allocator.revive(second)
    #expect(allocator.run().isEmpty)
    allocator.accept(offer, bag("cpus:1"))
    #expect(allocator.run().map(\.framework) == [second])
  }

  @Test mutating func anAgentIsSplitByWhomItIsReservedFor() {
    _ = allocator.addAgent(total: bag("cpus(a):1;mem(a):100;cpus(b):2;mem(b):200"))
    let a = allocator.addFramework(roles: ["a"])
    let b = allocator.addFramework(roles: ["b"])
    let offers = allocator.run()
    #expect(Set(offers.map(\.framework)) == [a, b])
    #expect(Set(offers.map(\.resources)) == [bag("cpus(a):1;mem(a):100"), bag("cpus(b):2;mem(b):200")])
  }

  @Test mutating func whatIsReservedForTheRoleWithTheSmallerShareIsOfferedFirst() {
    let other = allocator.addFramework(roles: [])
    let busy = allocator.addAgent(total: bag("cpus:1;mem:100"))
    allocator.addUsed(busy, other, role: "b", bag("cpus:1;mem:100"))
    _ = allocator.addAgent(total: bag("cpus(b):1;cpus(a):1"))
    _ = allocator.addFramework(roles: ["a", "b"])
    #expect(allocator.run().map(\.resources) == [bag("cpus(a):1"), bag("cpus(b):1")])
  }

  @Test mutating func anAgentIsSplitByWhatFrameworksUnderstand() {
    _ = allocator.addAgent(total: bag("cpus:1;mem:100;cpus{REV}:2"))
    let plain = allocator.addFramework(roles: ["a"])
    let capable = allocator.addFramework(roles: ["b"], capabilities: [.revocableResources])
    let offers = allocator.run()
    #expect(offers.map(\.framework) == [plain, capable])
    #expect(offers.map(\.resources) == [bag("cpus:1;mem:100"), bag("cpus{REV}:2")])
  }

  @Test(arguments: [true, false])
  func aSharedVolumeIsOfferedToOneAfterTheOtherAlsoWhileItIsUsed(withQuota: Bool) throws {
    var allocator = Allocator(seed: 1)
    if withQuota { allocator.setQuota("r", guarantee: "cpus:8;mem:2048;disk:4096") }
    let volume = sharedVolume(5, role: "r")
    _ = allocator.addAgent(total: bag("cpus:4;mem:1024") + volume)
    let first = allocator.addFramework(roles: ["r"], capabilities: [.sharedResources])
    let second = allocator.addFramework(roles: ["r"], capabilities: [.sharedResources])
    let offer = try #require(allocator.run().first)
    #expect(offer.framework == first)
    #expect(allocator.run().isEmpty, "one at a time")
    allocator.accept(offer, bag("cpus:1;mem:5") + volume)
    let next = allocator.run()
    #expect(next.map(\.framework) == [second])
    #expect(next.map(\.resources) == [bag("cpus:3;mem:1019") + volume])
  }

  @Test mutating func aSharedVolumeIsOnOfferToSeveralAtOnceInDifferentRuns() throws {
    let volume = sharedVolume(5, role: "r")
    let agent = allocator.addAgent(total: bag("cpus:4;mem:1024") + volume)
    let first = allocator.addFramework(roles: ["r"], capabilities: [.sharedResources])
    let second = allocator.addFramework(roles: ["r"], capabilities: [.sharedResources])
    let held = try #require(allocator.run().first)
    #expect(held.framework == first)
    allocator.updateAgent(agent, total: bag("cpus:5;mem:1024") + volume)
    let offers = allocator.run()
    #expect(offers.map(\.framework) == [second])
    #expect(offers.map(\.resources) == [bag("cpus:1") + volume])
    #expect(allocator.offered(to: first).contains(volume))
    allocator.decline(held)
    #expect(allocator.offered(to: second).contains(volume))
  }

  @Test mutating func inOneLookASharedVolumeGoesToOneFrameworkOnly() {
    let volume = sharedVolume(5, role: "r")
    _ = allocator.addAgent(total: bag("cpus(r/a):1;cpus(r/b):1") + volume)
    _ = allocator.addFramework(roles: ["r/a"], capabilities: [.sharedResources])
    _ = allocator.addFramework(roles: ["r/b"], capabilities: [.sharedResources])
    let offers = allocator.run()
    #expect(offers.count == 2)
    #expect(offers.filter { $0.resources.contains(volume) }.count == 1)
  }
}
