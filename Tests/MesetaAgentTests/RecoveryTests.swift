// An agent that is started again goes on with what its earlier life has left.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

/// An agent that writes down what it has, and its next life.
private struct RestartStory {
  var story: AgentStory
  private var token: UInt64 = 0

  init(_ change: (inout AgentConfiguration) -> Void = { _ in }) {
    story = AgentStory.registered { configuration in
      configuration.checkpointsTasks = true
      change(&configuration)
    }
  }

  /// Ends a batch, with what is written down there for good.
  mutating func settle() {
    story.give(.endOfBatch)
    for effect in story.sink.effects {
      if case .record(_, let token?) = effect { story.give(.local(.recorded(token))) }
    }
    story.give(.endOfBatch)
  }

  /// Ends a batch that tells the master nothing; what it is told once what was written down is there for good.
  mutating func updatesOnceKept() throws -> [TaskState] {
    story.give(.endOfBatch)
    let effects = story.take()
    #expect(effects.compactMap(\.update).isEmpty)
    guard case .record(_, let token?) = effects.last else { throw Unexpected(effects) }
    story.give(.local(.recorded(token)))
    return story.takeUpdates().map(\.state)
  }

  mutating func tell(_ message: MasterMessage) {
    story.tell(message)
    settle()
  }

  mutating func container(_ event: ContainerEvent) {
    story.give(.local(.container(event)))
    settle()
  }

  /// All updates that come, each acknowledged.
  mutating func drain() -> [TaskStatus] {
    var drained: [TaskStatus] = []
    while true {
      let updates = story.takeUpdates()
      if updates.isEmpty { return drained }
      drained += updates
      for status in updates {
        if let uuid = status.uuid { tell(.acknowledge("F", status.taskID, uuid)) }
      }
    }
  }

  /// The agent is killed and started again.
  mutating func restart(
    resources: Resources = Resources(["cpus": Scalar(4), "mem": Scalar(1024)]), seed: UInt64 = 8,
    _ change: (inout AgentConfiguration) -> Void = { _ in }
  ) {
    let (memory, now, wall) = (story.sink.memory, story.now, story.wall)
    story = AgentStory(
      resources: resources, checkpoint: AgentCheckpoint(agentID: AgentStory.id), memory: memory, seed: seed
    ) { configuration in
      configuration.checkpointsTasks = true
      change(&configuration)
    }
    (story.now, story.wall, story.sink.memory) = (now, wall, memory)
  }

  /// The host says which containers there are.
  mutating func finds(_ containers: [String], afterReboot: Bool = false) {
    story.give(.local(.recovered(containers, afterReboot: afterReboot)))
    settle()
  }

  /// The master has the agent back, if that wants to come; what it said of itself.
  mutating func register(isConnecting: Bool = false) -> AgentReregistration? {
    _ = story.take()
    story.advance(.zero)
    guard isConnecting || story.take().contains(.connect) else { return nil }
    story.give(.opened(AgentStory.master, Peer(.master, address: "master:5060")))
    var said: AgentReregistration?
    for message in story.takeSent() { if case .reregister(let message) = message { said = message } }
    story.tell(
      .reregistered(
        AgentStory.id, pingTimeout: Span.seconds(75).nanoseconds, reconcile: AgentReconciliation()))
    settle()
    return said
  }

  var container: String { story.sink.launches["t"] ?? story.sink.launches["e"] ?? "none" }

  /// A command that runs, with its updates acknowledged.
  static func running(
    _ framework: FrameworkInfo = .test(), _ change: (inout TaskInfo.Fields) -> Void = { _ in }
  ) -> RestartStory {
    var run = RestartStory()
    run.tell(
      .runTask(framework, .command("t", .shell("true"), resources: Resources(["cpus": Scalar(1)]), change)))
    run.container(.started(containerID: run.container, pid: 1))
    #expect(run.drain().map(\.state) == [.starting, .running])
    return run
  }
}

private let partitionAware = FrameworkInfo.test("F", [.partitionAware])

@Suite struct RecoveryTests {
  @Test func aContainerIsLaunchedOnceItsTaskIsWrittenDown() throws {
    var run = RestartStory()
    run.story.tell(.runTask(.test(), .command("t")))
    let effects = run.story.take()
    guard case .record(let records, nil) = effects.first else { throw Unexpected(effects) }
    #expect(records.count == 2)
    #expect(effects.dropFirst().first?.launch != nil)
  }

  @Test func anUpdateIsToldOnceItIsThereForGood() throws {
    var run = RestartStory()
    run.story.tell(.runTask(.test(), .command("t")))
    #expect(try run.updatesOnceKept() == [.starting])
  }

  @Test func theNextUpdateIsToldOnceTheAcknowledgementOfTheLastIsThereForGood() throws {
    var run = RestartStory()
    run.tell(.runTask(.test(), .command("t")))
    run.container(.started(containerID: run.container, pid: 1))
    let starting = try #require(run.story.takeUpdates().first?.uuid)
    run.story.tell(.acknowledge("F", "t", starting))
    #expect(try run.updatesOnceKept() == [.running])
  }

  @Test func anAgentWithoutAnythingToRecoverRegistersAtOnce() {
    var run = RestartStory()
    run.restart()
    #expect(run.register()?.tasks.isEmpty == true)
  }

  @Test func aCommandThatRunsGoesOn() {
    var run = RestartStory.running()
    let container = run.container
    run.restart()
    #expect(run.register() == nil, "it does not know its containers yet")
    run.finds([container])
    run.container(.started(containerID: container, pid: 1))
    let said = run.register()
    #expect(said?.tasks.map(\.info.id) == ["t"])
    #expect(said?.tasks.map(\.state) == [.running])
    #expect(said?.frameworks.map(\.id) == ["F"])
    #expect(run.story.takeUpdates().isEmpty, "nothing has happened to it")
    #expect(run.story.agent.held == Resources(["cpus": Scalar(1)]))
    run.container(.exited(containerID: container, .exited(0)))
    #expect(run.drain().map(\.state) == [.finished])
    #expect(run.story.sink.memory.tasks.isEmpty)
    #expect(run.story.agent.held.isEmpty)
  }

  @Test func anUpdateThatWasNotAcknowledgedIsSentAgain() {
    var run = RestartStory()
    run.tell(.runTask(.test(), .command("t")))
    let container = run.container
    run.container(.started(containerID: container, pid: 1))
    run.container(.exited(containerID: container, .exited(0)))
    let sent = run.story.takeUpdates()
    #expect(sent.map(\.state) == [.starting])
    run.restart()
    run.finds([])
    _ = run.register()
    let again = run.drain()
    #expect(again.map(\.state) == [.starting, .running, .finished])
    #expect(again.first == sent.first)
    #expect(run.story.sink.memory.tasks.isEmpty)
  }

  @Test func aCommandThatEndedMeanwhileIsToldAsItEnded() {
    var run = RestartStory.running()
    let container = run.container
    run.restart()
    run.finds([container])
    run.container(.exited(containerID: container, .exited(3)))
    _ = run.register()
    let updates = run.drain()
    #expect(updates.map(\.state) == [.failed])
    #expect(updates.first?.message == "Command exited with status 3")
    #expect(run.story.take().contains(.forget(container)) == false, "it was forgotten before")
  }

  @Test func aCommandWhoseContainerIsGoneHasFailed() {
    var run = RestartStory.running()
    let container = run.container
    run.restart()
    run.finds([])
    _ = run.register()
    let updates = run.drain()
    #expect(updates.map(\.state) == [.failed])
    #expect(updates.map(\.reason) == [.executorTerminated])
    #expect(run.story.agent.held.isEmpty)
    _ = run.story.take()
    run.story.give(.opened(Self.session, Peer(.operator, address: "shell")))
    let sandbox = "/srv/slaves/S0/frameworks/F/executors/t/runs/\(container)"
    run.story.give(
      .received(Self.session, RequestID(5), .operatorCall(.listFiles(path: sandbox), request: 1)))
    #expect(run.story.take() == [.listFiles(RequestID(5), path: "", root: sandbox)], "it is found still")
  }

  @Test(arguments: [(FrameworkInfo.test(), TaskState.lost), (partitionAware, TaskState.dropped)])
  func aCommandThatWasNeverLaunchedIsDropped(_ framework: FrameworkInfo, _ state: TaskState) {
    var run = RestartStory()
    run.tell(.runTask(framework, .command("t")))
    run.restart()
    run.finds([])
    _ = run.register()
    let updates = run.drain()
    #expect(updates.map(\.state) == [.starting, state])
    #expect(updates.last?.reason == .agentRestarted)
  }

  @Test func afterARebootNothingRunsAndUpdatesAreStillSent() {
    var run = RestartStory()
    run.tell(.runTask(partitionAware, .command("t")))
    run.restart()
    run.finds([], afterReboot: true)
    #expect(run.register()?.registration.info.id == AgentStory.id)
    let updates = run.drain()
    #expect(updates.map(\.state) == [.starting, .failed])
    #expect(updates.last?.message == "The machine was started again")
  }

  @Test func aCommandThatWasBeingKilledIsKilledAndSaysSo() {
    var run = RestartStory.running()
    let container = run.container
    run.tell(.killTask("F", "t", gracePeriod: Span.seconds(9).nanoseconds))
    run.restart()
    run.finds([container])
    #expect(run.story.take().contains(.kill(container, grace: .seconds(9))))
    run.container(.exited(containerID: container, .signaled(15)))
    _ = run.register()
    #expect(run.drain().map(\.state) == [.killed])
  }

  @Test func aFrameworkThatWasShutDownStaysSo() {
    var run = RestartStory.running()
    let container = run.container
    run.tell(.shutdownFramework("F"))
    run.restart()
    run.finds([container])
    #expect(run.register()?.tasks.isEmpty == true)
    run.container(.exited(containerID: container, .signaled(15)))
    #expect(run.drain().isEmpty)
    #expect(run.story.sink.memory.tasks.isEmpty)
    run.tell(.runTask(.test(), .command("u")))
    #expect(run.story.sink.launches["u"] != nil, "it may come back once nothing of it is left")
    #expect(run.story.sink.memory.frameworks.map(\.isEnding) == [false])
  }

  @Test func whatAFrameworkRunsThatIsBackAfterItsEndOutlivesARestart() throws {
    var run = RestartStory.running()
    run.tell(.shutdownFramework("F"))
    run.container(.exited(containerID: run.container, .signaled(15)))
    run.restart()
    _ = run.register()
    run.tell(.runTask(.test(), .command("u")))
    let container = try #require(run.story.sink.launches["u"])
    run.restart()
    run.finds([container])
    #expect(run.register()?.tasks.map(\.info.id) == ["u"])
  }

  @Test func aTaskRunsForNoLongerThanItMayAcrossARestart() {
    var run = RestartStory.running { $0.maxCompletionTime = Span.seconds(60).nanoseconds }
    let container = run.container
    run.story.advance(.seconds(50))
    run.restart()
    run.finds([container])
    _ = run.register()
    _ = run.story.take()
    run.story.advance(.seconds(11))
    #expect(run.story.take().contains(.kill(container, grace: .zero)))
    run.container(.exited(containerID: container, .signaled(9)))
    #expect(run.drain().map(\.reason) == [.maxCompletionTimeReached])
  }

  @Test(arguments: [Int64.max, 0])
  func aTaskThatMayRunForEverOutlivesARestart(limit: Int64) {
    var run = RestartStory.running { $0.maxCompletionTime = limit }
    let container = run.container
    run.restart()
    run.finds([container])
    _ = run.register()
    _ = run.story.take()
    run.story.advance(.minutes(60))
    #expect(!run.story.take().contains(.kill(container, grace: .zero)))
  }

  @Test func cleaningUpKillsAndEnds() {
    var run = RestartStory.running()
    let container = run.container
    run.restart { $0.recoveryMode = .cleanup }
    run.finds([container])
    #expect(run.register() == nil)
    #expect(run.story.sink.memory.tasks.first?.kill != nil)
    run.container(.exited(containerID: container, .signaled(15)))
    #expect(run.story.take().contains(.exit))
    #expect(run.story.sink.memory.tasks.first?.updates.map(\.state) == [.killed], "the next life tells it")
  }

  @Test func cleaningUpWithNothingLeftEndsAtOnce() {
    var run = RestartStory()
    run.restart { $0.recoveryMode = .cleanup }
    run.finds([])
    #expect(run.story.take().contains(.exit))
  }

  @Test func anAgentThatHasLessThanItsTasksUseDoesNotStart() {
    let memory = RestartStory.running().story.sink.memory
    var configuration = AgentConfiguration(
      info: AgentInfo(hostname: "machine", resources: "cpus:0.5"), workDirectory: "/srv")
    configuration.checkpointsTasks = true
    let refusal = #expect(throws: IncompatibleResources.self) {
      try Agent(
        configuration: configuration, seed: 1, checkpoint: AgentCheckpoint(agentID: AgentStory.id),
        memory: memory)
    }
    #expect(refusal?.description.contains("what still runs here") == true)
  }

  // MARK: Custom executors

  private static let executor = ExecutorInfo(
    id: "e", command: .shell("./run"), resources: Resources(["cpus": Scalar(1)]).allocated(to: "*"))
  private static let session = SessionID(50)

  private static func call(_ run: inout RestartStory, _ kind: ExecutorCall.Kind) {
    run.story.give(
      .received(
        session, .none,
        .executorCall(ExecutorCall(frameworkID: "F", executorID: "e", kind), request: 0)))
    run.settle()
  }

  private static func subscribe(
    _ run: inout RestartStory, tasks: [TaskInfo] = [], updates: [TaskStatus] = []
  ) {
    run.story.give(.opened(session, Peer(.executor, address: "e")))
    call(&run, .subscribe(unacknowledgedTasks: tasks, unacknowledgedUpdates: updates))
  }

  private static func status(_ state: TaskState, _ number: UInt64) -> TaskStatus {
    TaskStatus(taskID: "t", state: state, source: .executor, uuid: UUID(random: 9, number))
  }

  private let task = TaskInfo.custom("t", under: executor)

  /// An executor that runs a task.
  private func underExecutor(_ framework: FrameworkInfo = partitionAware) -> RestartStory {
    var run = RestartStory()
    run.tell(.runTask(framework, task))
    run.container(.started(containerID: run.container, pid: 1))
    Self.subscribe(&run)
    Self.call(&run, .update(Self.status(.running, 1)))
    #expect(run.drain().map(\.state) == [.running])
    return run
  }

  @Test func anExecutorHearsThatItsReportIsTakenOnceThatIsThereForGood() throws {
    var run = RestartStory()
    run.tell(.runTask(.test(), task))
    Self.subscribe(&run)
    _ = run.story.take()
    let status = Self.status(.running, 1)
    run.story.give(
      .received(
        Self.session, .none,
        .executorCall(ExecutorCall(frameworkID: "F", executorID: "e", .update(status)), request: 0)))
    run.story.give(.endOfBatch)
    let effects = run.story.take()
    #expect(effects.compactMap(\.executorEvent).isEmpty)
    guard case .record(_, let token?) = effects.last else { throw Unexpected(effects) }
    run.story.give(.local(.recorded(token)))
    #expect(run.story.take().compactMap(\.executorEvent) == [.acknowledged("t", UUID(random: 9, 1))])
  }

  @Test func anExecutorComesBackWithWhatItWasNotAcknowledged() {
    var run = underExecutor()
    let container = run.container
    run.restart()
    run.finds([container])
    #expect(run.register() == nil, "the executor is waited for")
    Self.subscribe(&run, tasks: [task], updates: [Self.status(.running, 1), Self.status(.finished, 2)])
    let events = run.story.take().compactMap(\.executorEvent)
    #expect(events.count == 3, "\(events)")
    let said = run.register()
    #expect(said?.executors.map(\.id) == ["e"])
    let updates = run.drain()
    #expect(updates.map(\.state) == [.finished], "that it runs was told before")
    #expect(run.story.agent.held == Resources(["cpus": Scalar(1)]))
  }

  @Test func anExecutorThatDoesNotComeBackIsKilled() {
    var run = underExecutor()
    let container = run.container
    run.restart()
    run.finds([container])
    run.story.advance(.milliseconds(2001))
    run.settle()
    let effects = run.story.take()
    #expect(effects.contains(.kill(container, grace: .zero)))
    #expect(effects.contains(.connect), "nobody else is waited for")
    run.container(.exited(containerID: container, .signaled(9)))
    _ = run.register(isConnecting: true)
    let updates = run.drain()
    #expect(updates.map(\.state) == [.gone])
    #expect(updates.map(\.reason) == [.executorReregistrationTimeout])
  }

  @Test func anExecutorThatWasToEndIsToldSoAgainAndNotWaitedFor() {
    var run = underExecutor()
    let container = run.container
    run.tell(.shutdownExecutor("F", "e"))
    run.restart()
    run.finds([container])
    let effects = run.story.take()
    #expect(effects.contains { if case .kill(container, _) = $0 { true } else { false } })
    #expect(run.register() != nil)
  }

  @Test func anExecutorThatIsGoneIsNotWaitedFor() {
    var run = underExecutor()
    run.restart()
    run.finds([])
    #expect(run.register()?.executors.isEmpty == true)
    let updates = run.drain()
    #expect(updates.map(\.state) == [.failed])
    #expect(updates.map(\.reason) == [.executorTerminated])
  }

  @Test func aTaskThatTheExecutorWasNotSentIsSent() {
    var run = RestartStory()
    run.tell(.runTask(partitionAware, task))
    let container = run.container
    run.restart()
    run.finds([container])
    Self.subscribe(&run)
    let launched = run.story.take().compactMap(\.executorEvent).contains { event in
      if case .launch(let info) = event { info.id == "t" } else { false }
    }
    #expect(launched)
  }

  @Test func aTaskThatWasSentAndNeverArrivedIsDropped() {
    var run = RestartStory()
    run.tell(.runTask(partitionAware, task))
    let container = run.container
    Self.subscribe(&run)
    run.restart()
    run.finds([container])
    Self.subscribe(&run)
    _ = run.register()
    #expect(run.drain().map(\.state) == [.dropped])
  }

  @Test func aLateReportOnATaskThatHasEndedIsKnownAsThat() {
    var run = underExecutor()
    let container = run.container
    Self.call(&run, .update(Self.status(.finished, 2)))
    #expect(run.drain().map(\.state) == [.finished])
    run.restart()
    run.finds([container])
    Self.subscribe(&run, updates: [Self.status(.finished, 2)])
    _ = run.register()
    #expect(run.drain().isEmpty)
  }
}

private struct Unexpected: Error, CustomStringConvertible {
  let description: String
  init(_ effects: [AgentEffect]) { description = "\(effects)" }
}
