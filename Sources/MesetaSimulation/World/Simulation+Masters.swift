// Several masters: one leads, the others stand by. Frameworks and agents connect to whoever leads, as far as they know.

import MesetaMaster
import MesetaRuntime

/// Who leads. A master that leads is alone in having a machine; what it writes down is shared, so that the next one
/// begins with it.
struct Election {
  /// The master that leads, or led last.
  var leader: NodeID
  /// Whether it does lead.
  var isOver = true
  /// How many there have been.
  var term = 0
  /// The master that has taken over what is written down: of another one nothing is taken any more.
  var writer: NodeID

  init(leader: NodeID) { (self.leader, writer) = (leader, leader) }
}

/// A master that does not lead: it waits.
struct Standby: Machine {
  var nextWake: Instant { .never }
  mutating func handle(_ input: consuming NodeInput<Local>, at time: Time, _ effects: inout Outbox) {}
}

extension Simulation {
  /// The master that leads; nil while there is none.
  public var leader: NodeID? {
    election.isOver && nodes[election.leader.index].isUp ? election.leader : nil
  }

  /// The master that leads ends, as one that has lost an election does, and stands for the next one when it has started
  /// again, after the others.
  public mutating func stepDown() {
    guard let leader, masters.count > 1 else { return }
    note(leader, "does not lead any more")
    settleWrites(of: leader, .kept)
    takeDown(leader)
    closeSessions(of: leader, after: faults.delay, "the master does not lead any more")
    leaderIsGone(leader)
    events.add(.start(leader), at: now + .seconds(5))
  }

  /// A master is up. It leads at once if none of several does, and it has been the only one.
  mutating func standForElection(_ id: NodeID) {
    if masters.count == 1 {
      election.isOver = true
      return startMachine(of: id)
    }
    nodes[id.index].machine = Standby()
    if leader == nil { planElection() }
  }

  /// A master that may have led is down.
  mutating func leaderIsGone(_ id: NodeID) {
    guard masters.count > 1, election.leader == id, election.isOver else { return }
    election.isOver = false
    planElection()
  }

  /// A master goes on that stood still.
  mutating func mayLeadAgain() {
    if masters.count > 1, leader == nil { planElection() }
  }

  private mutating func planElection() {
    election.term += 1
    events.add(
      .elect(term: election.term), at: now + nodes[election.leader.index].random.draw(faults.electionTime))
  }

  /// The next master that is up leads.
  mutating func elect(term: Int) {
    guard leader == nil, term == election.term else { return }
    let start = masters.firstIndex(of: election.leader) ?? 0
    for step in 1...masters.count {
      let candidate = masters[(start + step) % masters.count]
      // One that stands still cannot take over before it goes on.
      guard nodes[candidate.index].isUp, nodes[candidate.index].busyUntil <= now,
        !nodes[candidate.index].isDeposed
      else { continue }
      election.leader = candidate
      election.isOver = true
      note(candidate, "leads")
      nodes[candidate.index].life += 1
      nodes[candidate.index].wake = .never  // What the standby had planned is for a life that is over.
      takeOverRegistry(by: candidate)
      startMachine(of: candidate)
      return announceLeader()
    }
  }
}
