// Nodes crash and start again; sessions break; all of it by hand or by chance.

import MesetaProtocol
import MesetaRuntime

extension Simulation {
  /// A node stops at once. Its peers notice.
  public mutating func crash(_ name: NodeName, disk: DiskFate = .kept) {
    guard let id = node(name), nodes[id.index].isUp else { return }
    note(id, disk == .kept ? "crashes" : "crashes and loses its disk")
    takeDown(id)
    // The kernel of a machine that is up ends the connections of a process that is not.
    closeSessions(of: id, after: disk == .kept ? faults.delay : faults.detection, "the peer is gone")
    guard disk == .lost else { return }
    nodes[id.index].disk = Disk()
    checks.lostDisk(id)
    let containers = nodes[id.index].containers
    nodes[id.index].containers = []
    for container in containers {
      if !container.hasEnded { checks.ended(container, on: id) }
      if let executor = container.executor { takeDown(executor) }
    }
  }

  /// A crashed node starts again, at the same address and with a seed of its own.
  public mutating func start(_ name: NodeName) {
    guard let id = node(name), !nodes[id.index].isUp else { return }
    note(id, "starts again")
    nodes[id.index].isUp = true
    nodes[id.index].lastWrite = now
    nodes[id.index].machine = nodes[id.index].make(nodes[id.index].disk, random.next(), time)
    checks.cameUp(id)
    if nodes[id.index].role == .agent { recoverContainers(of: id) }
    scheduleWake(id)
  }

  /// Crashes a node and starts it again at once.
  public mutating func restart(_ name: NodeName) {
    crash(name)
    start(name)
  }

  /// Breaks the sessions that a node opened, as a lost connection would.
  public mutating func breakSessions(of name: NodeName) {
    guard let id = node(name) else { return }
    for session in nodes[id.index].sessions { breakSession(session, "the connection was reset") }
  }

  mutating func takeDown(_ id: NodeID) {
    nodes[id.index].isUp = false
    nodes[id.index].life += 1
    nodes[id.index].inbox = []
    nodes[id.index].wake = .never
    nodes[id.index].requests = [:]
    checks.wentDown(id)
  }

  mutating func closeSessions(of id: NodeID, after delay: ClosedRange<Span>, _ reason: String) {
    for session in nodes[id.index].sessions {
      guard let link = links[session] else { continue }
      let atServer = link.server != id
      links[session]?.close(atServer: !atServer)
      // What was sent before the crash arrives first.
      let last = atServer ? link.lastArrivalAtServer : link.lastArrivalAtClient
      events.add(
        .notice(session, atServer: atServer, reason: reason), at: max(last, now + random.draw(delay)))
    }
    nodes[id.index].sessions = []
  }

  // MARK: By chance

  mutating func scheduleFaults() {
    schedule(.partition, every: faults.partitionEvery)
    schedule(.agentCrash, every: faults.agentCrashEvery)
    schedule(.masterCrash, every: faults.masterCrashEvery)
    schedule(.frameworkBreak, every: faults.frameworkBreakEvery)
  }

  private mutating func schedule(_ fault: Event.Fault, every span: Span?) {
    guard let span else { return }
    let time = now + random.draw(Span.milliseconds(1)...(span * 2))
    if time < Instant.zero + faults.end { events.add(.fault(fault), at: time) }
  }

  mutating func happen(_ fault: Event.Fault) {
    switch fault {
    case .partition:
      schedule(fault, every: faults.partitionEvery)
      if let node = pick(agents + frameworks) { cutOff(node) }
    case .agentCrash:
      schedule(fault, every: faults.agentCrashEvery)
      if let agent = pick(agents), nodes[agent.index].isUp {
        crash(.node(agent), disk: random.oneIn(2) ? .lost : .kept)
        events.add(.start(agent), at: now + random.draw(faults.downTime))
      }
    case .masterCrash:
      schedule(fault, every: faults.masterCrashEvery)
      if nodes[masterNode.index].isUp {
        crash(.master)
        events.add(.start(masterNode), at: now + random.draw(faults.downTime))
      }
    case .frameworkBreak:
      schedule(fault, every: faults.frameworkBreakEvery)
      if let framework = pick(frameworks) { breakSessions(of: .node(framework)) }
    }
  }

  private mutating func cutOff(_ node: NodeID) {
    let blockages: [Blockage] = [.bothWays, .bothWays, .outgoing, .incoming]
    let blockage = blockages[Int(random.below(UInt64(blockages.count)))]
    guard !isBlocked(node, masterNode), !isBlocked(masterNode, node) else { return }
    partition(.node(node), .master, blockage)
    events.add(.heal(node, masterNode), at: now + random.draw(faults.partitionLength))
  }

  private mutating func pick(_ nodes: [NodeID]) -> NodeID? {
    nodes.isEmpty ? nil : nodes[Int(random.below(UInt64(nodes.count)))]
  }
}
