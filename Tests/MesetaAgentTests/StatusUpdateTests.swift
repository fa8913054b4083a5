// Stories of updates on their way to the framework.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@Suite struct StatusUpdateTests {
  var story = AgentStory.registered()
  let master = AgentStory.master

  private mutating func acknowledge(_ status: TaskStatus?) {
    guard let status, let uuid = status.uuid else { return }
    story.tell(.acknowledge("F", status.taskID, uuid))
  }

  @Test mutating func anUpdateIsSentAgainWithGrowingPausesUntilItIsAcknowledged() {
    story.tell(.runTask(.test(), .command("t")))
    let first = story.takeUpdates().first
    var waits: [Int64] = []
    var last = story.now
    for _ in 0..<8 {
      while story.takeUpdates().isEmpty {
        story.tell(.ping(isConnected: true))
        story.advance(.seconds(5))
      }
      waits.append((story.now - last).nanoseconds / 1_000_000_000)
      last = story.now
    }
    #expect(waits == [10, 20, 40, 80, 160, 320, 600, 600])
    acknowledge(first)
    acknowledge(first)  // Once more does no harm.
    for _ in 0..<240 {
      story.tell(.ping(isConnected: true))
      story.advance(.seconds(5))
    }
    #expect(story.takeUpdates().isEmpty)
  }

  @Test mutating func theNextUpdateStartsWithTheShortestPause() {
    story.tell(.runTask(.test(), .command("t")))
    let starting = story.takeUpdates().first
    story.advance(.seconds(35))
    #expect(story.takeUpdates().count == 2)
    story.give(.local(.container(.started(containerID: story.sink.launches["t"] ?? "", pid: 1))))
    #expect(story.takeUpdates().isEmpty)
    acknowledge(starting)
    #expect(story.takeUpdates().map(\.state) == [.running])
    story.advance(.seconds(9))
    #expect(story.takeUpdates().isEmpty)
    story.advance(.seconds(1))
    #expect(story.takeUpdates().map(\.state) == [.running])
  }

  @Test mutating func aWrongAcknowledgementMovesNothing() {
    story.tell(.runTask(.test(), .command("t")))
    story.give(.local(.container(.started(containerID: story.sink.launches["t"] ?? "", pid: 1))))
    _ = story.takeUpdates()
    story.tell(.acknowledge("F", "t", UUID(random: 1, 2)))
    story.tell(.acknowledge("F", "unknown", UUID(random: 1, 2)))
    story.tell(.acknowledge("G", "t", UUID(random: 1, 2)))
    #expect(story.take().isEmpty)
  }

  @Test mutating func whileTheMasterIsAwayUpdatesWait() {
    story.tell(.runTask(.test(), .command("t")))
    _ = story.take()
    story.give(.closed(master, reason: "crash"))
    story.give(.local(.container(.started(containerID: story.sink.launches["t"] ?? "", pid: 1))))
    story.give(.local(.container(.exited(containerID: story.sink.launches["t"] ?? "", .exited(0)))))
    #expect(story.takeUpdates().isEmpty)
    story.advance(.seconds(1))
    story.give(.opened(SessionID(2), Peer(.master, address: "m")))
    story.advance(.seconds(30))
    #expect(story.takeUpdates().isEmpty)
    story.tell(.reregistered("S0", pingTimeout: 0, reconcile: AgentReconciliation()), through: SessionID(2))
    let sent = story.takeUpdates()
    #expect(sent.map(\.state) == [.starting])
    story.advance(.seconds(10))
    #expect(story.takeUpdates().map(\.uuid) == sent.map(\.uuid))
  }

  @Test mutating func aFrameworkThatIsShutDownHearsNothingMore() {
    story.tell(.runTask(.test(), .command("t")))
    story.tell(
      .reregistered(
        "S0", pingTimeout: 75_000_000_000,
        reconcile: AgentReconciliation(tasks: [FrameworkTask("F", "x"), FrameworkTask("G", "y")])))
    _ = story.take()
    story.tell(.shutdownFramework("F"))
    story.tell(.shutdownFramework("G"))
    let container = story.sink.launches["t"] ?? ""
    #expect(story.take() == [.kill(container, grace: .seconds(5))])
    story.give(.local(.container(.exited(containerID: container, .signaled(15)))))
    #expect(story.take() == [.forget(container)])
    story.advance(.seconds(74))
    #expect(story.take().isEmpty)
  }

  @Test mutating func manyTasksCostNoMoreThanThoseThatAreThere() {
    // 2,000 lifecycles within one resend interval: what is over leaves nothing behind.
    for number in 0..<2000 {
      story.tell(.runTask(.test(), .command(TaskID("t\(number)"))))
      let id = story.sink.launches["t\(number)"] ?? ""
      story.sink.launches = [:]
      story.give(.local(.container(.started(containerID: id, pid: 1))))
      story.give(.local(.container(.exited(containerID: id, .exited(0)))))
      guard story.drainUpdates().count == 3 else { return #expect(Bool(false), "task \(number)") }
    }
    #expect(story.agent.nextWake >= story.now + .seconds(10))
    story.advance(.seconds(60))
    #expect(story.take().isEmpty)
  }
}
