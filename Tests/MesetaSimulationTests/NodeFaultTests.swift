// Nodes crash, stand still, are slow, and have clocks of their own.

import MesetaFramework
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaSimulation
import Testing

@Suite struct NodeFaultTests {
  private static let agent = Resources(["cpus": Scalar(4), "mem": Scalar(4096)])

  /// A cluster whose framework wants so many tasks.
  private static func cluster(
    _ seed: Seed = 11, tasks: Int, agents: Int = 3, masters: Int = 1,
    _ change: (inout Faults) -> Void = { _ in }
  ) -> (world: Simulation, batch: FrameworkHandle<RetryingBatch>) {
    var faults = Faults()
    change(&faults)
    var world = Simulation(seed, faults: .fixed(faults), masters: masters)
    world.add(agents: agents, agent)
    let batch = world.add(RetryingBatch())
    world.send(.submit(tasks), to: batch)
    return (world, batch)
  }

  // MARK: Standing still

  @Test func aMasterThatStandsStillAnswersLater() throws {
    var world = Simulation(3)
    let peer = world.add(peer: "p", .operator)
    var answers: [Instant] = []
    world.observe = { time, observation in
      if case .delivered(.operatorResponse, _, _) = observation { answers.append(time) }
    }
    try world.run(for: .seconds(1))
    world.pause(.master, for: .seconds(5))
    world.say(.operatorCall(.getAgents, request: 1), from: peer)
    try world.run(for: .seconds(4))
    #expect(answers.isEmpty)
    try world.run(for: .seconds(2))
    #expect(answers.count == 1)
  }

  @Test func whatWaitedForANodeThatStoodStillIsReadBeforeItsDeadlinesAreLookedAt() throws {
    var world = Simulation(3)
    world.add(agents: 1, Self.agent)
    let diary = world.add(Diary())
    try world.run(for: .seconds(5))
    #expect(world.reports(of: diary) == ["offers"])
    world.pause(.node(diary.node), for: .seconds(20))
    try world.run(for: .seconds(30))
    #expect(world.reports(of: diary) == ["offers", "offers", "rings"])
  }

  @Test func aSlowMasterTakesItsTimeForEachBatch() throws {
    var world = Simulation(3)
    let peer = world.add(peer: "p", .operator)
    var answers: [Instant] = []
    world.observe = { time, observation in
      if case .delivered(.operatorResponse, _, _) = observation { answers.append(time) }
    }
    try world.run(for: .seconds(1))
    world.slowDown(.master, by: .seconds(2)...Span.seconds(2), for: .seconds(30))
    for number in 1...3 {
      world.say(.operatorCall(.getAgents, request: UInt64(number)), from: peer)
      try world.run(for: .milliseconds(100))
    }
    try world.run(for: .seconds(1))
    #expect(answers.count == 1, "it is busy with the first")
    try world.run(for: .seconds(3))
    #expect(answers.count == 3)
  }

  @Test func aStallIsOverBeforeAnybodyGivesUp() throws {
    var (world, batch) = Self.cluster(tasks: 100) { $0.stallEvery = .seconds(5) }
    var endings = 0
    world.observe = { _, observation in
      if case .happened(_, let text) = observation, text.contains("is over") { endings += 1 }
    }
    try world.run(for: .minutes(5))
    #expect(world.finishedTasks(of: batch) == 100)
    #expect(world.statistics.faults[.stall] > 10)
    #expect(endings == 0)
  }

  // MARK: Machines that start again

  @Test func tasksOfAMachineThatStartsAgainHaveFailedAndAreRunAgain() throws {
    var (world, batch) = Self.cluster(tasks: 20, agents: 1)
    var failures: Set<String?> = []
    var returns = 0
    world.observe = { _, observation in
      switch observation {
      case .delivered(.agentMessage(.statusUpdate(let update)), _, _) where update.status.state == .failed:
        failures.insert(update.status.message)
      case .delivered(.masterMessage(.reregistered), _, _): returns += 1
      default: break
      }
    }
    try world.run(for: .seconds(3))
    let before = world.finishedTasks(of: batch)
    world.crash(.agent(0), disk: .rebooted)
    try world.run(for: .seconds(1))
    world.start(.agent(0))
    try world.run(for: .minutes(20))
    #expect(before < 20)
    #expect(world.finishedTasks(of: batch) == 20)
    #expect(failures == ["The machine was started again"])
    #expect(returns == 1, "it is the agent that it was")
  }

  // MARK: Ends in good order

  @Test func whatANodeWroteBeforeItEndedInGoodOrderIsThere() throws {
    var faults = Faults()
    faults.storeDelay = .seconds(5)...Span.seconds(5)
    var world = Simulation(3, faults: .fixed(faults))
    let agent = world.add(agent: "a", AgentInfo(hostname: "a", resources: Self.agent))
    try world.run(for: .seconds(6))
    let id = try #require(world.master?.describeAgents().first?.info.id)
    // Its id is being written down.
    world.stop(.node(agent))
    try world.run(for: .seconds(1))
    world.start(.node(agent))
    try world.run(for: .minutes(1))
    #expect(world.master?.describeAgents().map(\.info.id) == [id])
  }

  @Test func aPeerThatWasToldSomethingWhileItWasDownComesBack() throws {
    var world = Simulation(3)
    let peer = world.add(peer: "p", .operator)
    var answers = 0
    world.observe = { _, observation in
      if case .delivered(.operatorResponse, _, _) = observation { answers += 1 }
    }
    try world.run(for: .seconds(1))
    world.crash(.node(peer))
    world.say(.operatorCall(.getAgents, request: 1), from: peer)
    try world.run(for: .seconds(1))
    world.start(.node(peer))
    try world.run(for: .seconds(1))
    #expect(answers == 0, "nobody was there to ask")
    world.say(.operatorCall(.getAgents, request: 2), from: peer)
    try world.run(for: .seconds(1))
    #expect(answers == 1)
  }

  // MARK: Clocks

  @Test func aFastClockWakesItsNodeEarly() throws {
    var world = Simulation(3)
    let alarm = world.add(Alarm())
    world.setClock(.node(alarm.node), drift: 100_000)
    try world.run(for: .milliseconds(9000))
    #expect(world.reports(of: alarm).isEmpty)
    try world.run(for: .milliseconds(200))
    #expect(world.reports(of: alarm) == ["rings"])
  }

  @Test func aClockOnTheWallThatJumpsShowsInTimestamps() throws {
    var (world, batch) = Self.cluster(tasks: 1, agents: 1)
    world.setClock(.agent(0), wall: .minutes(60))
    var times: [Double] = []
    world.observe = { _, observation in
      if case .delivered(.schedulerEvent(.update(let status)), _, _) = observation {
        times.append(status.timestamp ?? 0)
      }
    }
    try world.run(until: { $0.finishedTasks(of: batch) == 1 }, within: .minutes(1))
    let start = Double(Simulation.startOfTime / 1_000_000_000)
    #expect(times.allSatisfy { $0 - start >= 3600 })
    #expect(!times.isEmpty)
  }

  // MARK: Crashes

  @Test(arguments: Seeds(10))
  func workGoesOnWhateverANodeHadDoneWhenItCrashed(seed: Seed) throws {
    var (world, batch) = Self.cluster(seed, tasks: 60) {
      $0.crashWithinBatchMillionths = 10_000
      $0.downTime = .milliseconds(100)...Span.seconds(20)
    }
    try world.run(until: { $0.finishedTasks(of: batch) >= 60 }, within: .minutes(30))
    #expect(world.statistics.faults[.crashWithinBatch] > 0)
  }

  @Test func tasksOfExecutorsThatCrashAreRunAgain() throws {
    var faults = Faults()
    faults.executorCrashEvery = .seconds(3)
    faults.end = .minutes(2)
    var world = Simulation(11, faults: .fixed(faults))
    world.add(agents: 3, Self.agent)
    let batch = world.add(ExecutorBatch())
    world.send(.submit(200), to: batch)
    try world.run(until: { $0.finishedTasks(of: batch) >= 200 }, within: .minutes(10))
    #expect(world.statistics.faults[.executorCrash] > 3)
  }

  @Test func someWritesSurviveACrashAndSomeDoNot() throws {
    var outcomes: Set<String> = []
    for seed in Seeds(20) {
      var (world, batch) = Self.cluster(seed, tasks: 5, agents: 2) {
        $0.storeDelay = .seconds(20)...Span.seconds(20)
      }
      world.observe = { _, observation in
        if case .happened(_, let text) = observation, text.hasSuffix("writes whole") { outcomes.insert(text) }
      }
      world.at(.seconds(5)) { $0.crash(.master, disk: .torn) }
      world.at(.seconds(6)) { $0.start(.master) }
      try world.run(until: { $0.finishedTasks(of: batch) == 5 }, within: .minutes(10))
    }
    #expect(outcomes.contains { $0.hasPrefix("finds 0 of") })
    #expect(outcomes.contains { $0.hasPrefix("finds 2 of 2") })
  }

  @Test func aWriteCanBeDurableBeforeItsNodeHearsOfIt() throws {
    var (world, batch) = Self.cluster(tasks: 5, agents: 2) { $0.lateCompletionMillionths = 1_000_000 }
    world.at(.milliseconds(500)) { $0.crash(.master) }
    world.at(.seconds(2)) { $0.start(.master) }
    try world.run(until: { $0.finishedTasks(of: batch) == 5 }, within: .minutes(10))
    #expect(world.statistics.faults[.lateCompletion] > 1)
  }

  @Test func anAgentThatFlapsCrashesSeveralTimesForEachFault() throws {
    var (world, batch) = Self.cluster(tasks: 100) { $0.flapEvery = .seconds(20) }
    try world.run(for: .minutes(11))
    #expect(world.finishedTasks(of: batch) >= 100)
    #expect(world.statistics.faults[.flapping] > 0)
    #expect(world.statistics.crashes >= 2 * world.statistics.faults[.flapping])
  }

  @Test func anAgentThatIsMadeToFlapIsThereInTheEnd() throws {
    var (world, batch) = Self.cluster(tasks: 100)
    world.at(.seconds(5)) { $0.flap(.agent(1), times: 5) }
    try world.run(until: { $0.finishedTasks(of: batch) == 100 }, within: .minutes(10))
    #expect(world.statistics.crashes == 5)
    #expect(world.master?.describeAgents().filter(\.isActive).count == 3)
  }

  // MARK: Masters

  @Test func theNextMasterTakesOver() throws {
    var (world, batch) = Self.cluster(tasks: 100, masters: 3)
    try world.run(for: .seconds(20))
    let first = try #require(world.leader)
    world.crash(.master)
    #expect(world.leader == nil)
    try world.run(for: .seconds(20))
    let second = try #require(world.leader)
    #expect(first != second)
    world.stepDown()
    try world.run(for: .seconds(20))
    #expect(world.leader != nil)
    #expect(world.leader != second)
    try world.run(until: { $0.finishedTasks(of: batch) == 100 }, within: .minutes(10))
    #expect(world.master?.describeAgents().filter(\.isActive).count == 3)
  }

  @Test func aMasterThatStandsStillTakesOverWhenItGoesOn() throws {
    var (world, batch) = Self.cluster(tasks: 50, masters: 2)
    try world.run(for: .seconds(2))
    world.pause(.candidate(1), for: .seconds(60))
    world.crash(.master)
    try world.run(for: .seconds(50))
    #expect(world.leader == nil)
    try world.run(for: .seconds(30))
    #expect(world.leader != nil)
    try world.run(until: { $0.finishedTasks(of: batch) == 50 }, within: .minutes(10))
  }

  @Test(arguments: Seeds(10))
  func mastersThatFailOverLoseNoTask(seed: Seed) throws {
    var (world, batch) = Self.cluster(seed, tasks: 100, masters: 3) { $0.masterCrashEvery = .seconds(40) }
    try world.run(until: { $0.finishedTasks(of: batch) == 100 }, within: .minutes(30))
    #expect(world.statistics.containers == 100)
  }
}

/// Refuses what it is offered first for twelve seconds, and wants to be woken after ten.
private struct Diary: Scheduler {
  var reports: [String] = []

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .offers(let offers):
      reports.append("offers")
      if reports.count > 1 { return }
      for offer in offers { cluster.decline(offer, for: .seconds(12)) }
      cluster.wake(at: Instant.zero + .seconds(10))
    case .wake: reports.append("rings")
    default: break
    }
  }
}

/// Wants to be woken after ten seconds of its own time.
private struct Alarm: Scheduler {
  var reports: [String] = []
  private var isSet = false

  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    if !isSet {
      isSet = true
      cluster.wake(at: Instant.zero + .seconds(10))
    }
    if case .wake = input { reports.append("rings") }
  }
}
