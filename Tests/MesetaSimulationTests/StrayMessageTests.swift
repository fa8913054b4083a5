// Calls that travel on connections of their own, and messages that come twice.

import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaSimulation
import Testing

@Suite struct StrayMessageTests {
  /// Lets an operator make twenty calls in a row, and says which arrived, in the order in which they did.
  private static func calls(_ change: (inout Faults) -> Void) throws -> (numbers: [UInt64], world: Simulation)
  {
    var faults = Faults()
    change(&faults)
    var world = Simulation(3, faults: .fixed(faults))
    let peer = world.add(peer: "p", .operator)
    var numbers: [UInt64] = []
    var endings = 0
    world.observe = { _, observation in
      switch observation {
      case .delivered(.operatorCall(_, let request), _, _): numbers.append(request)
      case .happened(_, let text) where text.contains("is over"): endings += 1
      default: break
      }
    }
    try world.run(for: .seconds(1))
    for number in 1...20 {
      world.say(.operatorCall(.getAgents, request: UInt64(number)), from: peer)
      try world.run(for: .milliseconds(10))
    }
    try world.run(for: .seconds(10))
    #expect(endings == 0, "the session goes on")
    return (numbers, world)
  }

  @Test func aCallCanBeLostWhileItsSessionGoesOn() throws {
    let (numbers, world) = try Self.calls { $0.callLossMillionths = 500_000 }
    #expect(numbers.count + world.statistics.faults[.callLoss] == 20)
    #expect((5...15).contains(numbers.count))
    #expect(numbers == numbers.sorted())
  }

  @Test func aCallCanArriveTwice() throws {
    let (numbers, world) = try Self.calls { $0.callRepeatMillionths = 500_000 }
    #expect(Set(numbers) == Set(1...20))
    #expect(numbers.count == 20 + world.statistics.faults[.callRepeat])
    #expect(numbers.count > 20)
  }

  @Test func aCallCanBeOvertaken() throws {
    let (numbers, _) = try Self.calls { $0.callDetourMillionths = 500_000 }
    #expect(numbers.sorted() == Array(1...20))
    #expect(numbers != numbers.sorted())
  }

  @Test func whatComesTwiceBetweenMasterAndAgentIsDoneOnce() throws {
    var faults = Faults()
    faults.repeatMillionths = 1_000_000
    var world = Simulation(5, faults: .fixed(faults))
    world.add(agents: 2, try Resources(parsing: "cpus:4;mem:4096"))
    let batch = world.add(RetryingBatch())
    world.send(.submit(20), to: batch)
    try world.run(until: { $0.finishedTasks(of: batch) == 20 }, within: .minutes(5))
    #expect(world.statistics.messages[.masterRunTask] == 40)
    #expect(world.statistics.containers == 20)
  }
}
