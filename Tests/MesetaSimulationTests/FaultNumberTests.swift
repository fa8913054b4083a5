// Faults are counted and named, and one that is left out leaves the others as they were.

import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaSimulation
import Testing

@Suite struct FaultNumberTests {
  private static func play(_ change: (inout Faults) -> Void = { _ in }) throws -> Simulation {
    var faults = Faults()
    faults.agentCrashEvery = .seconds(30)
    faults.partitionEvery = .seconds(40)
    faults.frameworkBreakEvery = .seconds(50)
    change(&faults)
    var world = Simulation(17, faults: .fixed(faults))
    world.add(agents: 4, try Resources(parsing: "cpus:4;mem:4096"))
    let batch = world.add(RetryingBatch())
    world.send(.submit(50), to: batch)
    try world.run(for: .minutes(10))
    return world
  }

  @Test func theFaultsOfAKindAreNumberedAsTheyStrike() throws {
    let world = try Self.play()
    let crashes = world.injectedFaults.filter { $0.kind == .agentCrash }
    #expect(crashes.count > 5)
    #expect(crashes.map(\.number) == crashes.map(\.number).sorted())
    #expect(world.statistics.faults[.agentCrash] == crashes.count)
    #expect(world.statistics.crashes == crashes.count)
    #expect(world.statistics.faults[.masterCrash] == 0)
  }

  @Test func aFaultThatIsLeftOutLeavesTheOthersAsTheyWere() throws {
    let whole = try Self.play().injectedFaults
    let one = try #require(whole.filter { $0.kind == .agentCrash }.dropFirst(2).first)
    let rest = try Self.play { $0.skipped = [one] }.injectedFaults
    #expect(!rest.contains(one))
    #expect(Set(rest).isSuperset(of: Set(whole).subtracting([one])))
  }

  @Test func aKindOfFaultCanBeLeftOut() throws {
    let whole = try Self.play().injectedFaults
    let rest = try Self.play { $0.excluded = [.partition] }.injectedFaults
    #expect(whole.contains { $0.kind == .partition })
    #expect(rest.allSatisfy { $0.kind != .partition })
    #expect(rest.filter { $0.kind == .frameworkBreak } == whole.filter { $0.kind == .frameworkBreak })
  }

  @Test func everyKindOfFaultStrikesInSomeSwarm() throws {
    var all = Statistics()
    for seed in Seeds(30) {
      var world = Simulation(seed, faults: .swarm, masters: 2)
      world.add(agents: 4, try Resources(parsing: "cpus:4;mem:4096"))
      world.add(DurableBatch(jobs: 50), survivesCrashes: true)
      let executors = world.add(
        ExecutorBatch(), framework: FrameworkInfo(name: "executors", failoverTimeout: 3600, role: "b"))
      world.send(.submit(100), to: executors)
      try world.run(for: .minutes(2))
      all += world.statistics
    }
    #expect(FaultKind.allCases.filter { all.faults[$0] == 0 } == [])
  }

  @Test func theNameOfAFaultReadsBack() {
    let fault = FaultID(.agentCrash, 3)
    #expect(fault.description == "agentCrash#3")
    #expect(FaultID("agentCrash#3") == fault)
    #expect(FaultID("agentCrash") == nil)
    #expect(FaultID("meteor#1") == nil)
  }

  @Test func messagesContainersAndTimeAreCounted() throws {
    var world = Simulation(17)
    world.add(agents: 2, try Resources(parsing: "cpus:4;mem:4096"))
    let batch = world.add(RetryingBatch())
    world.send(.submit(10), to: batch)
    try world.run(for: .minutes(5))
    let statistics = world.statistics
    #expect(statistics.messages[.masterRunTask] == 10)
    #expect(statistics.messages[.agentRegister] == 2)
    #expect(statistics.containers == 10)
    #expect(statistics.messages[.masterPing] > 0)
    #expect(statistics.messages.total > statistics.tellingMessages)
    #expect(statistics.time == .minutes(5))
    var sum = statistics
    sum += statistics
    #expect(sum.messages[.masterRunTask] == 20)
    #expect(sum.tellingMessages == 2 * statistics.tellingMessages)
  }
}
