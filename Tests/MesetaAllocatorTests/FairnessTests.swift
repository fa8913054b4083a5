import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaAllocator

@Suite struct FairnessTests {
  /// Plays DRF's progressive filling: whoever is offered something takes one task's worth, until nobody can.
  func fill(_ allocator: inout Allocator, _ tasks: [(framework: FrameworkSlot, task: String)]) -> [Int] {
    var counts = tasks.map { _ in 0 }
    while true {
      let offers = allocator.run()
      if offers.isEmpty { return counts }
      for offer in offers {
        guard let index = tasks.firstIndex(where: { $0.framework == offer.framework }) else { continue }
        let task = bag(tasks[index].task)
        if offer.resources.contains(task) {
          counts[index] += 1
          allocator.accept(offer, task)
        } else {
          allocator.decline(offer, refuse: .seconds(1000))
        }
      }
    }
  }

  @Test func theExampleOfThePaperComesOutExactly() {
    var allocator = Allocator(seed: 1)
    _ = allocator.addAgent(total: bag("cpus:9;mem:18000"))
    let a = allocator.addFramework(roles: ["a"])
    let b = allocator.addFramework(roles: ["b"])
    #expect(fill(&allocator, [(a, "cpus:1;mem:4000"), (b, "cpus:3;mem:1000")]) == [3, 2])
  }

  /// The table of the paper: who takes a task in each step, and the dominant shares of a and b after it.
  @Test func theExampleOfThePaperComesOutTaskByTask() throws {
    var allocator = Allocator(seed: 1)
    let agent = allocator.addAgent(total: bag("cpus:9;mem:18000"))
    // Of equals who came first begins: b, as in the paper.
    let frameworks = [allocator.addFramework(roles: ["b"]), allocator.addFramework(roles: ["a"])]
    let tasks = [bag("cpus:3;mem:1000"), bag("cpus:1;mem:4000")]
    var steps: [String] = []
    for _ in 0..<5 {
      let offer = try #require(allocator.run().first)
      let index = try #require(frameworks.firstIndex(of: offer.framework))
      allocator.accept(offer, tasks[index])
      let shares = ["a", "b"].map { name in
        Int((allocator.role(name).map(allocator.dominantShare) ?? 0) * 18 + 0.5)
      }
      steps.append("\(index == 0 ? "b" : "a"): \(shares[0])/18 \(shares[1])/18")
    }
    #expect(
      steps == ["b: 0/18 6/18", "a: 4/18 6/18", "a: 8/18 6/18", "b: 8/18 12/18", "a: 12/18 12/18"])
    #expect(allocator.unallocated(agent) == bag("mem:4000"), "the cpus are used up")
  }

  @Test func frameworksOfOneRoleShareByTheSameRule() {
    var allocator = Allocator(seed: 1)
    _ = allocator.addAgent(total: bag("cpus:9;mem:18000"))
    let a = allocator.addFramework(roles: ["r"])
    let b = allocator.addFramework(roles: ["r"])
    #expect(fill(&allocator, [(a, "cpus:1;mem:4000"), (b, "cpus:3;mem:1000")]) == [3, 2])
  }

  @Test func aRoleOfWeightTwoGetsTwiceTheShare() {
    var allocator = Allocator(seed: 1)
    allocator.setWeight("b", 2)
    for _ in 0..<30 { _ = allocator.addAgent(total: bag("cpus:1;mem:1000")) }
    let a = allocator.addFramework(roles: ["a"])
    let b = allocator.addFramework(roles: ["b"])
    #expect(fill(&allocator, [(a, "cpus:1;mem:1000"), (b, "cpus:1;mem:1000")]) == [10, 20])
  }

  @Test func aWeightIsChangedWhileTheRoleIsInUse() throws {
    var allocator = Allocator(seed: 1)
    let a = allocator.addFramework(roles: ["a"])
    let b = allocator.addFramework(roles: ["b"])
    for _ in 0..<10 { _ = allocator.addAgent(total: bag("cpus:1;mem:1000")) }
    #expect(fill(&allocator, [(a, "cpus:1;mem:1000"), (b, "cpus:1;mem:1000")]) == [5, 5])
    allocator.setWeight("a", 3)
    for _ in 0..<10 { _ = allocator.addAgent(total: bag("cpus:1;mem:1000")) }
    #expect(fill(&allocator, [(a, "cpus:1;mem:1000"), (b, "cpus:1;mem:1000")]) == [10, 0])
    #expect(allocator.dominantShare(try #require(allocator.role("a"))) == 0.75)
  }

  @Test func ofEqualsWhoWasServedLessOftenIsFirst() {
    var allocator = Allocator(seed: 1)
    _ = allocator.addAgent(total: bag("cpus:1;mem:1000"))
    let frameworks = (0..<3).map { _ in allocator.addFramework(roles: ["r"]) }
    var order: [FrameworkSlot] = []
    for _ in 0..<6 {
      for offer in allocator.run() {
        order.append(offer.framework)
        allocator.decline(offer)
      }
    }
    #expect(order == frameworks + frameworks)
  }

  @Test func excludedNamesCountTowardsNoShare() throws {
    var allocator = Allocator(Allocator.Options(fairSharingExcluded: ["gpus"]), seed: 1)
    let agent = allocator.addAgent(total: bag("cpus:10;mem:1000;gpus:2;licences:4"))
    let framework = allocator.addFramework(roles: ["r"])
    let added = allocator.addUsed(agent, framework, role: "r", bag("cpus:1;gpus:2;licences:1"))
    let role = try #require(added)
    #expect(allocator.dominantShare(role) == 0.25)
  }

  @Test func whatIsExcludedDoesNotDecideWhoIsServed() {
    var allocator = Allocator(Allocator.Options(fairSharingExcluded: ["gpus"]), seed: 1)
    _ = allocator.addAgent(total: bag("cpus:1;mem:512;gpus:1"))
    let one = allocator.addFramework(roles: ["one"], capabilities: [.gpuResources])
    #expect(allocator.run().map(\.framework) == [one])
    let two = allocator.addFramework(roles: ["two"])
    _ = allocator.addAgent(total: bag("cpus:2;mem:1024"))
    #expect(allocator.run().map(\.framework) == [two])
    // It has all gpus, but the smaller share of all else.
    _ = allocator.addAgent(total: bag("cpus:1;mem:512"))
    #expect(allocator.run().map(\.framework) == [one])
  }

  @Test func whatIsReservedCountsTowardsTheShareOfItsRole() {
    var allocator = Allocator(seed: 1)
    _ = allocator.addAgent(total: bag("cpus:1;mem:512;cpus(one):100;mem(one):1024"))
    let first = allocator.addFramework(roles: ["one"])
    #expect(allocator.run().map(\.framework) == [first])
    let other = allocator.addFramework(roles: ["two"])
    for _ in 0..<2 {
      _ = allocator.addAgent(total: bag("cpus:2;mem:512"))
      #expect(allocator.run().map(\.framework) == [other])
    }
    let second = allocator.addFramework(roles: ["one"])
    _ = allocator.addAgent(total: bag("cpus(one):2;mem(one):1024"))
    #expect(allocator.run().map(\.framework) == [second])
  }

  @Test func aFrameworkOfSeveralRolesIsOfferedPerRole() {
    var allocator = Allocator(seed: 1)
    for _ in 0..<4 { _ = allocator.addAgent(total: bag("cpus:1;mem:1000")) }
    _ = allocator.addFramework(roles: ["a", "b"])
    let roles = allocator.run().map { allocator.roleName($0.role) }
    #expect(roles.filter { $0 == "a" }.count == 2)
    #expect(roles.filter { $0 == "b" }.count == 2)
  }

  @Test func rolesComeAndGoWithUse() throws {
    var allocator = Allocator(seed: 1)
    let agent = allocator.addAgent(total: bag("cpus:4;mem:1000"))
    let framework = allocator.addFramework(roles: ["a"])
    let added = allocator.addUsed(agent, framework, role: "a", bag("cpus:1"))
    let old = try #require(added)
    allocator.updateFramework(framework, roles: ["b"], suppressed: [], capabilities: [], offerFilters: [])
    #expect(allocator.roleName(old) == "a")  // something is still used in it
    #expect(allocator.run().map { allocator.roleName($0.role) } == ["b"])
    allocator.recoverUsed(agent, framework, old, bag("cpus:1"))
    #expect(allocator.roleName(old) == nil)
    #expect(allocator.role("a") == nil)
    allocator.checkConservation()
  }

  @Test func theSameSeedGivesTheSameOffers() {
    func play(_ seed: UInt64) -> [AgentSlot] {
      var allocator = Allocator(seed: seed)
      for _ in 0..<50 { _ = allocator.addAgent(total: bag("cpus:1;mem:1000")) }
      for index in 0..<7 { _ = allocator.addFramework(roles: ["r\(index % 3)"]) }
      return (0..<3).flatMap { _ in
        let offers = allocator.run()
        for offer in offers { allocator.decline(offer) }
        return offers.map(\.agent)
      }
    }
    #expect(play(1) == play(1))
    #expect(play(1) != play(2))
  }
}
