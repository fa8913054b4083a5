import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaAllocator

/// Agents whose resources change while they are offered and used.
@Suite struct AgentChangeTests {
  var allocator = Allocator(seed: 1)

  @Test mutating func anAgentThatGrowsOffersWhatCameAndOneThatShrinksNothing() throws {
    let agent = allocator.addAgent(total: bag("cpus:100;mem:100;disk:100"))
    let framework = allocator.addFramework(roles: ["r"])
    var offers = allocator.run()
    allocator.updateAgent(agent, total: bag("cpus:112;mem:100;disk:100"))
    offers += allocator.run()
    #expect(offers.map(\.resources) == [bag("cpus:100;mem:100;disk:100"), bag("cpus:12")])
    allocator.updateAgent(agent, total: bag("cpus:50;mem:50;disk:50"))
    #expect(allocator.run().isEmpty)
    for offer in offers { allocator.decline(offer) }
    #expect(allocator.run().map(\.resources) == [bag("cpus:50;mem:50;disk:50")])
    allocator.updateAgent(agent, total: bag("cpus:100;mem:100;disk:100"))
    #expect(allocator.run().map(\.resources) == [bag("cpus:50;mem:50;disk:50")])
    #expect(allocator.offered(to: framework) == bag("cpus:100;mem:100;disk:100"))
  }

  @Test mutating func revocableResourcesAreOfferedAsTheirEstimateGrowsAndShrinks() throws {
    let plain = bag("cpus:100;mem:100;disk:100")
    let agent = allocator.addAgent(total: plain)
    _ = allocator.addFramework(roles: ["r"], capabilities: [.revocableResources])
    let whole = try #require(allocator.run().first)
    allocator.updateAgent(agent, total: plain + bag("cpus{REV}:10"))
    #expect(allocator.run().map(\.resources) == [bag("cpus{REV}:10")])
    allocator.updateAgent(agent, total: plain + bag("cpus{REV}:12"))
    #expect(allocator.run().map(\.resources) == [bag("cpus{REV}:2")])
    allocator.updateAgent(agent, total: plain + bag("cpus{REV}:5"))
    #expect(allocator.run().isEmpty)
    #expect(allocator.deficit(agent) == bag("cpus{REV}:7"))
    #expect(whole.resources == plain)
  }

  @Test mutating func someOfTheRevocableAndSomeOfTheOtherResourcesComeBackTogether() throws {
    let agent = allocator.addAgent(total: bag("cpus:100;mem:100;cpus{REV}:10"))
    let framework = allocator.addFramework(roles: ["r"], capabilities: [.revocableResources])
    let offer = try #require(allocator.run().first)
    allocator.recoverOffered(agent, framework, offer.role, bag("cpus:2;cpus{REV}:6"), now: .zero)
    #expect(allocator.run().map(\.resources) == [bag("cpus:2;cpus{REV}:6")])
  }

  @Test mutating func revocableResourcesAreNotOfferedToAFrameworkThatGaveUpTheCapability() throws {
    _ = allocator.addAgent(total: bag("cpus:4;mem:100;cpus{REV}:10"))
    let framework = allocator.addFramework(roles: ["r"], capabilities: [.revocableResources])
    let offer = try #require(allocator.run().first)
    #expect(offer.resources == bag("cpus:4;mem:100;cpus{REV}:10"))
    allocator.updateFramework(framework, roles: ["r"], suppressed: [], capabilities: [], offerFilters: [])
    allocator.decline(offer)
    #expect(allocator.run().map(\.resources) == [bag("cpus:4;mem:100")])
  }

  @Test mutating func aFrameworkThatGetsACapabilityIsOfferedWhatItNeedsIt() throws {
    _ = allocator.addAgent(total: bag("cpus:4;mem:100;cpus{REV}:10"))
    let framework = allocator.addFramework(roles: ["r"])
    #expect(allocator.run().map(\.resources) == [bag("cpus:4;mem:100")])
    allocator.updateFramework(
      framework, roles: ["r"], suppressed: [], capabilities: [.revocableResources], offerFilters: [])
    #expect(allocator.run().map(\.resources) == [bag("cpus{REV}:10")])
  }

  @Test mutating func anAgentThatComesLaterIsOfferedBesideWhatIsLeft() throws {
    let first = allocator.addAgent(total: bag("cpus:3;mem:1024"))
    _ = allocator.addFramework(roles: ["r"])
    allocator.accept(try #require(allocator.run().first), bag("cpus:2;mem:512"))
    #expect(allocator.run().map(\.resources) == [bag("cpus:1;mem:512")])
    let second = allocator.addAgent(total: bag("cpus:4;mem:2048"))
    #expect(allocator.run().map(\.agent) == [second])
    #expect(allocator.used(first) == bag("cpus:2;mem:512"))
  }

  @Test mutating func whatIsReservedAndWhatIsNotComeBackOnTheirOwn() throws {
    let agent = allocator.addAgent(total: bag("cpus(r):1;mem(r):200;cpus:1;mem:200"))
    let framework = allocator.addFramework(roles: ["r"])
    let role = try #require(allocator.run().first).role
    for part in [bag("cpus(r):1;mem(r):200"), bag("cpus:1;mem:200")] {
      allocator.recoverOffered(agent, framework, role, part, now: .zero)
      #expect(allocator.run().map(\.resources) == [part])
    }
  }

  @Test mutating func whatAnAgentBringsInUseCountsTowardsShares() {
    let one = allocator.addFramework(roles: ["one"])
    let two = allocator.addFramework(roles: ["two"])
    allocator.setActive(one, false)
    allocator.setActive(two, false)
    let part = bag("cpus:1;mem:100;disk:10")
    let agent = allocator.addAgent(total: part)
    allocator.updateAgent(agent, total: part + part + part)
    allocator.addUsed(agent, one, role: "one", part + part)
    allocator.setActive(two, true)
    #expect(allocator.run().map(\.resources) == [part])
    allocator.setActive(one, true)
    _ = allocator.addAgent(total: part)
    #expect(allocator.run().map(\.framework) == [two])
  }

  @Test mutating func reservedPortsComeAndGoWithTheirAgents() {
    let total = bag("cpus:1;mem:64;ports(eng):[1-2]")
    let agents = (0..<2).map { _ in allocator.addAgent(total: total) }
    #expect(allocator.roleNames == ["eng"])
    for agent in agents { allocator.removeAgent(agent) }
    #expect(allocator.roleNames.isEmpty)
    allocator.checkConservation()
  }

  @Test mutating func whoCannotBeOfferedAnAgentDoesNotBarThoseAfterIt() {
    let capable = allocator.addFramework(roles: ["eng/ci"], capabilities: [.reservationRefinement])
    _ = allocator.addAgent(total: bag("cpus:1;mem:100"))
    #expect(allocator.run().map(\.framework) == [capable])
    _ = allocator.addFramework(roles: ["eng/ci"])
    #expect(allocator.run().isEmpty)
    let refined = ResourceTraits(reservations: [
      Reservation(.dynamic, role: "eng"), Reservation(.dynamic, role: "eng/ci"),
    ])
    _ = allocator.addAgent(total: Resources([Resource("cpus", .scalar(Scalar(1)), traits: refined)]))
    #expect(allocator.run().map(\.framework) == [capable])
  }

  @Test mutating func agentsOfOneResourceOnlyAreOffered() {
    _ = allocator.addAgent(total: bag("cpus:2"))
    _ = allocator.addAgent(total: bag("mem:200"))
    _ = allocator.addFramework(roles: ["r"])
    #expect(Set(allocator.run().map(\.resources)) == [bag("cpus:2"), bag("mem:200")])
  }
}
