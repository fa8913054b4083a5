// Weights that operators set, and what they are told of roles.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaMaster

@Suite struct RoleTests {
  private var cluster: OperatedMaster

  init() throws {
    cluster = try OperatedMaster(Resources(parsing: "cpus(db/hot):2;cpus:8;mem:1000;ports:[1-10]"))
  }

  private mutating func roles() -> [RoleDescription]? {
    if case .response(.roles(let roles))? = cluster.ask(.getRoles).outcome { roles } else { nil }
  }

  private mutating func weights() -> [RoleWeight]? {
    if case .response(.weights(let weights))? = cluster.ask(.getWeights).outcome { weights } else { nil }
  }

  // MARK: Weights

  @Test mutating func aWeightIsSetAndRead() {
    let weights = [RoleWeight(role: "web", weight: 2.5), RoleWeight(role: "eng/ci", weight: 0.5)]
    #expect(self.weights() == [])
    #expect(cluster.ask(.updateWeights(weights)).outcome == .response(.done))
    #expect(self.weights() == weights.reversed())
    #expect(cluster.lone.master.allocator.weight("web") == 2.5)
  }

  @Test(arguments: [
    (RoleWeight(role: "web", weight: 0), " for role 'web': Invalid weight '0': Weights must be positive"),
    (RoleWeight(role: "web", weight: -2), " for role 'web': Invalid weight '-2.0': Weights must be positive"),
    (
      RoleWeight(role: "web", weight: .nan), " for role 'web': Invalid weight 'nan': Weights must be positive"
    ),
    (
      RoleWeight(role: "web", weight: .infinity),
      " for role 'web': Invalid weight 'inf': Weights must be from 0.000001 to 1000000"
    ),
    (
      RoleWeight(role: "-web", weight: 1),
      ": Invalid role '-web': Role component '-web' is invalid because it starts with a dash"
    ),
    (RoleWeight(role: "", weight: 1), ": Invalid role '': Role names cannot be the empty string"),
  ])
  mutating func aWeightThatMakesNoSenseIsRefused(_ weight: RoleWeight, _ problem: String) {
    #expect(
      cluster.refusal(.updateWeights([RoleWeight(role: "good", weight: 2), weight]))
        == CallError(.badRequest, "Failed to validate update weights request JSON\(problem)"))
    #expect(weights() == [])
  }

  @Test mutating func aRoleThatIsNotAllowedHasNoWeight() throws {
    var configuration = MasterConfiguration()
    configuration.roles = ["web"]
    cluster = try OperatedMaster("cpus:1", configuration)
    #expect(
      cluster.refusal(.updateWeights([RoleWeight(role: "eng", weight: 1)]))?.message
        == "Failed to validate update weights request JSON: Unknown role 'eng'")
  }

  @Test mutating func aWeightHoldsOnceItIsWrittenDown() {
    cluster.lone.stores = false
    let (outcome, effects) = cluster.ask(.updateWeights([RoleWeight(role: "web", weight: 3)]))
    #expect(outcome == nil)
    #expect(cluster.lone.master.allocator.weight("web") == 1)
    guard case .store(let token, .updateWeights)? = effects.first else {
      Issue.record("nothing was written: \(effects)")
      return
    }
    cluster.lone.handle(.local(.stored(token)))
    #expect(cluster.lone.master.allocator.weight("web") == 3)
  }

  @Test mutating func offersAreMadeAnewWhenARoleInUseGetsAWeight() throws {
    let session = cluster.lone.open(.framework)
    _ = try cluster.lone.subscribed(FrameworkInfo(name: "f", role: "web"), on: session)
    let other = cluster.ask(.updateWeights([RoleWeight(role: "unused", weight: 3)])).effects
    #expect(other.compactMap { $0.event(to: session)?.name } == [])
    let effects = cluster.ask(.updateWeights([RoleWeight(role: "web", weight: 3)])).effects
    #expect(effects.compactMap { $0.event(to: session)?.name } == ["RESCIND", "OFFERS"])
  }

  // MARK: Roles

  @Test mutating func aRoleIsThereWhileItIsUsedOrSomethingIsSetForIt() throws {
    #expect(roles()?.map(\.name) == ["db", "db/hot"])
    let session = cluster.lone.open(.framework)
    let id = try cluster.lone.subscribed(
      FrameworkInfo(name: "f", roles: ["web", "eng/ci"], capabilities: [.multiRole]), on: session)
    _ = cluster.ask(.updateWeights([RoleWeight(role: "heavy", weight: 5)]))
    _ = cluster.ask(.update(QuotaConfig("small", limits: ["cpus": 1])))
    #expect(roles()?.filter { $0.frameworks == [id] }.map(\.name) == ["eng/ci", "web"])
    #expect(roles()?.first { $0.name == "heavy" } == RoleDescription("heavy", weight: 5))
    #expect(
      roles()?.first { $0.name == "small" }?.quota == Quota(limits: [ResourceQuantity("cpus", Scalar(1))]))
    cluster.lone.call(.teardown, of: id, on: session)
    #expect(roles()?.map(\.name) == ["db", "db/hot", "heavy", "small"])
  }

  @Test mutating func theRolesThatAreAllowedAreTold() throws {
    var configuration = MasterConfiguration()
    configuration.roles = ["web", "eng"]
    cluster = try OperatedMaster("cpus:1", configuration)
    #expect(roles()?.map(\.name) == ["eng", "web"])
  }

  @Test mutating func aRoleHoldsWhatTheRolesBelowItHold() throws {
    let session = cluster.lone.open(.framework)
    _ = try cluster.lone.subscribed(FrameworkInfo(name: "f", role: "db/hot"), on: session)
    let found = try #require(roles())
    #expect(found.map(\.name) == ["db", "db/hot"])
    for role in found {
      #expect(role.reserved.text == "cpus:2")
      #expect(role.offered.text == "cpus:10; mem:1000; ports:10")
      #expect(role.allocated.isEmpty)
      #expect(role.consumed.text == "cpus:2", "what is reserved counts, what is only offered does not")
    }
  }

  @Test mutating func whatIsReservedAndUsedCountsOnce() throws {
    let session = cluster.lone.open(.framework)
    let effects = cluster.lone.call(
      .subscribe(.init(FrameworkInfo(name: "f", role: "db/hot"))), of: nil, on: session)
    var offer: Offer?
    for effect in effects {
      if case .offers(let offers)? = effect.event(to: session) { offer = offers.first }
    }
    let made = try #require(offer)
    let need = try Resources(parsing: "cpus(db/hot):1.5;cpus:3;mem:100").allocated(to: "db/hot")
    let task = TaskInfo(
      name: "t", id: TaskID("t"), agentID: made.agentID, resources: need, command: .shell("true"))
    cluster.lone.call(
      .accept(.init([made.id], [Operation(.launch([task]))])), of: made.frameworkID, on: session)
    let role = try #require(roles()?.first { $0.name == "db" })
    #expect(role.allocated.text == "cpus:4.5; mem:100")
    #expect(role.consumed.text == "cpus:5; mem:100")
    #expect(
      cluster.refusal(.update(QuotaConfig("db", limits: ["cpus": 4.9])))?.message.contains(
        "is already consuming 'cpus:5; mem:100'") == true)
    #expect(cluster.refusal(.update(QuotaConfig("db", limits: ["cpus": 5]))) == nil)
  }

  @Test(arguments: [("a/b/c", "a/b"), ("a", nil), ("*", nil)])
  func aRoleLiesBelowItsParent(role: String, parent: String?) { #expect(Role.parent(of: role) == parent) }
}
