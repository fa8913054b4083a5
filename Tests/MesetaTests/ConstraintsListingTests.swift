// The listing about offer constraints in the guide to writing a scheduler, as it is printed there.

import Meseta
import Testing

/// Wants no machines but those of one rack, and none that databases run on.
func stay(in rack: String, _ cluster: inout SchedulerCalls) {
  cluster.constrain([
    "batch": [[.where(.attribute("rack"), .equals(rack)), .where(.hostname, .notMatches("db-.*"))]]
  ])
}

/// Stays in a rack, and remembers the machines that it was offered since.
private struct Settler: Scheduler {
  typealias Command = String
  var offered: Set<String> = []

  mutating func handle(_ input: SchedulerInput<String>, _ cluster: inout SchedulerCalls) {
    switch input {
    case .command(let rack):
      stay(in: rack, &cluster)
      cluster.wake(after: .seconds(20))
    case .wake: offered = []  // what was offered before the constraints were known
    case .offers(let offers):
      for offer in offers { offered.insert(offer.hostname) }
    default: break
    }
  }
}

@Test func onlyMachinesOfTheRackAreOffered() throws {
  var world = Simulation(1)
  for (host, rack) in [("web-1", "r1"), ("web-2", "r2"), ("db-1", "r1"), ("web-3", "r1")] {
    world.add(
      agent: host,
      AgentInfo(hostname: host, resources: "cpus:4;mem:4096", attributes: [Attribute("rack", .text(rack))]))
  }
  let settler = world.add(
    Settler(), framework: FrameworkInfo(name: "settler", roles: ["batch"], capabilities: [.multiRole]))
  world.send("r1", to: settler)
  try world.run(for: .seconds(60))
  #expect(world.scheduler(of: settler)?.offered == ["web-1", "web-3"])
}
