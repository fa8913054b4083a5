// What goes wrong by chance.

import MesetaRuntime

extension Simulation {
  mutating func scheduleFaults() {
    for kind in FaultKind.allCases { schedule(kind) }
  }

  /// Plans the next fault of a kind.
  private mutating func schedule(_ kind: FaultKind) {
    guard let span = faults.interval(of: kind) else { return }
    let time = now + faultStreams[kind.rawValue].draw(Span.milliseconds(1)...(span * 2))
    if time < Instant.zero + faults.end { events.add(.fault(kind), at: time) }
  }

  mutating func happen(_ kind: FaultKind) {
    schedule(kind)
    // Taken out while it is used, so that each kind draws from its own.
    var random = faultStreams[kind.rawValue]
    switch kind {
    case .messageLoss: break  // strikes as messages are sent
    case .partition: cutOff(&random)
    case .agentCrash: crashAgent(&random)
    case .masterCrash: crashMaster(&random)
    case .frameworkBreak:
      if let framework = random.pick(frameworks), strikes(kind) { breakSessions(of: .node(framework)) }
    }
    faultStreams[kind.rawValue] = random
  }

  private mutating func cutOff(_ random: inout SeededGenerator) {
    let blockages: [Blockage] = [.bothWays, .bothWays, .outgoing, .incoming]
    let (node, blockage) = (random.pick(agents + frameworks), random.pick(blockages))
    let length = random.draw(faults.partitionLength)
    guard let node, let blockage,
      strikes(.partition, if: !isBlocked(node, masterNode) && !isBlocked(masterNode, node))
    else { return }
    partition(.node(node), .master, blockage)
    events.add(.heal(node, masterNode), at: now + length)
  }

  private mutating func crashAgent(_ random: inout SeededGenerator) {
    let (agent, losesDisk) = (random.pick(agents), random.oneIn(2))
    let downTime = random.draw(faults.downTime)
    guard let agent, strikes(.agentCrash, if: nodes[agent.index].isUp) else { return }
    crash(.node(agent), disk: losesDisk ? .lost : .kept)
    events.add(.start(agent), at: now + downTime)
  }

  private mutating func crashMaster(_ random: inout SeededGenerator) {
    let downTime = random.draw(faults.downTime)
    guard strikes(.masterCrash, if: nodes[masterNode.index].isUp) else { return }
    crash(.master)
    events.add(.start(masterNode), at: now + downTime)
  }
}

extension Faults {
  /// How long it is on average from one fault of a kind to the next; nil for those that do not come by the clock.
  fileprivate func interval(of kind: FaultKind) -> Span? {
    switch kind {
    case .messageLoss: nil
    case .partition: partitionEvery
    case .agentCrash: agentCrashEvery
    case .masterCrash: masterCrashEvery
    case .frameworkBreak: frameworkBreakEvery
    }
  }
}
