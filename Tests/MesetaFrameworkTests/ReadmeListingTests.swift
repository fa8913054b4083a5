// The framework of the README, as it is printed there.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime
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
    case .update(let update) where update.state == .lost:
      if let command = update.task?.command?.value { waiting.append(command) }  // acknowledged by the driver
    default: break
    }
    cluster.want(need, count: waiting.count)  // wanting more revives; wanting nothing suppresses
  }
}

@Suite struct ReadmeListingTests {
  @Test func everyCommandRunsAndALostOneRunsAgain() throws {
    var stage = Stage(Batch())
    stage.subscribe()
    stage.command(.submit(["one", "two", "three"]))
    #expect(stage.effects.takeCalls() == [.revive(roles: [])])
    stage.event(.offers([offer(1, "cpus:1;mem:1024"), offer(2, "cpus:4;mem:64", agent: "a2")]))
    let calls = stage.effects.takeCalls()
    #expect(calls.map(\.name) == ["ACCEPT", "ACCEPT", "SUPPRESS"])
    let tasks = calls.flatMap(\.launched)
    #expect(tasks.compactMap(\.command?.value) == ["three", "two", "one"])
    #expect(tasks.map(\.agentID) == ["a1", "a1", "a2"])
    #expect(tasks.allSatisfy { $0.resources == ("cpus:0.5;mem:64" as Resources).allocated(to: "*") })
    let lost = try #require(tasks.first)
    stage.event(.update(status(lost.id, .lost, uuid: 1)))
    #expect(stage.effects.takeCalls().map(\.name) == ["REVIVE", "ACKNOWLEDGE"])
    #expect(stage.driver.scheduler.waiting == ["three"])
  }
}
