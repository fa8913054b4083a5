// Nodes crash and start again; sessions break.

import MesetaAgent
import MesetaMaster
import MesetaProtocol
import MesetaRuntime

extension Simulation {
  /// A node stops at once. Its peers notice. An executor does not start again: its container has ended.
  ///
  /// - Parameter disk: What becomes of what it has written down.
  public mutating func crash(_ name: NodeName, disk: DiskFate = .kept) {
    guard let id = node(name), nodes[id.index].isUp else { return }
    note(id, "crashes\(disk.text)")
    statistics.crashes += 1
    settleWrites(of: id, disk)
    if nodes[id.index].role == .executor { return endContainer(ofExecutor: id, .signaled(9)) }
    takeDown(id)
    // The kernel of a machine that is up ends the connections of a process that is not.
    let isMachineDown = disk == .lost || disk == .rebooted
    closeSessions(of: id, after: isMachineDown ? faults.detection : faults.delay, "the peer is gone")
    if nodes[id.index].role == .master { leaderIsGone(id) }
    if disk == .lost { loseMachine(of: id) }
    if disk == .rebooted { reboot(id) }
  }

  /// A machine starts again, with what was synchronised and perhaps more.
  private mutating func reboot(_ id: NodeID) {
    let pick = nodes[id.index].random.next()
    let lost = nodes[id.index].disk.journal.reboot(pick: pick)
    if lost > 0 { note(id, "loses \(lost) batches of records that were not synchronised") }
    nodes[id.index].wasRebooted = true
    checks.rebooted(id)
    loseContainers(of: id)
  }

  /// A machine is gone, with all that ran on it.
  mutating func loseMachine(of id: NodeID) {
    nodes[id.index].disk = Disk()
    // What several masters share is not on any of their machines.
    if nodes[id.index].role == .master, masters.count == 1 {
      registry = RegistryState()
      checks.lostRegistry()
    }
    checks.lostDisk(id)
    loseContainers(of: id)
  }

  private mutating func loseContainers(of id: NodeID) {
    let containers = nodes[id.index].containers
    nodes[id.index].containers = []
    for container in containers {
      if !container.hasEnded { checks.ended(container, on: id, at: now) }
      if let executor = container.executor, nodes[executor.index].isUp { takeDown(executor) }
    }
  }

  /// A crashed node starts again, at the same address and with a seed of its own.
  public mutating func start(_ name: NodeName) {
    guard let id = node(name), !nodes[id.index].isUp, nodes[id.index].role != .executor else { return }
    note(id, "starts again")
    nodes[id.index].isUp = true
    nodes[id.index].lastWrite = now
    if nodes[id.index].role == .master { return standForElection(id) }
    startMachine(of: id)
  }

  /// A node's machine begins anew, with what the node has written down.
  mutating func startMachine(of id: NodeID) {
    nodes[id.index].disk.journal.open()
    var disk = nodes[id.index].disk
    disk.registry = registry
    keepMarks(of: id)
    nodes[id.index].machine = nodes[id.index].make(disk, lifeSeed(of: id), time(of: id))
    checks.cameUp(id)
    if nodes[id.index].role == .master {
      checks.fail(nodes[id.index].machine.contradiction(to: checks.settings))
    }
    if nodes[id.index].role == .agent { recoverContainers(of: id) }
    scheduleWake(id)
  }

  /// Crashes a node and starts it again at once.
  public mutating func restart(_ name: NodeName) {
    guard let id = node(name) else { return }
    crash(.node(id))
    start(.node(id))
  }

  /// Crashes a node so many times in a row: each time it is up for a second or two, and down for less.
  public mutating func flap(_ name: NodeName, times: Int) {
    guard let id = node(name) else { return }
    var random = nodes[id.index].random
    flap(id, times: times, &random)
    nodes[id.index].random = random
  }

  /// Breaks the sessions that a node opened, as a lost connection would.
  public mutating func breakSessions(of name: NodeName) {
    guard let id = node(name) else { return }
    for session in nodes[id.index].sessions { breakSession(session, "the connection was reset") }
  }

  /// The seed of a node's present life.
  private func lifeSeed(of id: NodeID) -> UInt64 {
    seed.number(for: .life, nodes[id.index].stream, UInt64(nodes[id.index].life))
  }

  mutating func takeDown(_ id: NodeID) {
    keepMarks(of: id)
    nodes[id.index].isUp = false
    nodes[id.index].life += 1
    nodes[id.index].inbox = []
    nodes[id.index].wake = .never
    nodes[id.index].busyUntil = .zero
    nodes[id.index].requests = [:]
    nodes[id.index].isDeposed = false
    nodes[id.index].isStoreFailing = false
    checks.wentDown(id)
  }

  mutating func closeSessions(of id: NodeID, after delay: ClosedRange<Span>, _ reason: String) {
    for session in nodes[id.index].sessions {
      guard links.contains(session) else { continue }
      let atServer = links[valid: session].server != id
      links[valid: session].close(atServer: !atServer)
      let noticed = now + links[valid: session].random.draw(delay)
      // What was sent before the crash arrives first.
      let last = links[valid: session][laneToServer: atServer].lastArrival
      events.add(.notice(session, atServer: atServer, reason: reason), at: max(last, noticed))
    }
    nodes[id.index].sessions = []
  }
}

extension DiskFate {
  fileprivate var text: String {
    switch self {
    case .kept: ""
    case .torn: " while it writes"
    case .rebooted: " with its machine"
    case .lost: " and loses its disk"
    }
  }
}
