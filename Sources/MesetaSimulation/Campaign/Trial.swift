// One simulation of a campaign: things go wrong for a while, then everything has to come right.

import MesetaAgent
import MesetaAllocator
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Plays a shape to its end. The same shape always goes the same way.
package struct Trial {
  package let shape: Shape
  private var world: Simulation
  private var frameworks: [Installed] = []
  private var desk: OperatorDesk

  /// How long it may take after the last fault until everybody has what they want.
  private static let patience = Span.minutes(90)
  private static let slice = Span.seconds(5)
  /// Ten times what the largest clusters have a use for.
  private static let mostDeliveries = 5_000_000

  /// - Parameter show: Is given every line of the trace, as it comes about.
  package init(_ shape: Shape, show: (@Sendable (String) -> Void)? = nil) {
    self.shape = shape
    world = Simulation(
      shape.seed, faults: .fixed(shape.faults), master: shape.master.configuration,
      masters: shape.master.count)
    world.trace.show = show
    world.processesAreBusy = true
    world.mostDeliveries = Self.mostDeliveries
    for (number, agent) in shape.agents.enumerated() { world.add(agent, number: number) }
    desk = OperatorDesk(&world)
    for framework in shape.frameworks { frameworks.append(world.install(framework)) }
  }

  package mutating func run() -> TrialOutcome {
    var problem: String?
    do throws(SimulationFailure) {
      try disturb()
      try settle()
    } catch {
      problem = error.headline
    }
    return TrialOutcome(
      seed: shape.seed.value, problem: problem, time: world.now.nanoseconds, hash: world.trace.hash,
      exercised: tally(), faults: problem == nil ? [] : world.injectedFaults.map(\.description))
  }

  // MARK: The course

  /// What happens at a time, besides the faults that come by chance.
  private enum Moment {
    case action(Shape.Action)
    case fate(framework: Int)
    case returns(framework: Int)
  }

  private mutating func disturb() throws(SimulationFailure) {
    var moments: [(time: Span, what: Moment)] = shape.actions.map { ($0.time, .action($0)) }
    for (index, framework) in frameworks.enumerated() {
      guard let time = framework.shape.fate.time else { continue }
      moments.append((time, .fate(framework: index)))
      if case .restarts(_, let after) = framework.shape.fate {
        moments.append((min(time + after, shape.length), .returns(framework: index)))
      }
    }
    let order = moments.indices.sorted { (moments[$0].time, $0) < (moments[$1].time, $1) }
    for index in order {
      try run(until: moments[index].time)
      happen(moments[index].what)
    }
    try run(until: shape.length)
  }

  private mutating func happen(_ moment: Moment) {
    switch moment {
    case .action(let action): desk.perform(action.kind, action.draw, &world)
    case .returns(let index):
      let node = frameworks[index].node
      if !world.nodes[node.index].hasFinished { world.start(.node(node)) }
    case .fate(let index):
      let node = frameworks[index].node
      switch frameworks[index].shape.fate {
      case .stays: break
      case .restarts, .vanishes: world.crash(.node(node))
      case .tornDown: world.stop(.node(node), teardown: true)
      case .stops: world.stop(.node(node))
      case .succeeded: if let next = frameworks[index].succeed(&world, node) { frameworks[index].node = next }
      }
    }
  }

  /// Nothing goes wrong any more; whoever is down is started, and operators take back what they did.
  private mutating func settle() throws(SimulationFailure) {
    let end = shape.length + Self.patience
    var round = 0
    var rested = false
    while Span(nanoseconds: world.now.nanoseconds) < end {
      if round % 6 == 0 {
        startAgents()
        desk.tidyUp(&world, sparing: Set(builders))
      }
      round += 1
      try run(until: Span(nanoseconds: world.now.nanoseconds) + Self.slice)
      guard round > 4, lack == nil else { continue }
      if rested {
        try run(until: Span(nanoseconds: world.now.nanoseconds) + Settling.time)
        return try world.checkLiveness()
      }
      // What was on its way arrives.
      rested = true
      try run(until: Span(nanoseconds: world.now.nanoseconds) + .minutes(2))
    }
    throw world.failure(lack ?? "nothing is missing")
  }

  /// The frameworks that need their reservations still.
  private var builders: [String] {
    frameworks.filter { framework in
      framework.shape.kind == .volumes && framework.shape.isExpectedToFinish
        && framework.lack(world, framework.node) != nil
    }.map(\.shape.name)
  }

  private mutating func startAgents() {
    for master in world.masters { world.start(.node(master)) }
    for agent in world.agents where !world.nodes[agent.index].isUp {
      // One that was given up may not come back as what it was.
      world.loseMachine(of: agent)
      world.checks.lostDisk(agent)
      world.start(.node(agent))
    }
  }

  /// What somebody still waits for; nil if everybody has what they want.
  private var lack: String? {
    for framework in frameworks {
      if !framework.shape.isExpectedToFinish || world.nodes[framework.node.index].hasFinished { continue }
      guard world.nodes[framework.node.index].isUp else { return "\(framework.shape.name) is down" }
      if framework.shape.kind == .revocable, !shape.lends { continue }
      if let lack = framework.lack(world, framework.node) { return "\(framework.shape.name): \(lack)" }
    }
    let registered =
      world.master?.describeAgents().count { $0.isActive && $0.info.hostname != UnrulyAgent.hostname } ?? 0
    if registered < world.agents.count {
      return "\(registered) of \(world.agents.count) agents are registered and in use"
    }
    return nil
  }

  private mutating func run(until time: Span) throws(SimulationFailure) {
    let rest = (Instant.zero + time) - world.now
    if rest > .zero { try world.run(for: rest) }
  }

  // MARK: What was exercised

  private func tally() -> Tally {
    var tally = Tally()
    tally["messages"] = world.statistics.tellingMessages
    tally["messages in all"] = world.statistics.messages.total
    tally["containers"] = world.statistics.containers
    tally["crashes"] = world.statistics.crashes
    for kind in FaultKind.allCases where world.statistics.faults[kind] > 0 {
      tally["fault/\(kind.name)"] = world.statistics.faults[kind]
    }
    tally["tasks finished"] = world.checks.nodes.reduce(0) { $0 + $1.finished }
    for framework in frameworks { tally["framework/\(framework.shape.kind.rawValue)"] += 1 }
    for action in shape.actions { tally["operator/\(action.kind.rawValue)"] += 1 }
    for mark in world.marks.names { tally["mark/\(mark)"] = 1 }
    return tally
  }
}

extension Shape.Fate {
  fileprivate var time: Span? {
    switch self {
    case .stays: nil
    case .restarts(let time, _), .vanishes(let time), .tornDown(let time), .stops(let time),
      .succeeded(let time):
      time
    }
  }
}

extension Shape.Framework {
  /// Whether it has to get what it wants in the end.
  fileprivate var isExpectedToFinish: Bool {
    switch fate {
    case .vanishes, .tornDown, .stops: false
    case .stays, .succeeded, .restarts: true
    }
  }
}

extension Shape.Master {
  var configuration: MasterConfiguration {
    var configuration = MasterConfiguration()
    configuration.agentPingTimeout = pingTimeout
    configuration.maxAgentPingTimeouts = pings
    configuration.agentReregisterTimeout = reregisterTimeout
    configuration.offerTimeout = offerTimeout
    configuration.weights = weights
    configuration.allocationSlice = allocationSlice
    configuration.reconciliationSlice = reconciliationSlice
    configuration.maxCompletedTasksPerFramework = histories
    configuration.maxUnreachableTasksPerFramework = histories
    configuration.maxCompletedFrameworks = histories
    configuration.agentRemovalInterval = removalInterval
    configuration.registryPruningInterval = pruningInterval
    configuration.registryMaxAgentAge = maxAgentAge
    configuration.registryMaxAgentCount = maxAgentCount
    configuration.allocator.domain = region.map { FaultDomain(region: $0, zone: "z0") }
    return configuration
  }
}

extension Simulation {
  mutating func add(_ shape: Shape.Agent, number: Int) {
    let info = AgentInfo(
      hostname: "agent\(number)", resources: shape.resources, attributes: shape.attributes,
      domain: shape.domain)
    add(agent: "agent\(number)", info) { configuration in
      switch shape.lending {
      case .nothing: break
      case .fixed(let count):
        configuration.resourceEstimator = FixedResourceEstimator(Resources(["cpus": Scalar(count)]))
      case .idle: configuration.resourceEstimator = LoadResourceEstimator()
      }
      if shape.takesBack {
        configuration.qosController =
          shape.takesBackByUse ? UsageQoSController() : LoadQoSController(fiveMinutes: Scalar(10))
      }
      if let lacks = shape.lacks { configuration.capabilities.removeAll { $0 == lacks } }
      configuration.qosCorrectionInterval = .seconds(10)
    }
  }
}
