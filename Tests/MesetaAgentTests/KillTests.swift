// Stories of tasks that are killed and of agents that end.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@Suite struct KillTests {
  var story = AgentStory.registered()
  let killing = FrameworkInfo.test("F", [.taskKillingState])

  private mutating func run(_ task: TaskInfo, of framework: FrameworkInfo = .test(), starts: Bool = true)
    -> String
  {
    story.tell(.runTask(framework, task))
    let id = story.sink.launches[task.id.value] ?? "none"
    if starts { story.give(.local(.container(.started(containerID: id, pid: 4)))) }
    _ = story.drainUpdates()
    return id
  }

  @Test(
    arguments: [
      (nil, nil, .seconds(3)), (Span.seconds(20).nanoseconds, nil, .seconds(20)),
      (Span.seconds(20).nanoseconds, Span.seconds(7).nanoseconds, .seconds(7)), (nil, 0, .zero),
      (nil, -5, .zero),
      (nil, .max, Span(nanoseconds: .max)),
    ] as [(Int64?, Int64?, Span)])
  mutating func aKillGivesTheTimeThatTheCallOrTheTaskOrMesosSays(own: Int64?, asked: Int64?, grace: Span) {
    let id = run(.command("t") { $0.killGracePeriod = own })
    story.tell(.killTask("F", "t", gracePeriod: asked))
    #expect(story.take() == [.kill(id, grace: grace)])
    story.give(.local(.container(.exited(containerID: id, .signaled(15)))))
    let updates = story.drainUpdates()
    #expect(updates.map(\.state) == [.killed])
    #expect(updates.first?.source == .executor && updates.first?.reason == nil)
    #expect(updates.first?.message == "Command terminated with signal Terminated")
  }

  @Test mutating func aFrameworkThatKnowsTaskKillingHearsItFirst() {
    let id = run(.command("t"), of: killing)
    story.tell(.killTask("F", "t", gracePeriod: nil))
    let effects = story.take()
    #expect(effects.first?.update?.state == .killing)
    #expect(effects.last == .kill(id, grace: .seconds(3)))
    story.tell(.killTask("F", "t", gracePeriod: nil))
    #expect(story.take().isEmpty)
    // A command that ends well although it was killed was killed.
    story.give(.local(.container(.exited(containerID: id, .exited(0)))))
    story.advance(.seconds(10))
    #expect(story.drainUpdates().map(\.state) == [.killing, .killed])
  }

  @Test mutating func aSecondKillMayHurryTheFirst() {
    let id = run(.command("t"))
    story.tell(.killTask("F", "t", gracePeriod: Span.seconds(60).nanoseconds))
    story.advance(.seconds(4))
    story.tell(.killTask("F", "t", gracePeriod: Span.seconds(90).nanoseconds))
    story.tell(.killTask("F", "t", gracePeriod: Span.seconds(10).nanoseconds))
    #expect(story.take() == [.kill(id, grace: .seconds(60)), .kill(id, grace: .seconds(6))])
  }

  @Test mutating func aKillBeforeTheCommandHasStarted() {
    let id = run(.command("t"), of: killing, starts: false)
    story.tell(.killTask("F", "t", gracePeriod: nil))
    #expect(story.take() == [.kill(id, grace: .seconds(3))])
    story.give(.local(.container(.started(containerID: id, pid: 1))))
    #expect(story.take().isEmpty)
    story.give(.local(.container(.exited(containerID: id, .signaled(9)))))
    let update = story.drainUpdates()
    #expect(update.map(\.state) == [.killed])
    #expect(update.first?.reason == .taskKilledDuringLaunch && update.first?.source == .agent)
  }

  @Test mutating func aKillOfWhatIsNotThere() {
    story.tell(.killTask("nobody", "t", gracePeriod: nil))
    #expect(story.take().isEmpty)
    let id = run(.command("t"), of: .test("F", [.partitionAware]))
    story.tell(.killTask("F", "other", gracePeriod: nil))
    let update = story.takeUpdates().first
    #expect(update?.taskID == "other" && update?.state == .dropped && update?.reason == .executorTerminated)
    // One that has ended and is not acknowledged needs no kill.
    story.give(.local(.container(.exited(containerID: id, .exited(0)))))
    _ = story.take()
    story.tell(.killTask("F", "t", gracePeriod: nil))
    #expect(story.take().isEmpty)
  }

  @Test mutating func theExecutorOfACommandCanBeShutDown() {
    let id = run(.command("t") { $0.killGracePeriod = Span.seconds(9).nanoseconds })
    story.tell(.shutdownExecutor("F", "t"))
    #expect(story.take() == [.kill(id, grace: .seconds(9))])
    story.tell(.shutdownExecutor("F", "nobody"))
    #expect(story.take().isEmpty)
  }

  @Test mutating func aFrameworkThatIsShutDownGivesItsResourcesBackAtOnce() {
    let id = run(.command("t", resources: Resources(["cpus": Scalar(4)])))
    story.tell(.shutdownFramework("F"))
    #expect(story.take() == [.kill(id, grace: .seconds(5))])
    #expect(run(.command("u", resources: Resources(["cpus": Scalar(4)])), of: .test("G")) != "none")
    _ = story.take()
    // It has come back to another master, too early.
    story.tell(.runTask(.test(), .command("late")))
    #expect(story.drainUpdates().map(\.state) == [.lost])
    story.give(.local(.container(.exited(containerID: id, .signaled(9)))))
    #expect(story.take() == [.forget(id)])
    // Once nothing of it is left, a framework of that id is one like any other.
    story.give(.local(.container(.exited(containerID: story.sink.launches["u"] ?? "", .exited(0)))))
    _ = story.take()
    #expect(run(.command("again")) != "none")
  }

  // MARK: The end of the agent

  @Test mutating func anAgentThatIsToldToStopKillsReportsUnregistersAndExits() {
    let first = run(.command("a"))
    let second = run(.command("b") { $0.killGracePeriod = Span.seconds(20).nanoseconds })
    story.give(.local(.stop))
    #expect(story.take() == [.kill(first, grace: .seconds(5)), .kill(second, grace: .seconds(20))])
    story.tell(.runTask(.test(), .command("late")))
    #expect(story.take().isEmpty)
    story.give(.local(.container(.exited(containerID: first, .signaled(15)))))
    #expect(story.takeUpdates().map(\.state) == [.killed])
    story.give(.local(.container(.exited(containerID: second, .signaled(9)))))
    let effects = story.take()
    #expect(effects.first?.update?.taskID == "b")
    #expect(effects.suffix(2) == [.send(.agentMessage(.unregister("S0")), to: AgentStory.master), .exit])
    #expect(story.agent.nextWake == .never)
    story.give(.received(SessionID(4), RequestID(8), .operatorCall(.getTasks, request: 1)))
    #expect(story.take().first?.error?.code == .unavailable)
  }

  @Test mutating func stoppingTwiceIsImpatient() {
    let id = run(.command("a"))
    story.give(.local(.stop))
    story.advance(.seconds(1))
    story.give(.local(.stop))
    #expect(story.take() == [.kill(id, grace: .seconds(5)), .kill(id, grace: .zero)])
  }

  @Test mutating func anAgentDoesNotWaitForeverForAContainerThatDoesNotEnd() {
    _ = run(.command("a"))
    story.give(.local(.stop))
    story.advance(.seconds(14))
    #expect(story.take().contains(.exit) == false)
    story.advance(.seconds(1))
    #expect(story.take().contains(.exit))
  }

  @Test mutating func anAgentThatStopsGivesEachTaskTheTimeThatItAskedFor() {
    _ = run(.command("a") { $0.killGracePeriod = Span.seconds(20).nanoseconds })
    story.give(.local(.stop))
    story.advance(.seconds(29))
    #expect(story.take().contains(.exit) == false)
    story.advance(.seconds(1))
    #expect(story.take().contains(.exit))
  }

  @Test func anAgentWithoutAMasterStopsAtOnce() {
    var story = AgentStory()
    story.give(.wake)
    story.give(.local(.stop))
    #expect(story.take() == [.connect, .exit])
  }

  @Test mutating func aMasterThatShutsTheAgentDownHearsNothingMore() {
    let id = run(.command("a"))
    story.tell(.shutdown("gone"))
    #expect(story.take() == [.kill(id, grace: .seconds(5))])
    story.give(.local(.container(.exited(containerID: id, .signaled(15)))))
    #expect(story.take() == [.forget(id), .exit])
  }
}
