import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaAllocator

/// Who is served before whom, in a tree of roles with weights, as shares change.
@Suite struct ShareOrderTests {
  @Test(arguments: ["cpus", "mem", "disk", "gpus", "tokens"])
  func theSmallestPartOfAnyResourceIsAShareOfIt(name: String) {
    var dimensions = Dimensions()
    dimensions.enter(bag("\(name):1"))
    func amounts(_ text: String) -> Quantities { dimensions.amounts(of: bag("\(name):\(text)")).all }
    #expect(dimensions.dominantShare(of: amounts("0.001"), in: amounts("0.004")) == 0.25)
    #expect(dimensions.dominantShare(of: Quantities(), in: amounts("1")) == 0)
  }

  var allocator = Allocator(seed: 1)
  let agent: AgentSlot
  /// One framework a role.
  private var members: [String: (framework: FrameworkSlot, role: RoleSlot?)] = [:]

  init() {
    agent = allocator.addAgent(total: bag("cpus:100;mem:100"))
  }

  /// Lets a framework join a role, and gives it tasks of so many cpus and so much memory.
  private mutating func join(_ role: String, _ amount: Double = 0) {
    members[role] = (allocator.addFramework(roles: [role]), nil)
    take(role, amount)
  }

  private mutating func take(_ role: String, _ amount: Double) {
    if amount > 0 { take(role, bag("cpus:\(amount);mem:\(amount)")) }
  }

  private mutating func take(_ role: String, _ resources: Resources) {
    guard let framework = members[role]?.framework else { return }
    members[role]?.role = allocator.addUsed(agent, framework, role: role, resources)
  }

  private mutating func give(_ role: String, _ resources: Resources) {
    guard let member = members[role], let slot = member.role else { return }
    allocator.recoverUsed(agent, member.framework, slot, resources)
  }

  private mutating func give(_ role: String, _ amount: Double) {
    give(role, bag("cpus:\(amount);mem:\(amount)"))
  }

  private mutating func leave(_ role: String) {
    guard let member = members.removeValue(forKey: role) else { return }
    if let slot = member.role {
      allocator.recoverUsed(agent, member.framework, slot, allocator.used(by: member.framework))
    }
    allocator.removeFramework(member.framework)
  }

  /// The roles of the frameworks that want offers, in the order in which they are served.
  private var order: [String] {
    var copy = allocator
    copy.sortStale()
    var roles: [String] = []
    copy.eachCandidate { allocator, index in
      roles.append(allocator.roles[Int(allocator.subscriptions[Int(index)].role.index)].name)
      return true
    }
    return roles
  }

  // MARK: Shares and weights

  @Test mutating func whoHasLessIsServedFirst() {
    join("a", 5)
    join("b", 6)
    #expect(order == ["a", "b"])
    join("c", 1)
    join("d")
    take("d", bag("cpus:3;mem:1"))
    #expect(order == ["c", "d", "a", "b"])
    leave("a")
    give("b", 4)
    #expect(order == ["c", "b", "d"])
    allocator.suppress(members["b"]?.framework ?? FrameworkSlot(index: 9, generation: 9))
    #expect(order == ["c", "d"])
  }

  @Test mutating func aWeightDividesTheShare() {
    join("a", 5)
    allocator.setWeight("b", 2)
    join("b", 6)
    join("c", 4)
    allocator.setWeight("d", 10)
    join("d")
    take("d", bag("cpus:10;mem:20"))
    #expect(order == ["d", "b", "c", "a"])
    take("d", bag("cpus:10;mem:25"))
    #expect(order == ["b", "c", "d", "a"])
    allocator.setWeight("b", 1)
    #expect(order == ["c", "d", "a", "b"])
    allocator.setWeight("e", 0.1)
    join("e", 1)
    #expect(order.last == "e")
  }

  @Test mutating func theOrderFollowsTheTotal() {
    join("a")
    take("a", bag("cpus:20;mem:1"))
    join("b")
    take("b", bag("cpus:10;mem:3"))
    #expect(order == ["b", "a"])
    allocator.updateAgent(agent, total: bag("cpus:1000;mem:10"))
    #expect(order == ["a", "b"])
    _ = allocator.addAgent(total: bag("mem:1000"))
    #expect(order == ["b", "a"])
  }

  @Test mutating func theOrderFollowsATotalThatShrinksWithWhatIsUsed() {
    allocator.updateAgent(agent, total: bag("cpus:10"))
    join("a")
    take("a", bag("cpus:6"))
    join("b")
    take("b", bag("cpus:4"))
    #expect(order == ["b", "a"])
    give("a", bag("cpus:5"))
    allocator.updateAgent(agent, total: bag("cpus:5"))
    #expect(order == ["a", "b"])
  }

  @Test mutating func revocableResourcesCountTowardsShares() {
    allocator.updateAgent(agent, total: bag("cpus:10;mem:100;cpus{REV}:10"))
    join("a")
    take("a", bag("cpus:2;mem:1"))
    join("b")
    take("b", bag("cpus:1;mem:1;cpus{REV}:9"))
    #expect(order == ["a", "b"])
    #expect(members["b"]?.role.map { allocator.dominantShare($0) } == 0.5)
  }

  @Test mutating func volumesAndPlainDiskAddUpToOneShare() {
    let volumes = Resources(
      ["v", "w"].map {
        Resource(
          "disk", .scalar(Scalar(5)),
          traits: ResourceTraits(
            reservations: [Reservation(.dynamic, role: "b")],
            disk: DiskInfo(persistence: DiskInfo.Persistence(id: $0))))
      })
    allocator.updateAgent(agent, total: bag("cpus:100;mem:100;disk:90") + volumes)
    join("a")
    take("a", bag("disk:9"))
    join("b")
    take("b", volumes)
    #expect(order == ["a", "b"])
  }

  // MARK: Shared resources

  @Test mutating func everyoneWhoUsesASharedVolumeIsChargedForAllOfIt() {
    let volume = sharedVolume(100, role: "top")
    allocator.updateAgent(agent, total: bag("cpus:100;mem:100;disk:900") + volume)
    join("top/a")
    take("top/a", bag("cpus:5;mem:5") + volume)
    join("top/b", 6)
    #expect(order == ["top/b", "top/a"])
    join("top/c")
    take("top/c", bag("cpus:1;mem:1") + volume)
    #expect(order == ["top/b", "top/a", "top/c"])
    for role in ["top/a", "top/c"] {
      #expect(members[role]?.role.map { allocator.dominantShare($0) } == 0.1)
    }
  }

  @Test mutating func whoUsesASharedVolumeSeveralTimesIsChargedOnce() {
    let volume = sharedVolume(100, role: "top")
    allocator.updateAgent(agent, total: bag("cpus:100;mem:100;disk:900") + volume)
    join("top/a", 2)
    join("top/b", 6)
    for _ in 0..<3 { take("top/a", volume) }
    #expect(order == ["top/b", "top/a"])
    give("top/a", volume)
    #expect(order == ["top/b", "top/a"])
    give("top/a", volume)
    give("top/a", volume)
    #expect(order == ["top/a", "top/b"])
  }

  // MARK: Equals

  @Test mutating func ofEqualsWhoGotFewerOffersIsFirstAlsoAfterAPause() throws {
    for role in ["a", "b", "c"] { join(role) }
    for offer in allocator.run() { allocator.decline(offer) }
    for offer in allocator.run() { allocator.decline(offer) }
    #expect(order == ["c", "a", "b"])
    let framework = try #require(members["a"]?.framework)
    allocator.suppress(framework)
    allocator.revive(framework)
    #expect(order == ["c", "a", "b"])
    allocator.setActive(framework, false)
    allocator.setActive(framework, true)
    #expect(order == ["c", "a", "b"])
  }

  // MARK: The tree

  @Test mutating func theOrderIsThatOfTheTree() {
    for role in ["a/b", "c", "d", "d/e"] { join(role) }
    #expect(order == ["a/b", "c", "d", "d/e"])
    take("c", 8)
    #expect(order == ["a/b", "d", "d/e", "c"])
    take("d", 3)
    take("d/e", 2)
    #expect(order == ["a/b", "d/e", "d", "c"])
    take("a/b", 6)
    #expect(order == ["d/e", "d", "a/b", "c"])
  }

  @Test mutating func aRoleCompetesWithAllThatIsBelowIt() {
    join("a", 6)
    join("b/c", 4)
    join("b/d", 3)
    #expect(order == ["a", "b/d", "b/c"])
    take("a", 2)
    #expect(order == ["b/d", "b/c", "a"])
    join("b/e/f", 3.5)
    #expect(order == ["a", "b/d", "b/e/f", "b/c"])
    leave("b/e/f")
    #expect(order == ["b/d", "b/c", "a"])
    give("b/c", 3)
    #expect(order == ["b/c", "b/d", "a"])
  }

  @Test mutating func howDeepARoleStandsMakesNoDifference() {
    join("a/a/a/a/a", 5)
    join("b/b/b/b", 6)
    join("c/c/c", 1)
    join("d/d", 3)
    #expect(order == ["c/c/c", "d/d", "a/a/a/a/a", "b/b/b/b"])
    leave("a/a/a/a/a")
    give("b/b/b/b", 4)
    #expect(order == ["c/c/c", "b/b/b/b", "d/d"])
    #expect(allocator.role("a") == nil)
  }

  @Test mutating func aRoleThatGetsARoleBelowItBecomesItsSibling() {
    join("a", 10)
    join("b", 6)
    #expect(order == ["b", "a"])
    join("a/c", 5)
    #expect(order == ["b", "a/c", "a"])
    leave("a")
    #expect(order == ["a/c", "b"])
    join("a", 10)
    #expect(order == ["b", "a/c", "a"])
    allocator.setWeight("a/c", 0.2)
    #expect(order == ["b", "a", "a/c"])
    allocator.setWeight("a", 3)
    #expect(order == ["a", "a/c", "b"])
  }

  @Test mutating func aRoleThatWantsNothingLeavesItsPlaceToThoseBelow() throws {
    join("a", 10)
    join("b", 6)
    allocator.setActive(try #require(members["a"]?.framework), false)
    #expect(order == ["b"])
    join("a/c", 5)
    #expect(order == ["b", "a/c"])
    leave("a/c")
    #expect(order == ["b"])
  }

  @Test mutating func theWeightOfAnInnerRoleIsThatOfAllBelowIt() {
    allocator.setWeight("b", 3)
    allocator.setWeight("a", 2)
    join("a/x", 10)
    join("b/y", 10)
    #expect(order == ["b/y", "a/x"])
    join("b/z", 4)
    #expect(order == ["b/z", "b/y", "a/x"])
    join("b", 3)
    #expect(order == ["a/x", "b", "b/z", "b/y"])
    join("a/zz", 1)
    #expect(order == ["a/zz", "a/x", "b", "b/z", "b/y"])
  }
}
