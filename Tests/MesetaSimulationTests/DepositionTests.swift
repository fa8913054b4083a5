// Masters that do not lead any more and do not know yet, and masters whose registry fails.

import MesetaFramework
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaSimulation
import Testing

@Suite struct DepositionTests {
  private static let agent = Resources(["cpus": Scalar(4), "mem": Scalar(4096)])

  /// A cluster whose framework wants so many tasks.
  private static func cluster(
    _ seed: Seed = 11, tasks: Int, masters: Int, _ change: (inout Faults) -> Void = { _ in }
  ) -> (world: Simulation, batch: FrameworkHandle<RetryingBatch>) {
    var faults = Faults()
    change(&faults)
    var world = Simulation(seed, faults: .fixed(faults), masters: masters)
    world.add(agents: 3, agent)
    let batch = world.add(RetryingBatch())
    world.send(.submit(tasks), to: batch)
    return (world, batch)
  }

  /// What is said of masters, in order.
  private static func listen(to world: inout Simulation, _ hear: @escaping (String) -> Void) {
    world.observe = { _, observation in
      if case .happened(_, let text) = observation { hear(text) }
    }
  }

  @Test func aDeposedMasterGoesOnUntilItsLeaseEnds() throws {
    var (world, batch) = Self.cluster(tasks: 50, masters: 2) {
      $0.electionTime = .seconds(1)...Span.seconds(1)
      $0.leaderNotice = .seconds(5)...Span.seconds(20)
    }
    var said: [String] = []
    Self.listen(to: &world) { said.append($0) }
    try world.run(for: .seconds(10))
    let first = try #require(world.leader)
    world.deposeLeader(lease: .seconds(4))
    try world.run(for: .seconds(3))
    #expect(world.leader != nil)
    #expect(world.leader != first)
    #expect(!said.contains { $0.contains("gives up") })
    try world.run(for: .seconds(2))
    #expect(said.contains("gives up: its lease has ended"))
    try world.run(until: { $0.finishedTasks(of: batch) == 50 }, within: .minutes(10))
    try world.run(for: .minutes(2))
    #expect(world.master?.describeAgents().filter(\.isActive).count == 3)
  }

  @Test func whatADeposedMasterWritesIsRefused() throws {
    var (world, _) = Self.cluster(tasks: 1, masters: 2) {
      $0.electionTime = .seconds(1)...Span.seconds(1)
      $0.leaderNotice = .minutes(5)...Span.minutes(5)
    }
    let peer = world.add(peer: "p", .operator)
    var (said, isDone) = ([String](), false)
    world.observe = { _, observation in
      if case .happened(_, let text) = observation { said.append(text) }
      if case .delivered(.operatorResponse(.done, _), _, _) = observation { isDone = true }
    }
    try world.run(for: .seconds(10))
    world.deposeLeader(lease: .minutes(10))
    try world.run(for: .seconds(3))
    world.say(.operatorCall(.updateWeights([RoleWeight(role: "a", weight: 2)]), request: 1), from: peer)
    try world.run(for: .seconds(10))
    #expect(said.contains("gives up: another master has taken over the registry"))
    #expect(!isDone)
    #expect(world.master?.recordedState.roles.weight("a") == nil)
  }

  @Test func whatWasBeingWrittenIsThereUpToAPointWhenTheNextMasterBegins() throws {
    var outcomes: Set<String> = []
    for seed in Seeds(20) {
      var (world, _) = Self.cluster(seed, tasks: 1, masters: 2) {
        $0.storeDelay = .seconds(8)...Span.seconds(8)
        $0.electionTime = .seconds(1)...Span.seconds(1)
      }
      Self.listen(to: &world) { if $0.contains("taken before they are refused") { outcomes.insert($0) } }
      try world.run(for: .seconds(2))
      world.deposeLeader(lease: .seconds(30))
      try world.run(for: .minutes(2))
      #expect(world.master?.describeAgents().filter(\.isActive).count == 3)
    }
    #expect(outcomes.count > 2)
  }

  @Test func agentsAndFrameworksLeaveADeposedMasterOneByOne() throws {
    var (world, _) = Self.cluster(tasks: 1, masters: 2) { $0.leaderNotice = .seconds(1)...Span.minutes(1) }
    var times: Set<Instant> = []
    world.observe = { time, observation in
      guard case .happened(_, let text) = observation, text.hasSuffix("another master leads") else { return }
      times.insert(time)
    }
    try world.run(for: .seconds(10))
    world.deposeLeader(lease: .minutes(10))
    try world.run(for: .minutes(2))
    #expect(times.count == 4, "three agents and a framework")
  }

  @Test func aMasterStartsAgainWhenItsRegistryHasFailed() throws {
    var (world, batch) = Self.cluster(tasks: 50, masters: 1) {
      $0.storeFailureMillionths = 300_000
      $0.storeDelay = .milliseconds(1)...Span.milliseconds(100)
    }
    try world.run(until: { $0.finishedTasks(of: batch) == 50 }, within: .minutes(60))
    #expect(world.statistics.faults[.storeFailure] > 0)
    #expect(world.statistics.containers == 50)
  }

  @Test(arguments: Seeds(10))
  func mastersThatAreDeposedLoseNoTask(seed: Seed) throws {
    var (world, batch) = Self.cluster(seed, tasks: 100, masters: 3) {
      $0.electionTime = .milliseconds(100)...Span.seconds(1)
    }
    for second in [1, 4, 8] { world.at(.seconds(second)) { $0.deposeLeader(lease: .seconds(3)) } }
    try world.run(until: { $0.finishedTasks(of: batch) == 100 }, within: .minutes(30))
    try world.run(for: .minutes(2))
    #expect(world.master?.describeAgents().filter(\.isActive).count == 3)
  }
}
