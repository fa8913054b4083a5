// Forks of a recorded state: what would have been.

import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRecording
import MesetaRuntime
import MesetaSimulation
import Testing

@Suite struct WhatIfTests {
  /// Two roles that both want all of a small cluster for about a minute, and the master's state ten seconds on.
  private func recorded() throws -> (master: Master, demand: Demand) {
    var world = Simulation(7, isRecording: true)
    world.add(agents: 2, "cpus:4;mem:8192")
    for role in ["a", "b"] {
      let batch = world.add(
        RetryingBatch(), framework: FrameworkInfo(name: "batch of \(role)", failoverTimeout: 600, role: role))
      world.send(.submit(100), to: batch)
    }
    try world.run(for: .minutes(5))
    let segments = try #require(world.masterRecording).segments
    var replay = try Replay<Master>(RecordingSegment(segments[0]), keepsEffects: true)
    let start = replay.time.monotonic + .seconds(10)
    var reader: DemandReader?
    var master: Master?
    for (number, segment) in segments.enumerated() {
      if number > 0 { try replay.go(on: RecordingSegment(segment)) }
      while true {
        if reader == nil, let next = try replay.nextTime(), next.monotonic > start {
          master = replay.machine
          reader = DemandReader(replay.machine, at: replay.time)
        }
        guard let step = try replay.step() else { break }
        reader?.take(step, at: replay.time)
      }
    }
    return (try #require(master), try #require(reader).finish())
  }

  private func measures(_ changes: [ForkChange] = []) throws -> ForkMeasures {
    let (master, demand) = try recorded()
    var fork = Fork(master, demand, changes)
    fork.run()
    #expect(fork.refusals == [])
    return fork.measures
  }

  private func wait(_ measures: ForkMeasures, _ role: String) throws -> Double {
    let figures = try #require(measures.roles.first { $0.name == role }).figures
    return try #require(figures.meanWait).inSeconds
  }

  @Test func theDemandIsThatOfTheRecording() throws {
    let (_, demand) = try recorded()
    #expect(demand.frameworks.map(\.info.name) == ["batch of a", "batch of b"])
    let tasks = demand.frameworks.flatMap(\.tasks)
    #expect(tasks.count > 100)
    #expect(tasks.count + demand.running.count <= 200)
    #expect(tasks.allSatisfy { $0.runTime != nil && $0.wanted == demand.start.monotonic })
    #expect(demand.running.count == 8)
    #expect(demand.running.allSatisfy { $0.end != nil })
  }

  @Test func withoutAChangeAllIsDoneAsInTheRecording() throws {
    let (before, again) = (try measures(), try measures())
    let (_, demand) = try recorded()
    #expect(before.roles.map(\.figures.launched) == demand.frameworks.map(\.tasks.count))
    #expect(before.roles.allSatisfy { $0.figures.unmet.isEmpty && $0.figures.lost == 0 })
    #expect(before.frameworks.map(\.figures.waits) == again.frameworks.map(\.figures.waits))
    #expect(before.cpus == again.cpus)
    // Equal roles wait about as long as each other.
    #expect(abs(try wait(before, "a") - wait(before, "b")) < 5)
  }

  @Test func aHigherWeightWaitsLess() throws {
    let before = try measures()
    let after = try measures([.call(.updateWeights([RoleWeight(role: "a", weight: 4)]))])
    #expect(try wait(after, "a") < wait(before, "a") - 2)
    #expect(try wait(after, "b") > wait(before, "b") + 1)
  }

  @Test func aLimitHoldsARoleBack() throws {
    let before = try measures()
    let quota = QuotaConfig(role: "a", limits: [WrittenQuantity("cpus", 1)])
    let after = try measures([.call(.updateQuota([quota], isForced: true))])
    #expect(try wait(after, "a") > wait(before, "a") + 10)
    #expect(try wait(after, "b") < wait(before, "b"))
  }

  @Test func withFewerAgentsAllWaitLongerAndTheLostTasksRunAgain() throws {
    let before = try measures()
    let after = try measures([.loseAgents(1)])
    for role in ["a", "b"] { #expect(try wait(after, role) > wait(before, role) + 5) }
    #expect(after.roles.reduce(0) { $0 + $1.figures.lost } == 4)
  }

  @Test func withMoreAgentsAllWaitLess() throws {
    let before = try measures()
    let after = try measures([.addAgents(2, nil)])
    for role in ["a", "b"] { #expect(try wait(after, role) < wait(before, role) - 5) }
    #expect(after.cpus < before.cpus)
  }

  @Test func whatTheMasterRefusesIsTold() throws {
    let (master, demand) = try recorded()
    let quota = QuotaConfig(role: "a", guarantees: [WrittenQuantity("cpus", 1000)])
    var fork = Fork(master, demand, [.call(.updateQuota([quota], isForced: false))])
    fork.run()
    #expect(fork.refusals.count == 1)
  }
}
