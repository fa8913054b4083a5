// Many clusters in which much goes wrong: the work gets done all the same.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaSimulation
import Testing

@Suite struct SwarmTests {
  @Test(arguments: Seeds(50))
  func everyCommandFinishesWhateverBreaks(seed: Seed) throws {
    var world = Simulation(seed, faults: .swarm)
    world.checkInterval = 7
    world.add(agents: 5, try Resources(parsing: "cpus:4;mem:4096"))
    let batch = world.add(RetryingBatch())
    world.send(.submit(100), to: batch)
    try world.run(until: { $0.finishedTasks(of: batch) >= 100 }, within: .minutes(30))
  }

  @Test func aLostMachineIsReplacedByTheOthers() throws {
    var world = Simulation(7)
    world.add(agents: 5, try Resources(parsing: "cpus:4;mem:4096"))
    let batch = world.add(RetryingBatch())
    world.send(.submit(100), to: batch)
    world.at(.seconds(5)) { $0.crash(.agent(2), disk: .lost) }
    try world.run(until: { $0.finishedTasks(of: batch) == 100 }, within: .minutes(30))
  }

  @Test func tasksSurviveTheMaster() throws {
    var world = Simulation(8)
    world.add(agents: 3, try Resources(parsing: "cpus:4;mem:4096"))
    let batch = world.add(RetryingBatch())
    world.send(.submit(60), to: batch)
    world.at(.seconds(5)) { $0.crash(.master) }
    world.at(.seconds(20)) { $0.start(.master) }
    try world.run(until: { $0.finishedTasks(of: batch) == 60 }, within: .minutes(30))
    #expect(world.scheduler(of: batch)?.finished == 60)
  }

  @Test func whatDoesNotComeAboutIsSaidWithTheSeed() throws {
    var world = Simulation(0x5eed)
    let batch = world.add(RetryingBatch())
    world.send(.submit(1), to: batch)
    let failure = #expect(throws: SimulationFailure.self) {
      try world.run(until: { $0.finishedTasks(of: batch) == 1 }, within: .seconds(90))
    }
    #expect(failure?.description.hasPrefix("seed 0x5eed · after 1m30s virtual · ") == true)
  }

  @Test func aMachineThatStopsTimeIsFound() throws {
    var world = Simulation(9)
    world.add(Restless())
    let failure = #expect(throws: SimulationFailure.self) { try world.run(for: .minutes(1)) }
    #expect(failure?.problem.hasPrefix("framework0 wants to be woken at once") == true)
  }

  @Test func messagesWithoutEndAreFound() throws {
    var world = Simulation(10)
    world.mostDeliveries = 10_000
    world.add(Talkative())
    let failure = #expect(throws: SimulationFailure.self) { try world.run(for: .minutes(1)) }
    #expect(failure?.problem.hasPrefix("more than 10000 messages") == true)
  }
}

/// Says more than anybody can want to hear.
private struct Talkative: Scheduler {
  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    for _ in 0..<100 { cluster.call(.request([])) }
    cluster.wake(after: .milliseconds(10))
  }
}

/// Wants to be woken when it has been woken.
private struct Restless: Scheduler {
  mutating func handle(_ input: SchedulerInput<Never>, _ cluster: inout SchedulerCalls) {
    cluster.wake(after: .zero)
  }
}
