// The listings of the guide to testing a scheduler, as they are printed there: the batch scheduler in clusters that fail.

import Meseta
import Testing

let job = BatchJob("job", .shell("run 10s"), resources: "cpus:1;mem:256", maxRetries: 100)

@Test func everyJobRuns() throws {
  var world = Simulation(7)
  world.add(agents: 3, "cpus:4;mem:4096")
  let batch = world.add(BatchScheduler(Array(repeating: job, count: 50)))
  try world.run(until: { $0.scheduler(of: batch)?.progress.isDone ?? false }, within: .minutes(5))
  #expect(world.scheduler(of: batch)?.progress.finished == 50)
}

@Test(arguments: Seeds(100))
func everyJobRunsWhateverFails(seed: Seed) throws {
  var world = Simulation(seed, faults: .swarm)
  world.add(agents: 5, "cpus:4;mem:4096")
  let batch = world.add(BatchScheduler(Array(repeating: job, count: 50)))
  try world.run(until: { $0.scheduler(of: batch)?.progress.isDone ?? false }, within: .minutes(60))
  #expect(world.scheduler(of: batch)?.progress.failed == 0)
}

@Test func jobsMoveAwayFromAMachineThatDies() throws {
  var world = Simulation(7)
  world.add(agents: 2, "cpus:4;mem:4096")
  let batch = world.add(BatchScheduler(Array(repeating: job, count: 20)))
  world.at(.seconds(15)) { $0.crash(.agent(0), disk: .lost) }
  world.at(.seconds(20)) { $0.crash(.master) }
  world.at(.seconds(40)) { $0.start(.master) }
  try world.run(until: { $0.scheduler(of: batch)?.progress.isDone ?? false }, within: .minutes(30))
  let progress = world.scheduler(of: batch)?.progress
  #expect(progress?.finished == 20)
  #expect(progress?.retried == 4, "those that ran on the machine")
}

@Test func aFailureNamesWhatRepeatsIt() throws {
  var world = Simulation(0x5eed)
  let batch = world.add(BatchScheduler([job]))
  let failure = #expect(throws: SimulationFailure.self) {
    try world.run(until: { $0.finishedTasks(of: batch) == 1 }, within: .seconds(90))
  }
  #expect(
    failure?.description == """
      seed 0x5eed · after 1m30s virtual · what was waited for did not come about within 90s
      replay: MESETA_SEED=0x5eed swift test --filter aFailureNamesWhatRepeatsIt
      """)
}
