// Operators who take agents out of use while much goes wrong: the work gets done all the same.

import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaSimulation
import Testing

@Suite struct MaintenanceSwarmTests {
  @Test(arguments: Seeds(30))
  func everyCommandFinishesWhateverTheOperatorDoes(seed: Seed) throws {
    var world = Simulation(seed, faults: .swarm)
    world.checkInterval = 7
    world.add(agents: 5, try Resources(parsing: "cpus:4;mem:4096"))
    let batch = world.add(RetryingBatch())
    world.send(.submit(100), to: batch)
    let peer = world.add(peer: "operator", .operator)
    var random = SeededGenerator(seed: ~seed.value)
    for second in stride(from: 3, to: 600, by: 6) {
      let (kind, draw) = (random.below(5), random.next())
      world.at(.seconds(second)) { Self.operate(kind, draw, &$0, peer) }
    }
    // In the end all agents are taken back into use; those that are being drained when that is over.
    for second in stride(from: 610, to: 1700, by: 20) {
      world.at(.seconds(second)) { world in
        Self.tell(.updateMaintenanceSchedule(MaintenanceSchedule()), &world, peer)
        for agent in world.master?.describeAgents() ?? [] where agent.standing != nil {
          if let id = agent.info.id { Self.tell(.reactivateAgent(id), &world, peer) }
        }
      }
    }
    try world.run(until: { $0.finishedTasks(of: batch) >= 100 }, within: .minutes(30))
  }

  /// Does something to one of the agents that are there.
  private static func operate(_ kind: UInt64, _ draw: UInt64, _ world: inout Simulation, _ peer: NodeID) {
    let agents = world.master?.describeAgents() ?? []
    guard !agents.isEmpty, let id = agents[Int(draw % UInt64(agents.count))].info.id else { return }
    let host = MachineID(hostname: agents[Int(draw / 7 % UInt64(agents.count))].info.hostname)
    switch kind {
    case 0: tell(.deactivateAgent(id), &world, peer)
    case 1: tell(.drainAgent(id, DrainConfig(maxGracePeriod: 1_000_000_000)), &world, peer)
    case 2: tell(.reactivateAgent(id), &world, peer)
    case 3: tell(.updateMaintenanceSchedule(MaintenanceSchedule()), &world, peer)
    default:
      let start = Simulation.startOfTime + Int64(draw % 1_000_000_000_000)
      let window = MaintenanceWindow([host], Unavailability(start: start))
      tell(.updateMaintenanceSchedule(MaintenanceSchedule([window])), &world, peer)
    }
  }

  private static func tell(_ call: OperatorCall, _ world: inout Simulation, _ peer: NodeID) {
    world.say(.operatorCall(call, request: 1), from: peer)
  }
}
