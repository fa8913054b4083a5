import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaAllocator

@Suite struct EligibilityTests {
  var allocator = Allocator(seed: 1)

  @Test mutating func reservedResourcesGoToTheRoleAndThoseBelow() {
    _ = allocator.addAgent(total: bag("cpus:1;mem:100;cpus(eng):2;mem(eng):200"))
    let other = allocator.addFramework(roles: ["engine"])
    let below = allocator.addFramework(roles: ["eng/ci"])
    allocator.suppress(below)
    #expect(allocator.run().map(\.resources) == [bag("cpus:1;mem:100")])
    allocator.revive(below)
    let offers = allocator.run()
    #expect(offers.map(\.framework) == [below])
    #expect(offers.map(\.resources) == [bag("cpus(eng):2;mem(eng):200")])
    _ = other
  }

  @Test mutating func reservedAndUnreservedComeInOneOffer() {
    _ = allocator.addAgent(total: bag("cpus:1;mem:100;cpus(eng):2;mem(other):200"))
    _ = allocator.addFramework(roles: ["eng"])
    #expect(allocator.run().map(\.resources) == [bag("cpus:1;mem:100;cpus(eng):2")])
  }

  @Test mutating func refinedReservationsNeedTheCapability() {
    let refined = ResourceTraits(reservations: [
      Reservation(.fixed, role: "eng"), Reservation(.dynamic, role: "eng/ci"),
    ])
    _ = allocator.addAgent(total: Resources([Resource("cpus", .scalar(Scalar(1)), traits: refined)]))
    _ = allocator.addFramework(roles: ["eng/ci"])
    _ = allocator.addFramework(roles: ["eng"], capabilities: [.reservationRefinement])
    #expect(allocator.run().isEmpty)
    let capable = allocator.addFramework(roles: ["eng/ci"], capabilities: [.reservationRefinement])
    #expect(allocator.run().map(\.framework) == [capable])
  }

  @Test mutating func revocableResourcesNeedTheCapability() {
    _ = allocator.addAgent(total: bag("cpus:1;mem:100;cpus{REV}:2"))
    let plain = allocator.addFramework(roles: ["r"])
    #expect(allocator.run().map(\.resources) == [bag("cpus:1;mem:100")])
    let capable = allocator.addFramework(roles: ["r"], capabilities: [.revocableResources])
    let offers = allocator.run()
    #expect(offers.map(\.framework) == [capable])
    #expect(offers.map(\.resources) == [bag("cpus{REV}:2")])
    _ = plain
  }

  @Test(arguments: [true, false])
  func agentsWithGPUsNeedTheCapability(filter: Bool) {
    var allocator = Allocator(Allocator.Options(filterGPUResources: filter), seed: 1)
    _ = allocator.addAgent(total: bag("cpus:1;mem:100;gpus:1"))
    let plain = allocator.addFramework(roles: ["r"])
    let capable = allocator.addFramework(roles: ["r"], capabilities: [.gpuResources])
    #expect(allocator.run().map(\.framework) == [filter ? capable : plain])
  }

  @Test func agentsOfAnotherRegionNeedTheCapability() {
    let here = FaultDomain(region: "here", zone: "z")
    var allocator = Allocator(Allocator.Options(domain: here), seed: 1)
    _ = allocator.addAgent(total: bag("cpus:1"), domain: FaultDomain(region: "there", zone: "z"))
    let near = allocator.addAgent(total: bag("cpus:1"), domain: FaultDomain(region: "here", zone: "y"))
    _ = allocator.addFramework(roles: ["r"])
    #expect(allocator.run().map(\.agent) == [near])
    _ = allocator.addFramework(roles: ["r"], capabilities: [.regionAware])
    #expect(allocator.run().count == 1)
  }

  @Test(arguments: [
    ("cpus:0.009;mem:31", false), ("cpus:0.01", true), ("mem:32", true), ("disk:1000;ports:[1-9]", false),
  ])
  func crumbsAreNotOffered(total: String, isOffered: Bool) {
    var allocator = Allocator(seed: 1)
    _ = allocator.addAgent(total: bag(total))
    _ = allocator.addFramework(roles: ["r"])
    #expect(allocator.run().isEmpty == !isOffered)
  }

  @Test mutating func aFrameworkSaysWhatIsOfUseToItInARole() {
    let filter = OfferFilter(
      role: "r",
      minimalQuantities: [
        [ResourceQuantity("cpus", Scalar(2)), ResourceQuantity("ports", Scalar(2))],
        [ResourceQuantity("licences", Scalar(1))],
      ])
    _ = allocator.addAgent(total: bag("cpus:2;ports:[1-1]"))
    let ports = allocator.addAgent(total: bag("cpus:2;ports:[1-1,3-3]"))
    let licence = allocator.addAgent(total: bag("licences:1"))
    let framework = allocator.addFramework(roles: ["r"], offerFilters: [filter])
    #expect(Set(allocator.run().map(\.agent)) == [ports, licence])
    allocator.updateFramework(framework, roles: ["r"], suppressed: [], capabilities: [], offerFilters: [])
    #expect(allocator.run().count == 1)
  }

  @Test mutating func aRoleThatIsNoLongerSuppressedIsOfferedAgainWhatItDeclined() throws {
    func update(_ suppressed: [String], _ framework: FrameworkSlot, _ allocator: inout Allocator) {
      allocator.updateFramework(
        framework, roles: ["r", "s"], suppressed: suppressed, capabilities: [], offerFilters: [])
    }
    _ = allocator.addAgent(total: bag("cpus:1;mem:100"))
    let framework = allocator.addFramework(roles: ["r", "s"])
    for _ in 0..<2 { allocator.decline(try #require(allocator.run().first), refuse: .seconds(86400)) }
    update([], framework, &allocator)
    #expect(allocator.run().isEmpty, "an update alone revives nothing")
    update(["r"], framework, &allocator)
    update([], framework, &allocator)
    #expect(allocator.run().map { allocator.roleName($0.role) } == ["r"])
  }

  @Test mutating func aFrameworkMayTakeWhateverThereIs() {
    _ = allocator.addAgent(total: bag("cpus:0.005;mem:16;disk:128"))
    _ = allocator.addFramework(roles: ["r"])
    #expect(allocator.run().isEmpty)
    let modest = allocator.addFramework(
      roles: ["r"], offerFilters: [OfferFilter(role: "r", minimalQuantities: [])])
    #expect(allocator.run().map(\.framework) == [modest])
  }

  @Test func offersStopAtTheLimitAndGoOnBelow() throws {
    var allocator = Allocator(Allocator.Options(maxOutstandingOffers: 2), seed: 1)
    for _ in 0..<5 { _ = allocator.addAgent(total: bag("cpus:1")) }
    let framework = allocator.addFramework(roles: ["r", "s"])
    let offers = allocator.run()
    #expect(offers.count == 2)
    #expect(allocator.run().isEmpty)
    let reasons = allocator.explain(framework, now: .zero).map(\.reason)
    #expect(
      reasons.filter { $0 == .outstandingLimit }.count == 3 && reasons.filter { $0 == .offered }.count == 2)
    allocator.accept(offers[0], bag("cpus:1"))
    #expect(allocator.run().count == 1)
    #expect(allocator.outstandingOffers(framework) == 2)
    let other = allocator.addFramework(roles: ["r"])
    #expect(allocator.run().map(\.framework) == [other, other])
  }

  @Test func theLimitHoldsWithinOneAgent() {
    var allocator = Allocator(Allocator.Options(maxOutstandingOffers: 1), seed: 1)
    _ = allocator.addAgent(total: bag("cpus(a):1;cpus(b):1"))
    _ = allocator.addFramework(roles: ["a", "b"])
    #expect(allocator.run().count == 1)
  }

  @Test mutating func nothingIsOfferedFromADeactivatedAgent() {
    let agent = allocator.addAgent(total: bag("cpus:1"))
    allocator.setActive(agent, false)
    _ = allocator.addFramework(roles: ["r"])
    #expect(allocator.run().isEmpty)
    allocator.setActive(agent, true)
    #expect(allocator.run().count == 1)
  }

  @Test mutating func explainGivesOneReasonForEachAgent() throws {
    let total = bag("cpus:1;mem:100")
    let declined = allocator.addAgent(total: total)
    let framework = allocator.addFramework(roles: ["r"])
    allocator.decline(try #require(allocator.run().first), refuse: .seconds(9))
    #expect(allocator.run().isEmpty)
    let inactive = allocator.addAgent(total: total)
    allocator.setActive(inactive, false)
    let crumb = allocator.addAgent(total: bag("mem:1"))
    let reserved = allocator.addAgent(total: bag("cpus(x):1"))
    let gpu = allocator.addAgent(total: bag("cpus:1;gpus:1"))
    let offered = allocator.addAgent(total: total)
    #expect(allocator.run().map(\.agent) == [offered])
    let busy = allocator.addAgent(total: total)
    allocator.addUsed(busy, framework, role: "other", total)
    let free = allocator.addAgent(total: total)

    let reasons = allocator.explain(framework, now: .zero)
    let expected: [AgentSlot: OfferReason] = [
      declined: .filtered(until: at(9)), inactive: .agentInactive, crumb: .tooSmall(resource: "cpus"),
      reserved: .reserved(role: "x"), gpu: .gpuOnly, offered: .offered, busy: .allocatedElsewhere,
      free: .available,
    ]
    #expect(reasons.count == expected.count)
    for (agent, reason) in reasons { #expect(expected[agent] == reason) }
    // A filter that is over, and that no run has dropped yet, is no reason.
    #expect(allocator.explain(framework, now: at(9)).first { $0.agent == declined }?.reason == .available)
    allocator.suppress(framework)
    #expect(allocator.explain(framework, now: .zero).filter { $0.reason == .suppressed }.count == 7)
    allocator.setActive(framework, false)
    #expect(allocator.explain(framework, now: .zero).filter { $0.reason == .frameworkInactive }.count == 7)
  }
}
