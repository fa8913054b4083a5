// A shape follows from its seed: mostly something small, in which everything happens at close quarters.

import MesetaModel
package import MesetaRuntime

/// What of a shape is given, and not left to the seed.
package struct ShapeWishes: Hashable, Sendable {
  package var agents: Int?
  package var frameworks: Int?
  /// For each framework.
  package var tasks: Int?
  package var length: Span?
  /// Kinds of faults that do not happen.
  package var without: Set<FaultKind> = []

  package init() {}
}

extension Shape {
  package init(_ seed: Seed, _ wishes: ShapeWishes = ShapeWishes()) {
    // Each part has a stream of its own, so that what is given or left out shifts nothing else.
    func stream(_ number: UInt64) -> SeededGenerator {
      SeededGenerator(seed: seed.value &* 0x9e37_79b9_7f4a_7c15 &+ number)
    }
    var (size, random) = (stream(1), stream(2))
    // Drawn also where it is given.
    let drawn = (
      agents: Int(size.oneIn(50) ? 100 + size.below(300) : 3 + size.below(8)),
      frameworks: Int(1 + size.below(6))
    )
    let agentCount = wishes.agents ?? drawn.agents
    let frameworkCount = wishes.frameworks ?? drawn.frameworks
    let isLarge = agentCount > 50
    self.seed = seed
    self.length = wishes.length ?? (isLarge ? .minutes(2) : .seconds(Int(120 + size.below(480))))
    let master = Master(drawing: &random)
    self.master = master
    var agentStream = stream(3)
    self.agents = (0..<agentCount).map { number in
      var agent = Agent(drawing: &agentStream)
      if number % 2 == 0 { agent.openToAll() }
      return agent
    }
    var faultStream = stream(4)
    var faults = Faults.swarm(&faultStream)
    faults.end = length
    faults.excluded = wishes.without
    self.faults = faults
    self.frameworks = []
    let length = length
    let frameworks = (0..<frameworkCount).map { number in
      var own = stream(1000 + UInt64(number))
      var framework = Framework(number, drawing: &own, length: length)
      if isLarge, framework.kind != .service, framework.kind != .executors { framework.tasks *= 4 }
      if let tasks = wishes.tasks { framework.tasks = tasks }
      return framework
    }
    self.frameworks = frameworks
    var operatorStream = stream(5)
    self.actions = Self.actions(&operatorStream, length: length)
    fit()
    hurryRemovals()
  }

  /// An agent may have registered anew with each of several masters before it heard of it, and what is left of that is removed one
  /// after the other: has eight of them for each agent removed within a trial's patience.
  private mutating func hurryRemovals() {
    let most = Span(nanoseconds: Span.minutes(10).nanoseconds / Int64(max(1, agents.count)))
    master.removalInterval = min(master.removalInterval, most)
  }

  /// Takes tasks away where the cluster could not hold them all.
  private mutating func fit() {
    while !isRoomy, frameworks.contains(where: { $0.tasks > 1 }) {
      for index in frameworks.indices { frameworks[index].tasks = max(1, frameworks[index].tasks / 2) }
    }
  }

  /// Half of the clusters are left alone; in the others one kind of action may be the favourite.
  private static func actions(_ random: inout SeededGenerator, length: Span) -> [Action] {
    if random.oneIn(2) { return [] }
    let every = UInt64(2 + random.below(20))
    let kinds = OperatorActionKind.allCases.filter { _ in random.oneIn(2) }
    guard !kinds.isEmpty else { return [] }
    var actions: [Action] = []
    var second = 1 + random.below(every)
    while Span.seconds(Int(second)) < length {
      let kind = kinds[Int(random.below(UInt64(kinds.count)))]
      actions.append(Action(time: .seconds(Int(second)), kind: kind, draw: random.next()))
      second += 1 + random.below(2 * every)
    }
    return actions
  }
}

extension Shape.Master {
  init(drawing random: inout SeededGenerator) {
    self.init()
    if random.oneIn(2) { count = Int(2 + random.below(2)) }
    if random.oneIn(2) { pingTimeout = .seconds(Int(3 + random.below(13))) }
    if random.oneIn(2) { pings = Int(2 + random.below(4)) }
    if random.oneIn(2) { reregisterTimeout = .seconds(Int(20 + random.below(400))) }
    // A hoarder keeps what it is offered for ten seconds, and its answer may be under way for a second, as the offer was before.
    if random.oneIn(4) { offerTimeout = .seconds(Int(13 + random.below(60))) }
    if random.oneIn(8) { offerTimeout = nil }
    if random.oneIn(4) {
      weights = [RoleWeight(role: "eng", weight: 2), RoleWeight(role: "eng/web", weight: 0.5)]
    }
    if random.oneIn(3) { allocationSlice = Int(1 + random.below(50)) }
    if random.oneIn(3) { reconciliationSlice = Int(20 + random.below(50)) }
    if random.oneIn(3) { histories = Int(1 + random.below(10)) }
    if random.oneIn(3) { region = "north" }
    if random.oneIn(3) { removalInterval = .seconds(Int(1 + random.below(20))) }
    if random.oneIn(3) { pruningInterval = .seconds(Int(5 + random.below(120))) }
    if random.oneIn(3) { maxAgentAge = .seconds(Int(10 + random.below(300))) }
    if random.oneIn(3) { maxAgentCount = Int(random.below(4)) }
  }
}

extension Shape.Agent {
  init(drawing random: inout SeededGenerator) {
    let processors = 2 + Int(random.below(7))
    var text: [Resource] = [
      Resource("cpus", .scalar(Scalar(processors))),
      Resource("mem", .scalar(Scalar(processors * 1024))),
      Resource("disk", .scalar(Scalar(processors * 1000))),
    ]
    if random.oneIn(2) { text.append(Resource("ports", .ranges(Ranges([31000...31099])))) }
    if random.oneIn(8) { text.append(Resource("gpus", .scalar(Scalar(2)))) }
    if random.oneIn(6) {
      let traits = ResourceTraits(reservations: [Reservation(.fixed, role: "eng")])
      text.append(Resource("cpus", .scalar(Scalar(1)), traits: traits))
      text.append(Resource("mem", .scalar(Scalar(512)), traits: traits))
    }
    if random.oneIn(6) {
      let disk = DiskInfo(source: DiskInfo.Source(random.oneIn(2) ? .mount : .path, root: "/mnt/data"))
      text.append(Resource("disk", .scalar(Scalar(500)), traits: ResourceTraits(disk: disk)))
    }
    self.init(resources: Resources(text))
    attributes.append(Attribute("rack", .text("r\(random.below(3))")))
    if random.oneIn(3) { attributes.append(Attribute("level", .scalar(Scalar(Int(random.below(4)))))) }
    if random.oneIn(2) {
      let region = random.oneIn(4) ? "south" : "north"
      domain = FaultDomain(region: region, zone: "z\(random.below(3))")
    }
    if random.oneIn(3) { lending = random.oneIn(3) ? .idle : .fixed(Int(1 + random.below(4))) }
    takesBack = random.oneIn(2)
    takesBackByUse = random.oneIn(2)
    if random.oneIn(8) {
      let all = AgentCapability.allCases
      lacks = all[Int(random.below(UInt64(all.count)))]
    }
  }

  /// Takes away what keeps it from frameworks that do not ask for that.
  mutating func openToAll() {
    resources = Resources(resources.filter { $0.name != "gpus" })
    domain = nil
    lacks = nil
  }
}

extension Shape.Framework {
  init(_ number: Int, drawing random: inout SeededGenerator, length: Span) {
    let kinds = WorkloadKind.allCases
    let kind = kinds[Int(random.below(UInt64(kinds.count)))]
    let roles = ["*", "*", "eng", "eng/web", "eng/db", "ops"]
    var own = [roles[Int(random.below(UInt64(roles.count)))]]
    if kind.hasSeveralRoles { own = ["eng", "ops", "batch"].filter { _ in !random.oneIn(3) } }
    if own.isEmpty { own = ["eng"] }
    if kind.needsRole, own == ["*"] { own = ["ops"] }
    let isStanding = kind == .service || kind == .executors
    self.init(
      number: number, kind: kind, tasks: Int(1 + random.below(isStanding ? 8 : 40)), roles: own,
      failoverTimeout: Double(random.oneIn(2) ? 3600 : random.oneIn(4) ? 0 : 10 + random.below(120)),
      isPartitionAware: !random.oneIn(4), seed: random.next())
    func moment() -> Span { Span(nanoseconds: Int64(random.below(UInt64(length.nanoseconds)))) }
    switch random.below(14) {
    case 0: fate = .vanishes(at: moment())
    case 1: fate = .tornDown(at: moment())
    case 2: fate = .stops(at: moment())
    case 3: fate = .succeeded(at: moment())
    case 4, 5, 6: fate = .restarts(at: moment(), after: .seconds(Int(random.below(90))))
    default: break
    }
    takesGPUs = random.oneIn(3)
    isRegionAware = random.oneIn(3)
  }
}
