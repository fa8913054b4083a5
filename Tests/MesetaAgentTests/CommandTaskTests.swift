// Stories of plain commands: the agent launches them and says what becomes of them.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@Suite struct CommandTaskTests {
  var story = AgentStory.registered()

  private mutating func run(_ task: TaskInfo, of framework: FrameworkInfo = .test()) -> String {
    story.tell(.runTask(framework, task))
    return story.sink.launches[task.id.value] ?? "none"
  }

  private mutating func started(_ id: String) {
    story.give(.local(.container(.started(containerID: id, pid: 4))))
  }

  private mutating func ended(_ id: String, _ exit: ContainerExit) {
    story.give(.local(.container(.exited(containerID: id, exit))))
  }

  @Test mutating func aCommandIsLaunchedInItsSandbox() throws {
    story.tell(
      .runTask(
        .test("F", user: "ada"),
        .command(
          "t",
          .shell("echo $X", environment: [EnvironmentVariable("X", "1"), EnvironmentVariable("PATH", "/p")]))
      ))
    let launch = try #require(story.take().compactMap(\.launch).first)
    let sandbox = "/srv/slaves/S0/frameworks/F/executors/t/runs/\(launch.containerID)"
    #expect(launch.sandbox == sandbox)
    #expect(launch.program == .shell("echo $X"))
    #expect(launch.user == "ada")
    #expect(launch.containerID.utf8.count == 36)
    let environment = Dictionary(uniqueKeysWithValues: launch.environment.map { ($0.name, $0.value) })
    #expect(
      environment == [
        "PATH": "/p", "MESOS_SANDBOX": sandbox, "MESOS_DIRECTORY": sandbox, "MESOS_AGENT_ID": "S0",
        "MESOS_FRAMEWORK_ID": "F", "MESOS_EXECUTOR_ID": "t", "MESOS_CONTAINER_ID": launch.containerID,
        "MESOS_TASK_ID": "t", "X": "1",
      ])
  }

  @Test mutating func aProgramKeepsItsArguments() {
    story.tell(.runTask(.test(), .command("t", .program("/bin/echo", ["echo", "a b", ""]))))
    story.tell(.runTask(.test(), .command("u", .program("/bin/true", []))))
    #expect(
      story.take().compactMap(\.launch?.program) == [
        .exec(path: "/bin/echo", arguments: ["echo", "a b", ""]),
        .exec(path: "/bin/true", arguments: ["/bin/true"]),
      ])
  }

  @Test mutating func aCommandReportsStartingRunningAndFinishedInOrder() {
    story.wall = 1_500_000_000_000_000_000
    let id = run(.command("t"))
    started(id)
    ended(id, .exited(0))
    #expect(story.take().last == .forget(id))
    // The first waits to be acknowledged; the others wait behind it.
    story.advance(.seconds(10))
    let all = story.drainUpdates()
    #expect(all.map(\.state) == [.starting, .running, .finished])
    #expect(all.allSatisfy { $0.source == .executor && $0.reason == nil && $0.executorID == "t" })
    #expect(all.allSatisfy { $0.agentID == "S0" && $0.uuid != nil && $0.timestamp == 1_500_000_000 })
    #expect(all.allSatisfy { $0.containerID == .root(id) })
    #expect(all.last?.message == "Command exited with status 0")
    #expect(Set(all.map(\.uuid)).count == 3)
  }

  @Test(
    arguments: [
      (.exited(3), .failed, "Command exited with status 3"),
      (.signaled(9), .failed, "Command terminated with signal Killed"),
      (.signaled(11), .failed, "Command terminated with signal Segmentation fault"),
      (.lost("no supervisor"), .failed, "Command ended without an exit status: no supervisor"),
    ] as [(ContainerExit, TaskState, String)])
  mutating func anEndThatIsNoSuccessSaysWhat(exit: ContainerExit, state: TaskState, message: String) {
    let id = run(.command("t"))
    started(id)
    ended(id, exit)
    let last = story.drainUpdates().last
    #expect(last?.state == state && last?.message == message && last?.source == .executor)
  }

  @Test mutating func aLaunchThatFailsIsTheAgentsReport() {
    let id = run(.command("t"))
    story.give(.local(.container(.launchFailed(containerID: id, reason: "no such user"))))
    let updates = story.drainUpdates()
    #expect(updates.map(\.state) == [.starting, .failed])
    #expect(updates.last?.reason == .containerLaunchFailed && updates.last?.source == .agent)
    #expect(updates.last?.message?.contains("no such user") == true)
  }

  @Test mutating func theLatestStateTravelsWithAnUpdateThatIsBehind() {
    let id = run(.command("t"))
    started(id)
    ended(id, .exited(0))
    _ = story.take()
    story.advance(.seconds(10))
    guard case .statusUpdate(let update) = story.takeSent().first else { return #expect(Bool(false)) }
    #expect(update.status.state == .starting && update.latestState == .finished)
  }

  @Test mutating func resourcesComeBackWhenTheCommandEnds() {
    let task = TaskInfo.command("a", resources: Resources(["cpus": Scalar(3)]))
    let id = run(task)
    story.tell(.runTask(.test(), .command("b", resources: Resources(["cpus": Scalar(2)]))))
    let dropped = story.takeUpdates().last
    #expect(dropped?.taskID == "b" && dropped?.state == .lost)
    #expect(dropped?.reason == .resourcesUnknown && dropped?.source == .agent)
    #expect(
      dropped?.message == "task b needs cpus:2, but of agent machine only cpus:1; mem:1024 is available")
    ended(id, .exited(0))
    _ = story.drainUpdates()
    #expect(run(.command("c", resources: Resources(["cpus": Scalar(4)]))) != "none")
  }

  @Test mutating func aTaskThatDoesNotFitTakesNothing() {
    let tooMuch = Resources(["cpus": Scalar(4), "mem": Scalar(1025)])
    story.tell(.runTask(.test(), .command("a", resources: tooMuch)))
    #expect(story.takeUpdates().last?.reason == .resourcesUnknown)
    #expect(run(.command("b", resources: Resources(["cpus": Scalar(4), "mem": Scalar(1024)]))) != "none")
  }

  @Test mutating func aTaskUsesWhatIsAllocatedToARole() {
    let all = Resources(["cpus": Scalar(4)]).allocated(to: "web")
    let id = run(.command("a", resources: all))
    story.tell(.runTask(.test(), .command("b", resources: all)))
    #expect(story.takeUpdates().last?.reason == .resourcesUnknown)
    ended(id, .exited(0))
    _ = story.drainUpdates()
    #expect(run(.command("c", resources: Resources(["cpus": Scalar(4)]).allocated(to: "db"))) != "none")
  }

  @Test mutating func aTaskThatRanTooLongIsKilledAndFails() {
    let id = run(.command("t") { $0.maxCompletionTime = Span.seconds(60).nanoseconds })
    started(id)
    _ = story.drainUpdates()
    story.advance(.seconds(59))
    #expect(story.take().isEmpty)
    story.advance(.seconds(1))
    #expect(story.take() == [.kill(id, grace: .zero)])
    ended(id, .signaled(9))
    let last = story.drainUpdates().last
    #expect(last?.state == .failed && last?.reason == .maxCompletionTimeReached)
  }

  // MARK: What is not run

  @Test mutating func aTaskForAnotherAgentOrOfAnIDThatRunsIsIgnored() {
    let id = run(.command("t"))
    started(id)
    _ = story.drainUpdates()
    story.tell(.runTask(.test(), .command("t", .shell("other"))))
    story.tell(.runTask(.test(), .command("u") { $0.agentID = "S8" }))
    story.tell(.runTask(FrameworkInfo(name: "without id"), .command("v")))
    #expect(story.take().isEmpty)
    ended(id, .exited(0))
    #expect(story.drainUpdates().map(\.state) == [.finished])
  }

  @Test(
    arguments: [
      (.command("../../etc"), .error, .taskInvalid, "cannot name a directory"),
      (.command("t", CommandInfo(value: nil)), .error, .taskInvalid, "no line for the shell"),
      (
        .command("t", CommandInfo(value: "", isShell: false)), .error, .taskInvalid, "does not name a program"
      ),
      (.command("t", .shell("a\0b")), .error, .taskInvalid, "NUL"),
      (
        .command("t", .shell("a", environment: [EnvironmentVariable("A=B", "1")])), .error, .taskInvalid,
        "without '='"
      ),
      (
        .command("t", .shell("a", environment: [EnvironmentVariable("A", "1\0")])), .error, .taskInvalid,
        "NUL"
      ),
      (
        .command("t", .shell("a", environment: [EnvironmentVariable("A", .secret(EncodedMessage([])))])),
        .error,
        .taskInvalid, "secret"
      ),
      (
        .command("t", CommandInfo(value: "a", uris: [CommandInfo.URI("http://x/y")])), .failed,
        .containerLaunchFailed, "http://x/y"
      ),
      (
        .command("t") { $0.container = EncodedMessage([8, 1]) }, .failed, .containerLaunchFailed, "image"
      ),
      (
        TaskInfo(name: "t", id: "t", agentID: "S0", resources: Resources()), .error, .taskInvalid, "neither"
      ),
      (
        .custom("t", under: ExecutorInfo(id: "e", kind: .default)), .failed, .containerLaunchFailed,
        "has no command"
      ),
    ] as [(TaskInfo, TaskState, TaskStatus.Reason, String)])
  mutating func aTaskThatCannotBeRunIsReportedWithTheReason(
    task: TaskInfo, state: TaskState, reason: TaskStatus.Reason, text: String
  ) {
    story.tell(.runTask(.test(), task))
    let effects = story.take()
    #expect(effects.count == (task.executor == nil ? 1 : 2), "and that its executor was not launched")
    let status = effects.first?.update
    #expect(status?.state == state && status?.reason == reason && status?.source == .agent)
    #expect(status?.message?.contains(text) == true, "\(status?.message ?? "")")
    #expect(run(.command("next", resources: Resources(["cpus": Scalar(4)]))) != "none")
  }

  @Test mutating func aContainerInfoThatAsksForNothingIsTaken() {
    #expect(run(.command("t") { $0.container = EncodedMessage([8, 2]) }) != "none")
  }

  @Test mutating func usersAreSwitchedOnlyWhereThatIsOn() {
    story = AgentStory.registered { $0.switchUser = false }
    story.tell(.runTask(.test("F", user: "ada"), .command("t")))
    #expect(story.take().compactMap(\.launch?.user).isEmpty)
  }

  @Test mutating func containersThatNobodyKnowsAreKilledAndForgotten() {
    started("left-over")
    #expect(story.take() == [.kill("left-over", grace: .zero)])
    ended("left-over", .signaled(9))
    #expect(story.take() == [.forget("left-over")])
  }

  @Test mutating func aTaskMayRunAgainUnderItsIDOnceItsEndIsAcknowledged() {
    let first = run(.command("t"))
    ended(first, .exited(0))
    _ = story.drainUpdates()
    let second = run(.command("t"))
    #expect(second != first && second != "none")
    #expect(story.takeUpdates().map(\.state) == [.starting])
  }
}

@Suite struct EnvironmentTests {
  @Test func aVariableThatIsSetAgainKeepsItsPlace() {
    var environment = ContainerEnvironment()
    for number in 0..<100 { environment.set("N\(number)", "a") }
    environment.set("N7", "b")
    environment.set("N99", "c")
    #expect(environment.entries.count == 100)
    #expect(environment.entries[7] == EnvironmentEntry(name: "N7", value: "b"))
    #expect(environment.entries[99].value == "c")
  }

  @Test(
    arguments: [
      (.seconds(5), "5secs"), (.minutes(15), "15mins"), (.zero, "0secs"), (.milliseconds(1500), "1500ms"),
      (.minutes(60), "1hrs"), (Span(nanoseconds: 7), "7ns"),
    ] as [(Span, String)])
  func durationsAreWrittenAsMesosDoes(span: Span, text: String) {
    #expect(span.mesosDuration == text)
  }
}
