// What goes wrong by chance.

import MesetaProtocol
import MesetaRuntime

extension Simulation {
  /// Whether things still break by chance.
  var isBreaking: Bool { now < Instant.zero + faults.end }

  mutating func scheduleFaults() {
    for kind in FaultKind.allCases { schedule(kind) }
  }

  /// Plans the next fault of a kind.
  private mutating func schedule(_ kind: FaultKind) {
    guard let span = faults.interval(of: kind) else { return }
    let time = now + faultStreams[kind.rawValue].draw(Span.milliseconds(1)...(span * 2))
    if time < Instant.zero + faults.end { events.add(Event.fault(kind), at: time) }
  }

  mutating func happen(_ kind: FaultKind) {
    schedule(kind)
    // Taken out while it is used, so that each kind draws from its own.
    var random = faultStreams[kind.rawValue]
    switch kind {
    case .partition, .isolation, .stall, .frameworkBreak: breakNetwork(kind, &random)
    case .agentCrash, .flapping, .masterCrash, .frameworkCrash, .executorCrash: breakNode(kind, &random)
    case .pause, .slowness, .clockJump: slow(kind, &random)
    case .sessionExpiry:
      let lease = random.draw(faults.lease)
      if strikes(kind, if: leader != nil && masters.count > 1) { deposeLeader(lease: lease) }
    case .messageLoss, .callLoss, .callRepeat, .callDetour, .messageRepeat, .crashWithinBatch, .diskLoss,
      .reboot, .tornWrite, .lateCompletion, .clockDrift, .launchFailure, .earlyExit, .hang, .ignoredKill,
      .storeFailure:
      break  // strike by themselves, as messages are sent, containers launched and so on
    }
    faultStreams[kind.rawValue] = random
  }

  private mutating func breakNetwork(_ kind: FaultKind, _ random: inout SeededGenerator) {
    let blockage = random.pick([Blockage.bothWays, .bothWays, .outgoing, .incoming]) ?? .bothWays
    let length = random.draw(kind == .stall ? faults.stallLength : faults.partitionLength)
    switch kind {
    case .frameworkBreak:
      if let framework = random.pick(frameworks), strikes(kind) { breakSessions(of: .node(framework)) }
    case .isolation:
      let share = 2 + random.below(3)
      let side = (masters.count > 1 ? masters : []) + agents + frameworks
      let cut = side.filter { _ in random.oneIn(share) }
      if !cut.isEmpty, strikes(kind) { cutOff(cut, blockage, for: length) }
    default:
      guard let node = random.pick(agents + frameworks) else { return }
      let isFree = !isBlocked(node, election.leader) && !isBlocked(election.leader, node)
      if strikes(kind, if: isFree) { cutOff([node], blockage, for: length) }
    }
  }

  private mutating func breakNode(_ kind: FaultKind, _ random: inout SeededGenerator) {
    let candidates =
      switch kind {
      case .agentCrash, .flapping: agents
      case .masterCrash: masters
      case .frameworkCrash: frameworks.filter { nodes[$0.index].mayCrash }
      default: executors
      }
    guard let node = random.pick(candidates) else { return }
    let (fate, downTime) = (drawFate(for: nodes[node.index].role, &random), random.draw(faults.downTime))
    let (times, stepsDown) = (2 + Int(random.below(6)), random.oneIn(2))
    guard strikes(kind, if: nodes[node.index].isUp) else { return }
    if kind == .flapping { return flap(node, times: times, &random) }
    if kind == .masterCrash, stepsDown, node == leader, masters.count > 1 { return stepDown() }
    crash(.node(node), disk: fate)
    events.add(.start(node), at: now + downTime)
  }

  /// What becomes of a disk in a crash that happens by chance.
  private mutating func drawFate(for role: PeerRole, _ random: inout SeededGenerator) -> DiskFate {
    let (isLost, isTorn) = (random.oneIn(2), random.oneIn(2))
    // What a framework keeps is its alone to lose, and what the master keeps nobody can make up for.
    if role == .agent {
      let isRebooted = random.oneIn(2)
      if isLost { return strikes(.diskLoss) ? .lost : .kept }
      if isRebooted { return strikes(.reboot) ? .rebooted : .kept }
    }
    return isTorn && strikes(.tornWrite) ? .torn : .kept
  }

  /// A node crashes so many times in a row.
  mutating func flap(_ node: NodeID, times: Int, _ random: inout SeededGenerator) {
    var time = now
    for _ in 0..<times {
      events.add(.crash(node), at: time)
      time = time + random.draw(.milliseconds(10)...Span.seconds(2))
      events.add(.start(node), at: time)
      time = time + random.draw(.milliseconds(10)...Span.seconds(3))
    }
  }

  private mutating func slow(_ kind: FaultKind, _ random: inout SeededGenerator) {
    let candidates = masters + agents + frameworks + (kind == .clockJump ? [] : executors)
    guard let node = random.pick(candidates) else { return }
    switch kind {
    case .pause:
      let length = random.draw(faults.pauseLength)
      if strikes(kind, if: nodes[node.index].isUp) { pause(.node(node), for: length) }
    case .slowness:
      let (length, slowest) = (random.draw(faults.slowLength), random.draw(faults.slowness))
      if strikes(kind) { slowDown(.node(node), by: .zero...slowest, for: length) }
    default:
      let jump = random.draw(Span.zero - faults.clockJump...faults.clockJump)
      let drift = nodes[node.index].clock.drift
      if strikes(kind) { setClock(.node(node), drift: drift, wall: jump) }
    }
  }

  /// The custom executors that are up.
  private var executors: [NodeID] {
    nodes.indices.filter { nodes[$0].role == .executor && nodes[$0].isUp }.map { NodeID(index: $0) }
  }

  /// How many of the effects of a batch a node performs before it crashes; nil: all, and it does not.
  mutating func effectsBeforeCrash(of id: NodeID, among count: Int) -> Int? {
    guard faults.crashWithinBatchMillionths > 0, isBreaking, nodes[id.index].mayCrash else { return nil }
    guard nodes[id.index].random.chance(millionths: faults.crashWithinBatchMillionths) else { return nil }
    let done = Int(nodes[id.index].random.below(UInt64(count) + 1))
    return strikes(.crashWithinBatch) ? done : nil
  }

  /// A node crashes in the middle of a batch.
  mutating func crashWithinBatch(_ id: NodeID) {
    var random = nodes[id.index].random
    let (fate, downTime) = (drawFate(for: nodes[id.index].role, &random), random.draw(faults.downTime))
    nodes[id.index].random = random
    crash(.node(id), disk: fate)
    events.add(.start(id), at: now + downTime)
  }
}

extension Span {
  fileprivate static func - (left: Span, right: Span) -> Span {
    Span(nanoseconds: left.nanoseconds - right.nanoseconds)
  }
}
