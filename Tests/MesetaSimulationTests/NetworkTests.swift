// The simulated network keeps its promises.

import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaSimulation
import Testing

@Suite struct NetworkTests {
  /// What reached the master, of a peer's heartbeats.
  private final class Arrivals {
    var times: [Instant] = []
    var closings: [(name: String, text: String, time: Instant)] = []
  }

  /// A master and a peer that says only what it is told to say.
  private struct Pair {
    var world: Simulation
    let peer: NodeID
    let arrivals = Arrivals()

    init() {
      world = Simulation(3)
      peer = world.add(peer: "p", .operator)
      world.observe = { [arrivals, peer] time, observation in
        switch observation {
        case .delivered(.heartbeat, let from, _) where from == peer: arrivals.times.append(time)
        case .happened(let node, let text) where text.contains("is over"):
          arrivals.closings.append((node == peer ? "p" : "master", text, time))
        default: break
        }
      }
    }
  }

  @Test func messagesTakeTheirTimeAndKeepTheirOrder() throws {
    var faults = Faults()
    faults.delay = .milliseconds(1)...Span.seconds(1)
    var world = Simulation(3, faults: .fixed(faults))
    let peer = world.add(peer: "p", .operator)
    var numbers: [UInt64] = []
    world.observe = { _, observation in
      if case .delivered(.operatorResponse(_, let request), _, _) = observation { numbers.append(request) }
    }
    try world.run(for: .seconds(3))
    for number in 1...20 {
      world.say(.operatorCall(.getAgents, request: UInt64(number)), from: peer)
      try world.run(for: .milliseconds(10))
    }
    try world.run(for: .seconds(5))
    #expect(numbers == Array(1...20))
  }

  @Test func whatIsSentDuringAShortPartitionArrivesAfterIt() throws {
    var pair = Pair()
    let (peer, arrivals) = (pair.peer, pair.arrivals)
    try pair.world.run(for: .seconds(1))
    pair.world.partition(.node(peer), .master)
    pair.world.say(.heartbeat, from: peer)
    try pair.world.run(for: .seconds(10))
    #expect(arrivals.times.isEmpty)
    pair.world.heal(.node(peer), .master)
    try pair.world.run(for: .seconds(20))
    #expect(arrivals.times.count == 1)
    #expect(arrivals.closings.isEmpty)
  }

  @Test func aLongPartitionEndsTheSessionAtBothEnds() throws {
    var pair = Pair()
    let (peer, arrivals) = (pair.peer, pair.arrivals)
    try pair.world.run(for: .seconds(1))
    pair.world.partition(.node(peer), .master)
    pair.world.say(.heartbeat, from: peer)
    try pair.world.run(for: .seconds(25))
    #expect(arrivals.closings.map(\.name).sorted() == ["master", "p"])
    pair.world.heal(.node(peer), .master)
    try pair.world.run(for: .seconds(25))
    #expect(arrivals.times.isEmpty)
  }

  @Test func aPartitionOfOneWayLetsTheOtherWayThrough() throws {
    var pair = Pair()
    let (peer, arrivals) = (pair.peer, pair.arrivals)
    try pair.world.run(for: .seconds(1))
    pair.world.partition(.node(peer), .master, .incoming)
    pair.world.say(.heartbeat, from: peer)
    try pair.world.run(for: .seconds(1))
    #expect(arrivals.times.count == 1)
  }

  @Test func whatStalledArrivesBeforeWhatWasSentLater() throws {
    var faults = Faults()
    faults.delay = .milliseconds(1)...Span.milliseconds(500)
    for seed in Seeds(20) {
      var world = Simulation(seed, faults: .fixed(faults))
      let peer = world.add(peer: "p", .operator)
      var numbers: [UInt64] = []
      world.observe = { _, observation in
        if case .delivered(.operatorCall(_, let request), _, _) = observation { numbers.append(request) }
      }
      try world.run(for: .seconds(2))
      world.partition(.node(peer), .master)
      for number in 1...20 {
        world.say(.operatorCall(.getAgents, request: UInt64(number)), from: peer)
        try world.run(for: .milliseconds(100))
      }
      world.heal(.node(peer), .master)
      try world.run(for: .seconds(5))
      #expect(numbers == Array(1...20))
    }
  }

  @Test func isolatedNodesReachNobodyUntilTheyAreHealed() throws {
    var world = Simulation(3)
    world.add(agents: 4, try Resources(parsing: "cpus:4;mem:4096"))
    try world.run(for: .seconds(5))
    world.isolate([.agent(0), .agent(1)])
    try world.run(for: .minutes(2))
    #expect(world.master?.describeAgents().filter(\.isActive).count == 2)
    world.heal([.agent(0), .agent(1)])
    try world.run(for: .minutes(2))
    #expect(world.master?.describeAgents().filter(\.isActive).count == 4)
  }

  @Test func healingEndsAllThatIsInTheWay() throws {
    var pair = Pair()
    let (peer, arrivals) = (pair.peer, pair.arrivals)
    try pair.world.run(for: .seconds(1))
    pair.world.partition(.node(peer), .master, .outgoing)
    pair.world.isolate([.node(peer)])
    pair.world.say(.heartbeat, from: peer)
    try pair.world.run(for: .seconds(5))
    #expect(arrivals.times.isEmpty)
    pair.world.heal(.node(peer), .master)
    try pair.world.run(for: .seconds(5))
    #expect(arrivals.times.count == 1)
  }

  @Test func aBrokenSessionLosesWhatIsSentOnIt() throws {
    var pair = Pair()
    let (peer, arrivals) = (pair.peer, pair.arrivals)
    try pair.world.run(for: .seconds(1))
    pair.world.breakSessions(of: .node(peer))
    pair.world.say(.heartbeat, from: peer)
    try pair.world.run(for: .seconds(30))
    #expect(arrivals.times.isEmpty)
    #expect(arrivals.closings.count == 2)
  }

  @Test func aCrashIsNoticedAfterWhatWasSentBeforeIt() throws {
    var pair = Pair()
    let (peer, arrivals) = (pair.peer, pair.arrivals)
    try pair.world.run(for: .seconds(1))
    pair.world.say(.heartbeat, from: peer)
    try pair.world.run(for: .milliseconds(0))
    pair.world.at(.milliseconds(1001)) { $0.crash(.node(peer)) }
    try pair.world.run(for: .seconds(1))
    let noticed = try #require(arrivals.closings.first)
    #expect(noticed.name == "master")
    let arrived = try #require(arrivals.times.first)
    #expect(arrived <= noticed.time)
  }
}
