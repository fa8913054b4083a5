// A cluster that comes to rest is told from one that does not.

import MesetaFramework
import MesetaModel
import MesetaRuntime
import MesetaSimulation
import Testing

@Suite struct LivenessTests {
  private var world = Simulation(11)

  init() throws { world.add(agents: 2, try Resources(parsing: "cpus:4;mem:4096")) }

  private mutating func settle() throws { try world.run(for: Settling.time) }

  /// What is found to be wrong.
  private mutating func problem() -> String? {
    do throws(SimulationFailure) { try world.checkLiveness() } catch { return error.problem }
    return nil
  }

  @Test mutating func aQuietClusterIsAtRest() throws {
    let batch = world.add(RetryingBatch())
    world.send(.submit(20), to: batch)
    try settle()
    #expect(world.finishedTasks(of: batch) == 20)
    #expect(problem() == nil)
  }

  @Test mutating func anAgentThatStaysAwayIsFound() throws {
    world.at(.seconds(10)) { $0.crash(.agent(1)) }
    try settle()
    #expect(problem() == "agent1 is still down")
  }

  @Test mutating func anAgentThatIsCutOffIsFound() throws {
    world.at(.seconds(10)) { $0.partition(.agent(1), .master) }
    try settle()
    #expect(problem()?.contains("on agent1 is not registered") == true)
  }

  @Test mutating func anUpdateThatIsNeverAcknowledgedIsFound() throws {
    var options = SchedulerOptions()
    options.acknowledges = false
    let batch = world.add(RetryingBatch(), options: options)
    world.send(.submit(1), to: batch)
    try settle()
    #expect(problem()?.contains("was reported TASK_STARTING, and that was never acknowledged") == true)
  }

  @Test(arguments: Seeds(20))
  func whatBreaksComesToRest(seed: Seed) throws {
    var world = Simulation(seed, faults: .swarm)
    world.add(agents: 4, try Resources(parsing: "cpus:4;mem:4096"))
    let first = world.add(RetryingBatch())
    let second = world.add(
      RetryingBatch(), framework: FrameworkInfo(name: "second", failoverTimeout: 60, role: "b"))
    world.send(.submit(60), to: first)
    world.send(.submit(60), to: second)
    world.at(.seconds(40)) { $0.stop(.node(second.node), teardown: true) }
    for span in [world.faults.end, .minutes(5), Settling.time] { try world.run(for: span) }
    try world.checkLiveness()
  }
}
