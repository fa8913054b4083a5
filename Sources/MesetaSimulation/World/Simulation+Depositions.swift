// Masters that do not lead any more and do not know yet, and masters whose registry fails.

import MesetaProtocol
public import MesetaRuntime

extension Simulation {
  /// The election session of the master that leads expires while it believes in itself. Another one is elected, and begins
  /// with what is written down by then. The old one goes on beside it until its lease ends, or until it hears that a write was
  /// refused; agents and frameworks hear of the new one each in their time, and leave the old one then.
  ///
  /// - Parameter lease: For how long the old one goes on at most.
  public mutating func deposeLeader(lease: Span = .seconds(5)) {
    guard let leader, masters.count > 1 else { return }
    note(leader, "does not lead any more, and does not know")
    nodes[leader.index].isDeposed = true
    for place in nodes.indices where nodes[place].server == .leader {
      nodes[place].followed = nodes[place].followed ?? leader
    }
    events.add(.leaseEnds(leader, life: nodes[leader.index].life), at: now + lease)
    leaderIsGone(leader)
  }

  /// The lease of a master ends that was deposed. One that stands still sees that before anything else.
  mutating func leaseEnds(of id: NodeID, _ life: Int) {
    guard isAlive(id, life), nodes[id.index].isDeposed else { return }
    if nodes[id.index].busyUntil > now {
      return events.add(.leaseEnds(id, life: life), at: nodes[id.index].busyUntil)
    }
    giveUp(id, "its lease has ended")
  }

  // MARK: The registry

  /// Whether what a node writes is taken: the registry takes nothing more of a master after which another has taken it over.
  func mayWrite(_ id: NodeID) -> Bool {
    nodes[id.index].role != .master || election.writer == id
  }

  /// A master takes the registry over: of what another was writing the first is there, and the rest will be refused.
  mutating func takeOverRegistry(by id: NodeID) {
    for other in masters where other != id && mayWrite(other) {
      let places = nodes[other.index].pendingWrites.indices.filter {
        !nodes[other.index].pendingWrites[$0].isDurable
      }
      if places.isEmpty { continue }
      let count = Int(nodes[other.index].random.below(UInt64(places.count) + 1))
      note(other, "has \(count) of \(places.count) writes taken before they are refused")
      makeDurable(places[..<count], of: other)
    }
    election.writer = id
    checks.tookOver(id)
  }

  /// A write to the registry may fail: it and all that follow are never answered, and the master ends.
  ///
  /// - Returns: Whether that is so.
  mutating func storeFails(_ id: NodeID, at done: Instant) -> Bool {
    guard faults.storeFailureMillionths > 0, isBreaking, nodes[id.index].role == .master else { return false }
    let (fails, isRefused, wait) = (
      nodes[id.index].random.chance(millionths: faults.storeFailureMillionths),
      nodes[id.index].random.oneIn(2), nodes[id.index].random.draw(faults.storeTimeout)
    )
    guard fails, strikes(.storeFailure) else { return false }
    nodes[id.index].isStoreFailing = true
    let life = nodes[id.index].life
    events.add(.storeFails(id, life: life), at: isRefused ? done : done + wait)
    return true
  }

  /// A master hears that the registry has failed: some of what it wrote last is there, and it cannot know what.
  mutating func storeHasFailed(_ id: NodeID, _ life: Int) {
    guard isAlive(id, life) else { return }
    let places = nodes[id.index].pendingWrites.indices.filter {
      !nodes[id.index].pendingWrites[$0].isDurable
    }
    if mayWrite(id) {
      let count = Int(nodes[id.index].random.below(UInt64(places.count) + 1))
      note(id, "cannot write any more, and \(count) of \(places.count) writes are there")
      makeDurable(places[..<count], of: id)
    }
    giveUp(id, "the registry cannot be written")
  }

  /// A master ends that must not go on, and stands for the next election when it has started again.
  mutating func giveUp(_ id: NodeID, _ reason: String) {
    note(id, "gives up: \(reason)")
    nodes[id.index].pendingWrites = []
    takeDown(id)
    closeSessions(of: id, after: faults.delay, "the master does not lead any more")
    leaderIsGone(id)
    let pause = masters.count > 1 ? Span.seconds(1) : nodes[id.index].random.draw(faults.downTime)
    events.add(.start(id), at: now + pause)
  }

  // MARK: Those who follow

  /// Whoever follows a master that was deposed hears after a while that another leads.
  mutating func announceLeader() {
    for place in nodes.indices where nodes[place].followed != nil {
      let delay = nodes[place].random.draw(faults.leaderNotice)
      events.add(.hearsOfLeader(NodeID(index: place)), at: now + delay)
    }
  }

  /// A node hears who leads, and leaves whom it has followed.
  mutating func hearsOfLeader(_ id: NodeID) {
    guard nodes[id.index].followed != nil else { return }
    if nodes[id.index].isUp, nodes[id.index].busyUntil > now {
      return events.add(.hearsOfLeader(id), at: nodes[id.index].busyUntil)
    }
    nodes[id.index].followed = nil
    guard nodes[id.index].isUp else { return }
    for session in nodes[id.index].sessions where links.contains(session) {
      guard links[valid: session].client == id, links[valid: session].server != leader else { continue }
      transmit(.close("closed by the peer"), on: session, toServer: true)
      end(session, atServer: false, reason: "another master leads")
    }
  }
}
