// Stories of agents that are drained.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@Suite struct DrainTests {
  var story = AgentStory.registered()

  private mutating func run(_ task: TaskInfo, of framework: FrameworkInfo = .test(), starts: Bool = true)
    -> String
  {
    story.tell(.runTask(framework, task))
    let id = story.sink.launches[task.id.value] ?? "none"
    if starts { story.give(.local(.container(.started(containerID: id, pid: 4)))) }
    _ = story.drainUpdates()
    return id
  }

  private mutating func end(_ id: String) -> [TaskStatus] {
    story.give(.local(.container(.exited(containerID: id, .signaled(15)))))
    return story.drainUpdates()
  }

  @Test(
    arguments: [
      (nil, nil, .seconds(3)), (20, nil, .seconds(20)), (20, 7, .seconds(7)), (5, 7, .seconds(5)),
      (nil, 7, .seconds(7)),
    ] as [(Int?, Int?, Span)])
  mutating func aTaskHasTheShorterOfItsTimes(own: Int?, drain: Int?, grace: Span) {
    let id = run(.command("t") { $0.killGracePeriod = own.map { Span.seconds($0).nanoseconds } })
    story.tell(.drain(DrainConfig(maxGracePeriod: drain.map { Span.seconds($0).nanoseconds })))
    #expect(story.take() == [.kill(id, grace: grace)])
  }

  @Test mutating func aTaskThatIsKilledForTheDrainSaysSo() {
    let id = run(.command("t"), of: .test("F", [.taskKillingState, .partitionAware]))
    story.tell(.drain(DrainConfig()))
    var updates = story.drainUpdates()
    updates += end(id)
    #expect(updates.map(\.state) == [.killing, .killed])
    #expect(updates.allSatisfy { $0.reason == .agentDraining && $0.source == .executor })
  }

  @Test mutating func aTaskThatEndsByItselfSaysThat() {
    let id = run(.command("t"))
    story.tell(.drain(DrainConfig()))
    story.give(.local(.container(.exited(containerID: id, .lost("crashed")))))
    let updates = story.drainUpdates()
    #expect(updates.map(\.state) == [.failed] && updates.first?.reason == nil)
  }

  @Test(arguments: [true, false])
  mutating func aTaskOfAnAgentThatWillBeGoneIsGoneForWhoUnderstandsThat(isAware: Bool) {
    let id = run(.command("t"), of: .test("F", isAware ? [.partitionAware] : []))
    story.tell(.drain(DrainConfig(marksGone: true)))
    let updates = end(id)
    #expect(updates.map(\.state) == [isAware ? .goneByOperator : .killed])
    #expect(updates.first?.reason == .agentDraining)
  }

  @Test mutating func aTaskIsGoneOnlyWhenItHasEnded() {
    let id = run(.command("t"), of: .test("F", [.taskKillingState, .partitionAware]))
    story.tell(.drain(DrainConfig(marksGone: true)))
    var updates = story.drainUpdates()
    updates += end(id)
    #expect(updates.map(\.state) == [.killing, .goneByOperator])
    #expect(updates.allSatisfy { $0.reason == .agentDraining })
  }

  @Test mutating func aTaskThatHasNotStartedIsKilled() {
    let id = run(.command("t"), starts: false)
    story.tell(.drain(DrainConfig()))
    #expect(story.take() == [.kill(id, grace: .seconds(3))])
    let updates = end(id)
    #expect(updates.map(\.state) == [.killed] && updates.first?.reason == .agentDraining)
  }

  @Test mutating func aTaskThatItsExecutorDoesNotHaveYetIsKilled() {
    let executor = ExecutorInfo(id: "e", command: .shell("run"))
    story.tell(.runTask(.test(), .custom("t", under: executor)))
    _ = story.drainUpdates()
    story.tell(.drain(DrainConfig()))
    let updates = story.drainUpdates()
    #expect(updates.map(\.state) == [.killed] && updates.first?.reason == .agentDraining)
  }

  @Test(arguments: [true, false])
  mutating func noTaskIsTakenUntilAllHaveEnded(isAware: Bool) {
    let framework = FrameworkInfo.test("F", isAware ? [.partitionAware] : [])
    let id = run(.command("t"), of: framework)
    story.tell(.drain(DrainConfig()))
    _ = story.take()
    story.tell(.runTask(framework, .command("late")))
    let updates = story.drainUpdates()
    #expect(updates.map(\.state) == [isAware ? .dropped : .lost])
    #expect(updates.first?.reason == .agentDraining && updates.first?.source == .agent)
    _ = end(id)
    let next = run(.command("next"), of: framework)
    #expect(next != "none")
    story.tell(.killTask("F", "next", gracePeriod: nil))
    #expect(end(next).map(\.reason) == [nil], "that is over")
  }

  @Test mutating func anExecutorWithoutTasksDoesNotKeepAnAgentDraining() {
    let executor = ExecutorInfo(id: "e", command: .shell("run"))
    story.tell(.runTask(.test(), .custom("t", under: executor)))
    _ = story.drainUpdates()
    story.tell(.drain(DrainConfig()))
    _ = story.drainUpdates()
    #expect(run(.command("next")) != "none")
  }

  @Test mutating func aReportThatNobodyAcknowledgesDoesNotKeepAnAgentDraining() {
    let id = run(.command("t"))
    story.tell(.killTask("F", "unknown", gracePeriod: nil))
    #expect(story.takeUpdates().map(\.taskID) == ["unknown"])
    story.tell(.drain(DrainConfig()))
    #expect(end(id).map(\.taskID) == ["t"])
    #expect(run(.command("next")) != "none")
  }

  @Test mutating func anAgentWithoutTasksHasNothingToDo() {
    story.tell(.drain(DrainConfig()))
    #expect(story.take().isEmpty)
    #expect(run(.command("next")) != "none")
  }

  @Test mutating func aDrainThatIsToldAgainMayHurryTheTasks() {
    let id = run(.command("t") { $0.killGracePeriod = Span.seconds(60).nanoseconds })
    story.tell(.drain(DrainConfig()))
    story.tell(.drain(DrainConfig(maxGracePeriod: Span.seconds(5).nanoseconds, marksGone: true)))
    #expect(story.take() == [.kill(id, grace: .seconds(60)), .kill(id, grace: .seconds(5))])
  }
}
