// Containers that do not go as their commands say.

import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaSimulation
import Testing

@Suite struct ContainerFaultTests {
  /// Runs ten tasks; faults end after five minutes. Says the states that the framework was told, and when.
  private static func play(
    _ change: (inout Faults) -> Void
  ) throws -> (told: [(state: TaskState, time: Instant)], statistics: Statistics) {
    var faults = Faults()
    faults.end = .minutes(5)
    change(&faults)
    var world = Simulation(13, faults: .fixed(faults))
    world.add(agents: 3, try Resources(parsing: "cpus:4;mem:4096"))
    let batch = world.add(RetryingBatch())
    world.send(.submit(10), to: batch)
    var told: [(state: TaskState, time: Instant)] = []
    world.observe = { time, observation in
      if case .delivered(.schedulerEvent(.update(let status)), _, _) = observation {
        told.append((status.state, time))
      }
    }
    try world.run(until: { $0.finishedTasks(of: batch) == 10 }, within: .minutes(20))
    return (told, world.statistics)
  }

  private static let end = Instant.zero + .minutes(5)

  @Test func aContainerMayNotStart() throws {
    let (told, statistics) = try Self.play { $0.launchFailureMillionths = 700_000 }
    #expect(told.filter { $0.state == .failed }.count == statistics.faults[.launchFailure])
    #expect(statistics.faults[.launchFailure] > 3)
  }

  @Test func aContainerMayEndBeforeItIsDone() throws {
    let (told, statistics) = try Self.play { $0.earlyExitMillionths = 700_000 }
    #expect(told.filter { $0.state == .failed }.count == statistics.faults[.earlyExit])
    #expect(statistics.faults[.earlyExit] > 3)
  }

  @Test func aContainerMayHangUntilNothingIsBrokenAnyMore() throws {
    let (told, statistics) = try Self.play { $0.hangMillionths = 1_000_000 }
    #expect(statistics.faults[.hang] == 10)
    let finished = told.filter { $0.state == .finished }
    #expect(finished.count == 10)
    #expect(finished.allSatisfy { $0.time >= Self.end })
  }

  @Test func aContainerMayIgnoreThatItShallEnd() throws {
    var faults = Faults()
    faults.ignoredKillMillionths = 1_000_000
    var world = Simulation(13, faults: .fixed(faults))
    world.add(agents: 1, try Resources(parsing: "cpus:4;mem:4096"))
    let batch = world.add(RetryingBatch())
    world.send(.submit(1), to: batch)
    try world.run(until: { $0.statistics.containers == 1 }, within: .minutes(1))
    world.stop(.node(batch.node), teardown: true)
    try world.run(for: .minutes(1))
    #expect(world.statistics.faults[.ignoredKill] == 1)
    // SIGTERM does nothing, SIGKILL ends it.
    let killed = try #require(Self.time(of: "with SIGTERM", in: world.trace))
    let ended = try #require(Self.time(of: "ends", in: world.trace))
    #expect(ended - killed >= 3)
  }

  /// When that happened last, in seconds.
  private static func time(of text: String, in trace: Trace) -> Double? {
    let line = trace.lines.last { $0.contains(text) }
    return line.flatMap { $0.split(separator: " ").first }.flatMap { Double($0) }
  }
}
