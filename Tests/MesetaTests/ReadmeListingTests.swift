// The framework of the README and its test, as they are printed there.

import Meseta
import Testing

/// Runs every submitted command once, wherever there is room.
struct Batch: Scheduler {
  enum Command: Hashable { case submit([String]) }
  let need: Resources = "cpus:0.5;mem:64"
  var waiting: [String] = []

  mutating func handle(_ input: SchedulerInput<Command>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .command(.submit(let commands)):
      waiting += commands
    case .offers(let offers):
      for offer in offers {
        var launch = cluster.accept(offer)  // what is not used is declined
        while let command = waiting.last, launch.fits(need) {
          launch.run(shell: command, resources: need)
          waiting.removeLast()
        }
      }
    case .update(let update) where update.state.isTerminal && update.state != .finished:
      if let command = update.task?.command?.value { waiting.append(command) }
    default: break
    }
    cluster.want(need, count: waiting.count)  // wanting more revives; wanting nothing suppresses
  }
}

@Test(arguments: Seeds(20))
func everyCommandRunsAlthoughAgentsDie(seed: Seed) throws {
  var world = Simulation(seed, faults: .swarm)
  world.add(agents: 5, "cpus:4;mem:4096")
  let batch = world.add(Batch())
  world.send(.submit((1...100).map { "run \($0)s" }), to: batch)
  world.at(.seconds(30)) { $0.crash(.agent(2), disk: .lost) }
  try world.run(until: { $0.finishedTasks(of: batch) >= 100 }, within: .minutes(60))
}
