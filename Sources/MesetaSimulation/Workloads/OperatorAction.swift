// What operators do to a cluster, and how they leave it.

import MesetaAgent
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// A kind of thing that an operator does.
package enum OperatorActionKind: String, CaseIterable, Hashable, Sendable {
  case ask
  case explain
  case quota
  case oldQuota
  case weights
  case schedule
  case maintenance
  case deactivate
  case drain
  case reactivate
  case giveUp
  case reserve
  case volume
  case tearDown
  case nonsense
  case readFiles
  /// The machine gets busy, or idle.
  case load
  /// An agent is told to end in good order.
  case stopAgent
  /// An agent loses its session, and some of what it runs.
  case disturbAgent
  /// An agent joins that does not keep to the rules.
  case unrulyAgent
  /// The operator's own program crashes.
  case crash
}

/// The operators of a campaign: one who asks the master, and one who asks agents.
struct OperatorDesk {
  let peer: NodeID
  private let agentPeers: [NodeID]
  /// The agents that it has heard of; some are gone.
  private var seen: [AgentID] = []
  private var lastRequest: UInt64 = 0
  /// How many agents have joined that do not keep to the rules.
  var strangers = 0

  init(_ world: inout Simulation) {
    peer = world.add(peer: "operator", .operator)
    agentPeers = world.agents.prefix(2).map { agent in
      world.addNode("reader of \(world.name(of: agent))", .operator, server: .node(agent)) { _, _, _ in
        PlainPeer(.operator)
      }
    }
  }

  mutating func tell(_ call: OperatorCall, _ world: inout Simulation) {
    lastRequest += 1
    world.say(.operatorCall(call, request: lastRequest), from: peer)
  }

  /// Does something; to whom and how much follows from the draw.
  mutating func perform(_ kind: OperatorActionKind, _ draw: UInt64, _ world: inout Simulation) {
    var random = SeededGenerator(seed: draw)
    for id in world.master?.describeAgents().compactMap(\.info.id) ?? [] where !seen.contains(id) {
      seen.append(id)
    }
    switch kind {
    case .ask: tell(question(&random), &world)
    case .explain: explain(&random, &world)
    case .quota: quota(&random, &world)
    case .oldQuota: oldQuota(&random, &world)
    case .weights:
      tell(.updateWeights([RoleWeight(role: role(&random), weight: 0.5 + Double(random.below(4)))]), &world)
    case .schedule, .maintenance: maintain(&random, &world)
    case .deactivate, .drain, .reactivate, .giveUp: take(kind, &random, &world)
    case .reserve, .volume: operate(kind, &random, &world)
    case .tearDown:
      // Only what would be gone soon anyway.
      let frameworks = world.master?.describeFrameworks() ?? []
      if let id = frameworks.last(where: { $0.isCompleted || !$0.isConnected })?.info.id {
        tell(.teardown(id), &world)
      }
    case .nonsense: tell(nonsense(&random), &world)
    case .readFiles: read(&random, &world)
    case .load:
      guard let agent = pick(world.agents, &random) else { return }
      let load = Scalar(Int(random.below(30)))
      world.setLoad(LoadAverages(oneMinute: load, fiveMinutes: load, fifteenMinutes: load), of: agent)
    case .stopAgent:
      guard let agent = pick(world.agents, &random) else { return }
      world.stop(.node(agent))
      let wait =
        random.oneIn(2) ? Span.milliseconds(Int(random.below(2000))) : .seconds(Int(random.below(60)))
      world.at(Span(nanoseconds: world.now.nanoseconds) + wait) { $0.start(.node(agent)) }
    case .disturbAgent: if let agent = pick(world.agents, &random) { disturb(agent, &random, &world) }
    case .unrulyAgent: admitStranger(&world)
    case .crash: crash(&random, &world)
    }
  }

  private func pick<Element>(_ elements: [Element], _ random: inout SeededGenerator) -> Element? {
    elements.isEmpty ? nil : elements[Int(random.below(UInt64(elements.count)))]
  }

  private func role(_ random: inout SeededGenerator) -> String {
    ["eng", "eng/web", "eng/db", "ops", "batch"][Int(random.below(5))]
  }

  private func agent(_ random: inout SeededGenerator, _ world: Simulation) -> AgentDescription? {
    pick(world.master?.describeAgents() ?? [], &random)
  }

  func question(_ random: inout SeededGenerator) -> OperatorCall {
    let questions: [OperatorCall] = [
      .getAgents, .getFrameworks, .getTasks, .getMaster, .getOperations, .getQuota, .getWeights, .getRoles,
      .getMaintenanceSchedule, .getMaintenanceStatus,
    ]
    return questions[Int(random.below(UInt64(questions.count)))]
  }

  private mutating func explain(_ random: inout SeededGenerator, _ world: inout Simulation) {
    let framework = pick(world.master?.describeFrameworks() ?? [], &random)
    let agent = random.oneIn(2) ? agent(&random, world)?.info.id : nil
    let role = random.oneIn(3) ? role(&random) : nil
    tell(.explain(framework?.info.id ?? "nobody", agentID: agent, role: role), &world)
  }

  private mutating func quota(_ random: inout SeededGenerator, _ world: inout Simulation) {
    let guaranteed = Double(random.below(4))
    var config = QuotaConfig(role: role(&random))
    if random.oneIn(2) { config.guarantees = [WrittenQuantity("cpus", guaranteed)] }
    if random.oneIn(2) { config.limits = [WrittenQuantity("cpus", guaranteed + Double(random.below(6)))] }
    var configs = [config]
    if random.oneIn(3) { configs.append(QuotaConfig(role: role(&random))) }
    tell(.updateQuota(configs, isForced: random.oneIn(2)), &world)
  }

  private mutating func oldQuota(_ random: inout SeededGenerator, _ world: inout Simulation) {
    if random.oneIn(2) { return tell(.removeQuota(role: role(&random)), &world) }
    let guarantee = [Resource("cpus", .scalar(Scalar(Int(random.below(5)))))]
    tell(
      .setQuota(QuotaRequest(role: role(&random), guarantee: guarantee, isForced: random.oneIn(2))), &world)
  }

  private mutating func maintain(_ random: inout SeededGenerator, _ world: inout Simulation) {
    let host = agent(&random, world).map { MachineID(hostname: $0.info.hostname) }
    let id = random.oneIn(10) ? MachineID(hostname: "elsewhere", ip: "10.0.0.1") : host
    guard let id else { return }
    switch random.below(5) {
    case 0: tell(.updateMaintenanceSchedule(MaintenanceSchedule()), &world)
    case 1:
      tell(.startMaintenance([id]), &world)
      restartSession(of: id.hostname, &world)
    case 2: tell(.stopMaintenance([id]), &world)
    default:
      let start = Simulation.startOfTime + world.now.nanoseconds + Int64(random.below(120)) * 1_000_000_000
      let duration = random.oneIn(2) ? nil : Int64(random.below(100)) * 1_000_000_000
      let window = MaintenanceWindow([id], Unavailability(start: start, duration: duration))
      tell(.updateMaintenanceSchedule(MaintenanceSchedule([window])), &world)
    }
  }

  private mutating func take(
    _ kind: OperatorActionKind, _ random: inout SeededGenerator, _ world: inout Simulation
  ) {
    let present = world.master?.describeAgents().compactMap(\.info.id) ?? []
    let isAway = kind == .giveUp && random.oneIn(2)
    let known = isAway ? seen.filter { !present.contains($0) } : random.oneIn(3) ? seen : present
    guard let id = pick(known, &random) else { return }
    switch kind {
    case .deactivate: tell(.deactivateAgent(id), &world)
    case .drain:
      let grace = random.oneIn(2) ? nil : Int64(random.below(20)) * 1_000_000_000
      tell(.drainAgent(id, DrainConfig(maxGracePeriod: grace, marksGone: random.oneIn(6))), &world)
    case .giveUp:
      guard isAway || random.oneIn(4) else { return }
      tell(.markAgentGone(id), &world)
      let host = world.master?.describeAgents().first { $0.info.id == id }?.info.hostname
      if let host { restartSession(of: host, &world) }
    default: tell(.reactivateAgent(id), &world)
    }
  }

  private func read(_ random: inout SeededGenerator, _ world: inout Simulation) {
    guard let peer = pick(agentPeers, &random) else { return }
    let task = pick(world.master?.describeTasks() ?? [], &random)?.record
    let run = task.map {
      "/frameworks/\($0.frameworkID)/executors/\($0.info.executor?.id.value ?? $0.info.id.value)/runs"
    }
    let paths = [
      "/", "/slave/log", "/var/slaves/x", "../../etc/passwd", "", "/frameworks", "\(run ?? "")/latest/stdout",
      "\(run ?? "")/latest", "\(run ?? "")/latest/../x", "\(run ?? "")/other/stdout",
      "\(run ?? "")/latest/a/b",
    ]
    let path = paths[Int(random.below(UInt64(paths.count)))]
    let call: OperatorCall =
      random.oneIn(2)
      ? .listFiles(path: path)
      : .readFile(path: path, offset: random.below(100), length: random.oneIn(2) ? nil : random.below(1000))
    if random.oneIn(8) {
      let foreign: [Message] = [
        .schedulerCall(SchedulerCall(frameworkID: nil, .revive(roles: [])), request: 1), .heartbeat,
        .agentMessage(.pong), .masterMessage(.ping(isConnected: true)),
      ]
      return world.say(foreign[Int(random.below(UInt64(foreign.count)))], from: peer)
    }
    world.say(.operatorCall(random.oneIn(5) ? .getTasks : call, request: 1), from: peer)
  }

  private func nonsense(_ random: inout SeededGenerator) -> OperatorCall {
    let nonsense: [OperatorCall] = [
      .teardown("nobody"), .operate("nowhere", .unreserveResources(Resources(["cpus": Scalar(1)]))),
      .updateQuota([QuotaConfig(role: "*", limits: [WrittenQuantity("cpus", -1)])], isForced: false),
      .updateQuota([QuotaConfig(role: "a/../b")], isForced: true),
      .updateQuota(
        [
          QuotaConfig(
            role: "eng", guarantees: [WrittenQuantity("cpus", 5)], limits: [WrittenQuantity("cpus", 1)])
        ],
        isForced: true),
      .updateQuota([QuotaConfig(role: "ops"), QuotaConfig(role: "ops")], isForced: false),
      .updateQuota([QuotaConfig(role: "ops", guarantees: [WrittenQuantity("cpus", 1e6)])], isForced: false),
      .setQuota(QuotaRequest(role: nil, guarantee: [])), .setQuota(QuotaRequest(role: "eng", guarantee: [])),
      .removeQuota(role: "unheard"), .updateWeights([RoleWeight(role: "", weight: 1)]),
      .updateWeights([RoleWeight(role: "eng", weight: -.infinity)]), .updateWeights([]),
      .updateMaintenanceSchedule(MaintenanceSchedule([MaintenanceWindow([], Unavailability(start: 0))])),
      .updateMaintenanceSchedule(
        MaintenanceSchedule([MaintenanceWindow([MachineID()], Unavailability(start: 0, duration: -1))])),
      .startMaintenance([]), .stopMaintenance([MachineID(hostname: "nowhere")]), .deactivateAgent("nowhere"),
      .drainAgent("nowhere", DrainConfig(maxGracePeriod: -1)), .reactivateAgent("nowhere"),
      .markAgentGone("nowhere"), .explain("nobody", agentID: "nowhere", role: "eng"), .listFiles(path: "/"),
      .readFile(path: "/", offset: 0, length: nil),
    ]
    return nonsense[Int(random.below(UInt64(nonsense.count)))]
  }
}

extension OperatorDesk {
  /// Reserves or makes a volume of what an agent has, or undoes that.
  fileprivate mutating func operate(
    _ kind: OperatorActionKind, _ random: inout SeededGenerator, _ world: inout Simulation
  ) {
    guard let agent = agent(&random, world), let id = agent.info.id else { return }
    let total = agent.total.allocated(to: nil)
    let mine = total.filter { $0.isDynamicallyReserved && $0.isPersistentVolume == (kind == .volume) }
    if let resource = pick(Array(mine), &random), random.oneIn(2) {
      return tell(.operate(id, undoing(resource, &random)), &world)
    }
    if kind == .volume,
      let disk = total.first(where: { $0.name == "disk" && $0.isReserved && !$0.isPersistentVolume })
    {
      let volume = disk.withAmount(Scalar(20)).volume(
        DiskInfo.Persistence(id: "operator\(random.below(50))"), at: DiskInfo.Volume("data"),
        isShared: random.oneIn(3))
      return tell(.operate(id, .createVolumes(Resources([volume]))), &world)
    }
    let wanted = Resources(["cpus": Scalar(milli: 500), "disk": Scalar(100)])
    let role = role(&random)
    let reserved = wanted.map { $0 = $0.reserved(Reservation(.dynamic, role: role)) }
    tell(.operate(id, .reserveResources(reserved, source: Resources())), &world)
  }

  private func undoing(_ resource: Resource, _ random: inout SeededGenerator) -> OperatorOperation {
    guard resource.isPersistentVolume else { return .unreserveResources(Resources([resource])) }
    switch random.below(4) {
    case 0: return .growVolume(resource, addition: resource.withoutVolume.withAmount(Scalar(5)))
    case 1: return .shrinkVolume(resource, subtract: Scalar(5))
    default: return .destroyVolumes(Resources([resource]))
    }
  }

  /// Takes back what operators have decided, as far as that is possible now: what is in use is not. Said again and again, it
  /// leaves nothing behind. What some frameworks have reserved they go on with.
  mutating func tidyUp(_ world: inout Simulation, sparing builders: Set<String>) {
    guard let master = world.master else { return }
    let status = master.maintenanceStatus()
    if !status.down.isEmpty { tell(.stopMaintenance(status.down), &world) }
    if !status.draining.isEmpty { tell(.updateMaintenanceSchedule(MaintenanceSchedule()), &world) }
    let quotas = master.quotas.map { QuotaConfig(role: $0.role) }
    if !quotas.isEmpty { tell(.updateQuota(quotas, isForced: true), &world) }
    for agent in master.describeAgents() {
      guard let id = agent.info.id else { continue }
      if agent.standing != nil { tell(.reactivateAgent(id), &world) }
      for resource in agent.total.allocated(to: nil) where resource.isDynamicallyReserved {
        if let owner = resource.traits.reservations.last?.principal, builders.contains(owner) { continue }
        let single = Resources([resource])
        tell(
          .operate(id, resource.isPersistentVolume ? .destroyVolumes(single) : .unreserveResources(single)),
          &world)
      }
    }
  }
}
