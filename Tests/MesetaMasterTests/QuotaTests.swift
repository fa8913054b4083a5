// Quotas as operators set them: what is refused and why, when they hold, and whose offers are taken back.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaMaster

/// A cluster of one agent and an operator.
struct OperatedMaster {
  var lone: LoneMaster
  private var operatorSession: SessionID
  private var agentSession: SessionID

  init(_ resources: Resources = "cpus:10;mem:1000", _ configuration: MasterConfiguration = .init()) throws {
    lone = LoneMaster(configuration)
    operatorSession = lone.open(.operator)
    agentSession = lone.open(.agent)
    _ = try lone.registered(resources, on: agentSession)
  }

  /// What the operator is answered, with all that comes of the call.
  mutating func ask(_ call: OperatorCall) -> (outcome: Outcome?, effects: [MasterEffect]) {
    let effects = lone.say(.operatorCall(call, request: 1), on: operatorSession)
    return (Self.outcome(effects), effects)
  }

  static func outcome(_ effects: [MasterEffect]) -> Outcome? {
    effects.lazy.compactMap { if case .respond(_, let outcome) = $0 { outcome } else { nil } }.first
  }

  /// Why the call was refused; nil if it was not.
  mutating func refusal(_ call: OperatorCall) -> CallError? {
    if case .failed(let error)? = ask(call).outcome { error } else { nil }
  }

  mutating func quotas() -> [RoleQuota]? {
    if case .response(.quota(let quotas))? = ask(.getQuota).outcome { quotas } else { nil }
  }
}

extension QuotaConfig {
  init(
    _ role: String, _ guarantees: KeyValuePairs<String, Double> = [:],
    limits: KeyValuePairs<String, Double> = [:]
  ) {
    self.init(
      role: role, guarantees: guarantees.map { WrittenQuantity($0.key, $0.value) },
      limits: limits.map { WrittenQuantity($0.key, $0.value) })
  }
}

extension OperatorCall {
  static func update(_ configs: QuotaConfig..., force: Bool = false) -> OperatorCall {
    .updateQuota(configs, isForced: force)
  }
}

@Suite struct QuotaTests {
  private var cluster: OperatedMaster

  init() throws { cluster = try OperatedMaster() }

  // MARK: What is wrong whatever the cluster is

  @Test(arguments: [
    (
      QuotaConfig("/eng", limits: ["cpus": 1]),
      "Invalid 'QuotaConfig.role': Role '/eng' cannot start with a slash"
    ),
    (
      QuotaConfig("", limits: ["cpus": 1]),
      "Invalid 'QuotaConfig.role': Role names cannot be the empty string"
    ),
    (
      QuotaConfig("eng", ["cpus": -1]),
      "Invalid guarantee configuration {'cpus': -1.0}: Negative values not supported"
    ),
    (
      QuotaConfig("eng", limits: ["cpus": .nan]),
      "Invalid limit configuration {'cpus': nan}: NaN not supported"
    ),
    (
      QuotaConfig("eng", limits: ["cpus": .infinity]),
      "Invalid limit configuration {'cpus': inf}: Infinite values not supported"
    ),
    (
      QuotaConfig("eng", limits: ["": 1]),
      "Invalid limit configuration {'': 1}: Resource names must not be empty"
    ),
    (
      QuotaConfig("eng", limits: ["mem": 1e12]),
      "Invalid 'QuotaConfig.limits': {'mem': 1000000000000.0} is invalid: values greater than 9 billion "
        + "(9000000000) are not supported"
    ),
    (
      QuotaConfig("eng", ["cpus": 1e300]),
      "Invalid 'QuotaConfig.guarantees': {'cpus': 1e+300} is invalid: values greater than 9 billion "
        + "(9000000000) are not supported"
    ),
    (
      QuotaConfig("eng", ["cpus": 2], limits: ["cpus": 1]),
      "'QuotaConfig.guarantees' { cpus: 2 } is not contained within the 'QuotaConfig.limits' { cpus: 1 }"
    ),
  ])
  mutating func aQuotaThatMakesNoSenseIsRefused(_ config: QuotaConfig, _ problem: String) {
    #expect(
      cluster.refusal(.update(config, force: true))
        == CallError(.badRequest, "Invalid QuotaConfig: \(problem)"))
    #expect(cluster.quotas() == [])
  }

  @Test mutating func aRoleIsNamedOnce() {
    let refusal = cluster.refusal(
      .update(QuotaConfig("eng", limits: ["cpus": 1]), QuotaConfig("eng", limits: ["cpus": 2])))
    #expect(refusal?.message == "Invalid QuotaConfig: duplicate roles { eng }")
  }

  @Test mutating func aRoleThatIsNotAllowedGetsNone() throws {
    var configuration = MasterConfiguration()
    configuration.roles = ["web"]
    cluster = try OperatedMaster("cpus:1", configuration)
    #expect(
      cluster.refusal(.update(QuotaConfig("eng", limits: ["cpus": 1])))?.message
        == "Invalid QuotaConfig: 'eng' is not on the roles whitelist")
    #expect(cluster.refusal(.update(QuotaConfig("web", limits: ["cpus": 1]))) == nil)
  }

  // MARK: What a cluster can keep

  @Test mutating func aQuotaIsSetReadAndTakenAway() {
    #expect(
      cluster.ask(.update(QuotaConfig("eng", ["cpus": 2], limits: ["cpus": 4]))).outcome == .response(.done))
    let quota = Quota(
      guarantees: [ResourceQuantity("cpus", Scalar(2))], limits: [ResourceQuantity("cpus", Scalar(4))])
    #expect(cluster.quotas() == [RoleQuota("eng", quota)])
    #expect(cluster.lone.master.allocator.quota("eng") == quota)
    _ = cluster.ask(.update(QuotaConfig("eng")))
    #expect(cluster.quotas() == [])
    #expect(cluster.lone.master.allocator.quota("eng") == nil)
  }

  @Test mutating func severalRolesAreSetAtOnceOrNoneIs() {
    let good = QuotaConfig("*", ["cpus": 1])
    #expect(cluster.refusal(.update(good, QuotaConfig("eng", ["cpus": -1]))) != nil)
    #expect(cluster.quotas() == [])
    #expect(cluster.refusal(.update(good, QuotaConfig("eng", ["cpus": 0], limits: ["cpus": 0]))) == nil)
    #expect(cluster.quotas()?.map(\.role) == ["*", "eng"])
    // Nothing is guaranteed by guaranteeing nothing; nothing may be had by a limit of nothing.
    #expect(cluster.quotas()?.last?.quota == Quota(limits: [ResourceQuantity("cpus", .zero)]))
  }

  @Test mutating func noMoreIsGuaranteedThanTheClusterHas() {
    _ = cluster.ask(.update(QuotaConfig("eng", ["cpus": 2])))
    let config = QuotaConfig("big", ["cpus": 9])
    #expect(
      cluster.refusal(.update(config))?.message
        == "Invalid QuotaConfig: total quota guarantees 'cpus:11' exceed cluster capacity 'cpus:10; mem:1000' (use "
        + "'force' flag to bypass this check)")
    #expect(cluster.refusal(.update(config, force: true)) == nil)
    #expect(cluster.quotas()?.map(\.role) == ["big", "eng"])
  }

  @Test mutating func whatIsReservedOrDisconnectedCountsAsCapacity() throws {
    cluster = try OperatedMaster(Resources(parsing: "cpus(db):3;cpus:1"))
    #expect(cluster.refusal(.update(QuotaConfig("eng", ["cpus": 4]))) == nil)
    cluster.lone.handle(.closed(SessionID(2), reason: "gone"))
    #expect(cluster.refusal(.update(QuotaConfig("web", ["mem": 1]))) != nil)
    #expect(cluster.refusal(.update(QuotaConfig("eng", ["cpus": 3]))) == nil)
  }

  @Test mutating func aLimitBelowWhatIsConsumedHasToBeForced() throws {
    cluster = try OperatedMaster(Resources(parsing: "cpus(eng/db):3;cpus:5"))
    let config = QuotaConfig("eng", limits: ["cpus": 2])
    #expect(
      cluster.refusal(.update(config))?.message
        == "Invalid QuotaConfig: Role 'eng' is already consuming 'cpus:3'; this is more than the requested limits "
        + "'cpus:2' (use 'force' flag to bypass this check)")
    #expect(cluster.refusal(.update(config, force: true)) == nil)
  }

  @Test mutating func noMoreResourcesAreNamedThanAreCounted() {
    let limits = (0..<70).map { WrittenQuantity("r\($0)", 1) }
    let refusal = cluster.refusal(.updateQuota([QuotaConfig(role: "eng", limits: limits)], isForced: true))
    #expect(
      refusal?.message.hasPrefix("Invalid QuotaConfig: too many different resources are in use") == true)
    #expect(cluster.quotas() == [])
  }

  // MARK: Roles below each other

  @Test mutating func childrenShareWhatTheirParentIsGuaranteed() {
    #expect(
      cluster.refusal(.update(QuotaConfig("eng/a", ["cpus": 2])))?.message
        == "Invalid QuotaConfig: Invalid quota configuration. Parent role 'eng' with guarantees ({}) does not contain "
        + "the sum of its children's guarantees (cpus:2)")
    let parent = QuotaConfig("eng", ["cpus": 4])
    #expect(cluster.refusal(.update(QuotaConfig("eng/a", ["cpus": 2]), parent)) == nil)
    #expect(
      cluster.refusal(.update(QuotaConfig("eng/b", ["cpus": 3])))?.message.hasSuffix(
        "Parent role 'eng' with guarantees (cpus:4) does not contain the sum of its children's guarantees (cpus:5)"
      )
        == true)
    #expect(cluster.refusal(.update(QuotaConfig("eng/b", ["cpus": 2]))) == nil)
    // The children's are part of the parent's: 6 more fit into a cluster of 10.
    #expect(cluster.refusal(.update(QuotaConfig("web", ["cpus": 6]))) == nil)
    #expect(cluster.refusal(.removeQuota(role: "eng")) != nil)
    #expect(cluster.refusal(.update(QuotaConfig("eng", ["cpus": 3]))) != nil)
  }

  @Test mutating func noChildHasAHigherLimitThanARoleAboveIt() {
    _ = cluster.ask(.update(QuotaConfig("eng", limits: ["cpus": 4])))
    #expect(
      cluster.refusal(.update(QuotaConfig("eng/a/b", limits: ["cpus": 5])))?.message
        == "Invalid QuotaConfig: Invalid quota configuration. Role 'eng/a/b' with limits (cpus:5) is not contained "
        + "within the limits (cpus:4) of role 'eng' above it")
    #expect(cluster.refusal(.update(QuotaConfig("eng/a/b", limits: ["cpus": 4, "mem": 9]))) == nil)
    #expect(cluster.refusal(.update(QuotaConfig("engine", limits: ["cpus": 5]))) == nil)
    #expect(cluster.refusal(.update(QuotaConfig("eng", limits: ["cpus": 3]))) != nil)
  }

  // MARK: The deprecated calls

  @Test mutating func aQuotaSetTheOldWayIsItsOwnLimit() throws {
    let request = QuotaRequest(role: "eng", guarantee: Array(try Resources(parsing: "cpus:2;mem:10")))
    #expect(cluster.refusal(.setQuota(request)) == nil)
    let two = [ResourceQuantity("cpus", Scalar(2)), ResourceQuantity("mem", Scalar(10))]
    #expect(cluster.quotas() == [RoleQuota("eng", Quota(guarantees: two, limits: two))])
    #expect(
      cluster.refusal(.setQuota(request))?.message
        == "Failed to validate set quota request: Cannot set quota for role 'eng' which already has quota")
    #expect(cluster.refusal(.removeQuota(role: "eng")) == nil)
    #expect(cluster.quotas() == [])
  }

  @Test mutating func moreThanTheClusterHasConflictsTheOldWay() throws {
    let guarantee = Array(try Resources(parsing: "cpus:11"))
    #expect(
      cluster.refusal(.setQuota(QuotaRequest(role: "eng", guarantee: guarantee)))
        == CallError(
          .conflict,
          "Quota guarantees overcommit the cluster (use 'force' to bypass this check): Total quota guarantees "
            + "'cpus:11' exceed cluster capacity 'cpus:10; mem:1000'"))
    #expect(
      cluster.refusal(.setQuota(QuotaRequest(role: "eng", guarantee: guarantee, isForced: true))) == nil)
  }

  @Test(arguments: [
    ("cpus:1", nil, "QuotaInfo must specify a role"),
    (
      "cpus:1", "-x",
      "QuotaInfo with invalid role: Role component '-x' is invalid because it starts with a dash"
    ),
    ("", "eng", "QuotaInfo with empty 'guarantee'"),
    ("ports:[1-2]", "eng", "QuotaInfo must not include non-scalar resources"),
    ("cpus(eng):1", "eng", "QuotaInfo must not contain any ReservationInfo"),
  ])
  mutating func anOldRequestThatMakesNoSenseIsRefused(_ text: String, role: String?, problem: String) throws {
    let request = QuotaRequest(role: role, guarantee: Array(try Resources(parsing: text)))
    #expect(
      cluster.refusal(.setQuota(request))
        == CallError(.badRequest, "Failed to validate set quota request: \(problem)"))
  }

  @Test mutating func aResourceIsNamedOnceTheOldWay() {
    let cpu = Resource("cpus", .scalar(Scalar(1)))
    #expect(
      cluster.refusal(.setQuota(QuotaRequest(role: "eng", guarantee: [cpu, cpu])))?.message
        == "Failed to validate set quota request: QuotaInfo contains duplicate resource name 'cpus'")
  }

  @Test mutating func removingAQuotaThatIsNotThereIsAnErrorOfTheCaller() {
    #expect(
      cluster.refusal(.removeQuota(role: "nothere"))
        == CallError(.badRequest, "Failed to remove quota: Role 'nothere' has no quota set"))
  }

  // MARK: The registry

  @Test mutating func aQuotaHoldsOnceItIsWrittenDown() {
    cluster.lone.stores = false
    let (outcome, effects) = cluster.ask(.update(QuotaConfig("eng", limits: ["cpus": 1])))
    #expect(outcome == nil)
    #expect(cluster.quotas() == [])
    #expect(cluster.lone.master.allocator.quota("eng") == nil)
    guard case .store(let token, .updateQuotas(let quotas))? = effects.first else {
      Issue.record("nothing was written: \(effects)")
      return
    }
    let later = cluster.lone.handle(.local(.stored(token)))
    #expect(OperatedMaster.outcome(later) == .response(.done))
    #expect(cluster.quotas() == quotas)
  }

  @Test mutating func aQuotaIsRemovedOnceHoweverManyAsk() {
    _ = cluster.ask(.update(QuotaConfig("eng", limits: ["cpus": 1])))
    cluster.lone.stores = false
    #expect(cluster.ask(.removeQuota(role: "eng")).outcome == nil)
    #expect(cluster.refusal(.removeQuota(role: "eng"))?.code == .badRequest)
  }

  @Test mutating func whatIsBeingWrittenCountsInChecks() {
    cluster.lone.stores = false
    _ = cluster.ask(.update(QuotaConfig("eng", ["cpus": 6])))
    #expect(cluster.refusal(.update(QuotaConfig("web", ["cpus": 6]))) != nil)
  }

  @Test func theNextMasterBeginsWithWhatWasWritten() {
    var state = RegistryState()
    let quota = RoleQuota("eng", Quota(limits: [ResourceQuantity("cpus", Scalar(1))]))
    state.apply(.updateQuotas([quota, RoleQuota("web", quota.quota)]))
    state.apply(.updateQuotas([RoleQuota("web", Quota())]))
    state.apply(.updateWeights([RoleWeight(role: "eng", weight: 3)]))
    var configuration = MasterConfiguration()
    configuration.weights = [RoleWeight(role: "eng", weight: 2), RoleWeight(role: "web", weight: 2)]
    let master = Master(
      configuration: configuration, seed: 2, at: Time(monotonic: .zero, wall: 0), registry: state)
    #expect(master.roleSettings.quotas == [quota])
    #expect(master.allocator.quota("eng") == quota.quota)
    #expect(master.allocator.weight("eng") == 3)
    #expect(master.allocator.weight("web") == 2)
  }

  // MARK: Offers

  private mutating func subscribe(_ role: String) throws -> SessionID {
    let session = cluster.lone.open(.framework)
    _ = try cluster.lone.subscribed(FrameworkInfo(name: "f", role: role), on: session)
    return session
  }

  @Test mutating func offersAboveANewLimitAreTakenBack() throws {
    let session = try subscribe("eng/ci")
    let effects = cluster.ask(.update(QuotaConfig("eng", limits: ["cpus": 1]))).effects
    #expect(effects.compactMap { $0.event(to: session)?.name }.first == "RESCIND")
  }

  @Test mutating func offersToOthersAreTakenBackForAGuarantee() throws {
    let session = try subscribe("web")
    let effects = cluster.ask(.update(QuotaConfig("eng", ["cpus": 1]))).effects
    #expect(effects.compactMap { $0.event(to: session)?.name }.first == "RESCIND")
  }

  @Test mutating func offersThatAreWithinTheQuotaStay() throws {
    let session = try subscribe("web")
    let effects = cluster.ask(.update(QuotaConfig("web", ["cpus": 1], limits: ["cpus": 10]))).effects
    #expect(effects.compactMap { $0.event(to: session)?.name } == [])
  }
}
