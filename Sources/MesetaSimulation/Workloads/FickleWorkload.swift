// A framework that changes its mind.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Runs tasks in several roles, which it joins, leaves, suppresses and revives, and constrains its offers in every way.
struct FickleWorkload: Workload {
  private var work: WorkList
  private let all: [String]
  private let name: String
  private let base: FrameworkInfo
  private var random: SeededGenerator
  private var whimsLeft = 20
  private let need = Resources(["cpus": Scalar(milli: 300), "mem": Scalar(64)])

  init(_ shape: Shape.Framework) {
    work = WorkList(shape.tasks)
    all = shape.roles
    name = shape.name
    random = SeededGenerator(seed: shape.seed)
    base = FrameworkInfo(name: shape.name, failoverTimeout: shape.failoverTimeout, principal: shape.name)
  }

  static var options: SchedulerOptions {
    var options = SchedulerOptions()
    options.followsDemand = false
    return options
  }

  var lack: String? { work.lack }

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    work.follow(input, &cluster)
    switch input {
    case .offers(let offers):
      for offer in offers { use(offer, &cluster) }
    case .wake: change(&cluster)
    default: break
    }
    if !work.isDone || whimsLeft > 0 { cluster.wake(after: .seconds(12)) }
  }

  private mutating func use(_ offer: Offer, _ cluster: inout SchedulerCalls) {
    var launch = cluster.accept(offer)
    while work.waiting > 0, launch.fits(need) {
      let plan = work.nextPlan(&random)
      guard let id = launch.run(shell: plan, resources: need) else { return }
      work.launched(id, plan)
      if random.oneIn(8) { cluster.kill(id) }
    }
  }

  private mutating func change(_ cluster: inout SchedulerCalls) {
    if let id = work.takeEndless() { cluster.kill(id) }
    guard cluster.isSubscribed else { return }
    guard whimsLeft > 0 else {
      // In the end it wants what it can get.
      cluster.constrain([:])
      return cluster.revive()
    }
    whimsLeft -= 1
    let some = all.filter { _ in random.oneIn(2) }
    switch random.below(7) {
    case 0: cluster.suppress(roles: some)
    case 1, 2: cluster.revive(roles: some)
    case 3: update(&cluster, roles: some)
    case 4: cluster.constrain(constraints())
    case 5:
      // It may leave the role before it gets so much.
      let bundle = GangDemand.Bundle(Resources(["cpus": Scalar(2)]), count: 1 + Int(random.below(6)))
      cluster.demand(GangDemand(DemandID("demand\(whimsLeft)"), role: all[0], [bundle]))
      if random.oneIn(2) { update(&cluster, roles: Array(all.dropFirst())) }
    default: cluster.reconcile()
    }
  }

  /// Says anew what it is. A framework of one role said that in another field.
  private mutating func update(_ cluster: inout SchedulerCalls, roles: [String]) {
    guard all.count > 1 else { return }
    var info = base
    info.id = cluster.frameworkID
    info.capabilities = [.taskKillingState, .multiRole] + (random.oneIn(2) ? [.partitionAware] : [])
    info.roles = roles.isEmpty ? all : roles
    if random.oneIn(8) { info.user = "somebody" }
    if random.oneIn(3) {
      info.offerFilters = [
        OfferFilter(role: info.roles[0], minimalQuantities: [[ResourceQuantity("cpus", Scalar(milli: 200))]])
      ]
    }
    cluster.call(.updateFramework(SchedulerCall.Subscribe(info)))
  }

  private mutating func constraints() -> OfferConstraints {
    let predicates: [AttributeConstraint.Predicate] = [
      .exists, .notExists, .equals("r1"), .notEquals("r1"), .matches("r[12]"), .notMatches("r.*"),
      .matches("("),
    ]
    let selectors: [AttributeConstraint.Selector] = [
      .hostname, .region, .zone, .attribute("rack"), .attribute("level"),
    ]
    var constraints = OfferConstraints()
    for role in all where random.oneIn(2) {
      constraints[role] = (0...random.below(2)).map { _ in
        (0...random.below(2)).map { _ in
          .where(
            selectors[Int(random.below(UInt64(selectors.count)))],
            predicates[Int(random.below(UInt64(predicates.count)))])
        }
      }
    }
    return constraints
  }
}
