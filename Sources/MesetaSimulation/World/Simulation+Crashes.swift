// Nodes crash and start again; sessions break.

import MesetaProtocol
import MesetaRuntime

extension Simulation {
  /// A node stops at once. Its peers notice.
  public mutating func crash(_ name: NodeName, disk: DiskFate = .kept) {
    guard let id = node(name), nodes[id.index].isUp else { return }
    note(id, disk == .kept ? "crashes" : "crashes and loses its disk")
    statistics.crashes += 1
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
    nodes[id.index].machine = nodes[id.index].make(nodes[id.index].disk, lifeSeed(of: id), time)
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

  /// The seed of a node's present life.
  private func lifeSeed(of id: NodeID) -> UInt64 {
    seed.number(for: .life, nodes[id.index].stream, UInt64(nodes[id.index].life))
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
