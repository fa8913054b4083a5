// Stories of custom executors: programs that connect to the agent and run tasks.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

/// An agent that was sent a task `t` under the executor `e` of framework `F`.
private struct ExecutorStory {
  var story = AgentStory.registered()
  var info = ExecutorInfo(
    id: "e", command: .shell("./run"), resources: Resources(["cpus": Scalar(1)]).allocated(to: "*"))
  let session = SessionID(50)
  var nextRequest: UInt64 = 100

  init(framework: FrameworkInfo = .test(), _ change: (inout ExecutorInfo) -> Void = { _ in }) {
    change(&info)
    story.tell(.runTask(framework, .custom("t", under: info)))
  }

  var container: String { story.sink.launches["e"] ?? "none" }

  mutating func call(
    _ kind: ExecutorCall.Kind, executor: ExecutorID = "e", framework: FrameworkID = "F",
    through: SessionID? = nil
  ) -> [AgentEffect] {
    let old = story.take()
    #expect(old.isEmpty || nextRequest == 100, "\(old)")
    nextRequest += 1
    story.give(
      .received(
        through ?? session, RequestID(nextRequest),
        .executorCall(ExecutorCall(frameworkID: framework, executorID: executor, kind), request: 5)))
    return story.take()
  }

  /// Opens a session and subscribes.
  mutating func subscribe(
    through other: SessionID? = nil, tasks: [TaskInfo] = [], updates: [TaskStatus] = []
  ) -> [AgentEffect] {
    story.give(.opened(other ?? session, Peer(.executor, address: "e")))
    return call(.subscribe(unacknowledgedTasks: tasks, unacknowledgedUpdates: updates), through: other)
  }

  mutating func update(_ state: TaskState, _ number: UInt64, task: TaskID = "t") -> [AgentEffect] {
    call(.update(status(state, number, task: task)))
  }

  func status(_ state: TaskState, _ number: UInt64, task: TaskID = "t") -> TaskStatus {
    TaskStatus(taskID: task, state: state, source: .executor, uuid: uuid(number))
  }

  func uuid(_ number: UInt64) -> UUID { UUID(random: 9, number) }

  mutating func ended(_ exit: ContainerExit) {
    story.give(.local(.container(.exited(containerID: container, exit))))
  }
}

@Suite struct ExecutorTests {
  fileprivate var world = ExecutorStory()

  @Test mutating func anEndBetweenARegistrationAndItsAnswerIsToldWithTheAnswer() {
    _ = world.subscribe()
    world.story.give(.closed(AgentStory.master, reason: "reset"))
    world.story.advance(.seconds(2))
    let second = SessionID(2)
    world.story.give(.opened(second, Peer(.master, address: "master:5060")))
    // The master hears of the executor, which ends before it answers.
    world.ended(.exited(3))
    _ = world.story.take()
    world.story.tell(
      .reregistered(AgentStory.id, pingTimeout: 0, reconcile: AgentReconciliation()), through: second)
    let exited = AgentMessage.exitedExecutor("S0", "F", "e", status: 3 << 8)
    #expect(world.story.take().filter { $0 == .send(.agentMessage(exited), to: second) }.count == 1)
    // The next master is not told: the agent does not name the executor to it.
    world.story.give(.closed(second, reason: "reset"))
    world.story.advance(.seconds(2))
    world.story.give(.opened(SessionID(3), Peer(.master, address: "master:5060")))
    world.story.tell(
      .reregistered(AgentStory.id, pingTimeout: 0, reconcile: AgentReconciliation()), through: SessionID(3))
    #expect(!world.story.take().contains { $0 == .send(.agentMessage(exited), to: SessionID(3)) })
  }

  @Test mutating func aMasterThatRefusedTheRegistrationIsNotOwedTheEndsMeanwhile() {
    world.story.give(.closed(AgentStory.master, reason: "reset"))
    for session in [SessionID(2), SessionID(3)] {
      world.story.advance(.minutes(1))
      world.story.give(.opened(session, Peer(.master, address: "master:5060")))
      if session == SessionID(2) {
        world.ended(.exited(3))
        world.story.give(
          .received(session, .none, .failed(CallError(.unavailable, "recovering"), request: 0)))
      }
      _ = world.story.take()
    }
    // It registered without the executor, so that this master does not know of it.
    world.story.tell(
      .reregistered(AgentStory.id, pingTimeout: 0, reconcile: AgentReconciliation()), through: SessionID(3))
    let ends = world.story.takeSent().filter { if case .exitedExecutor = $0 { true } else { false } }
    #expect(ends.isEmpty)
  }

  @Test mutating func anEndIsToldAlsoIfTheMasterAnswersTheReregistrationAsItDidAtFirst() {
    world.story.tell(.ping(isConnected: false))
    world.ended(.exited(3))
    _ = world.story.take()
    // The answer to a REGISTER that was repeated, which took its time.
    world.story.tell(.registered(AgentStory.id, pingTimeout: 0))
    #expect(world.story.takeSent().contains(.exitedExecutor("S0", "F", "e", status: 3 << 8)))
  }

  @Test mutating func aReportThatComesAfterTheAcknowledgedEndIsNotPassedOn() {
    world.story.give(.local(.container(.started(containerID: world.container, pid: 1))))
    _ = world.story.take()
    _ = world.subscribe()
    for (state, number) in [(TaskState.running, 1), (.finished, 2)] as [(TaskState, UInt64)] {
      _ = world.update(state, number)
      world.story.tell(.acknowledge("F", "t", world.uuid(number)))
      _ = world.story.take()
    }
    // One that was overtaken on its way: the executor hears that it has arrived, and nobody else of it.
    let effects = world.update(.running, 3)
    #expect(!effects.contains { if case .send(.agentMessage, to: _) = $0 { true } else { false } })
    #expect(effects.contains(.send(.executorEvent(.acknowledged("t", world.uuid(3))), to: world.session)))
  }

  @Test mutating func theFirstTaskLaunchesTheExecutorSoThatItFindsItsAgent() throws {
    let effects = world.story.take()
    #expect(effects.count == 1)
    let launch = try #require(effects.first?.launch)
    let sandbox = "/srv/slaves/S0/frameworks/F/executors/e/runs/\(launch.containerID)"
    #expect(launch.program == .shell("./run") && launch.sandbox == sandbox)
    let environment = Dictionary(uniqueKeysWithValues: launch.environment.map { ($0.name, $0.value) })
    #expect(
      environment == [
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "MESOS_SANDBOX": sandbox,
        "MESOS_DIRECTORY": sandbox, "MESOS_AGENT_ID": "S0", "MESOS_FRAMEWORK_ID": "F",
        "MESOS_EXECUTOR_ID": "e",
        "MESOS_CONTAINER_ID": launch.containerID, "MESOS_AGENT_ENDPOINT": "machine:5051",
        "MESOS_SLAVE_ID": "S0",
        "MESOS_SLAVE_PID": "slave(1)@machine:5051", "MESOS_CHECKPOINT": "0",
        "MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD": "5secs", "MESOS_SUBSCRIPTION_BACKOFF_MAX": "2secs",
        "MESETA_AGENT": "machine:5061", "MESOS_HTTP_COMMAND_EXECUTOR": "0", "LIBPROCESS_PORT": "0",
      ])
  }

  @Test mutating func tasksWaitUntilTheExecutorSubscribes() {
    world.story.tell(.runTask(.test(), .custom("u", under: world.info)))
    _ = world.story.take()
    let effects = world.subscribe()
    #expect(effects.first == .respond(RequestID(101), .accepted))
    let events = effects.compactMap(\.executorEvent)
    guard case .subscribed(let info, let framework, let agent, let container) = events.first else {
      return #expect(Bool(false), "\(events)")
    }
    #expect(info.id == "e" && info.frameworkID == "F" && framework.id == "F" && agent.id == "S0")
    #expect(container == .root(world.container))
    #expect(
      events.dropFirst() == [
        .launch(.custom("t", under: world.info)), .launch(.custom("u", under: world.info)),
      ])
    world.story.tell(.runTask(.test(), .custom("v", under: world.info)))
    #expect(
      world.story.take() == [
        .send(.executorEvent(.launch(.custom("v", under: world.info))), to: world.session)
      ])
  }

  @Test mutating func updatesAreForwardedAndAcknowledgedToTheExecutor() {
    _ = world.subscribe()
    let effects = world.update(.running, 1)
    #expect(effects.count == 3)
    #expect(effects.first?.update?.state == .running)
    #expect(effects[1] == .respond(RequestID(102), .accepted))
    #expect(effects[2].executorEvent == .acknowledged("t", world.uuid(1)))
    let status = effects.first?.update
    #expect(
      status?.agentID == "S0" && status?.executorID == "e" && status?.containerID == .root(world.container))
    #expect(status?.timestamp == 1000 && status?.source == .executor)
    // The executor hears at once that its next update was taken, although the framework is not there yet.
    #expect(world.update(.finished, 2).compactMap(\.executorEvent) == [.acknowledged("t", world.uuid(2))])
    // Sent again, it is acknowledged again and forwarded once.
    #expect(world.update(.finished, 2).compactMap(\.executorEvent) == [.acknowledged("t", world.uuid(2))])
    world.story.tell(.acknowledge("F", "t", world.uuid(1)))
    #expect(world.story.takeUpdates().map(\.uuid) == [world.uuid(2)])
    world.story.tell(.acknowledge("F", "t", world.uuid(2)))
    #expect(world.story.take().isEmpty)
  }

  @Test mutating func anExecutorThatHasNotSubscribedMayNotCall() {
    world.story.give(.opened(world.session, Peer(.executor, address: "e")))
    #expect(world.update(.running, 1).first?.error?.code == .forbidden)
    #expect(world.call(.message([1])).first?.error?.code == .forbidden)
    #expect(world.call(.heartbeat) == [.respond(RequestID(103), .accepted)])
    let unknown = world.call(.subscribe(unacknowledgedTasks: [], unacknowledgedUpdates: []), executor: "nope")
    #expect(unknown.first?.error?.code == .badRequest)
    #expect(unknown.first?.error?.message.contains("Executor cannot be found") == true)
    let stranger = world.call(
      .subscribe(unacknowledgedTasks: [], unacknowledgedUpdates: []), framework: "nope")
    #expect(stranger.first?.error?.message.contains("Framework cannot be found") == true)
    #expect(world.call(.unknown(type: 9)).first?.error?.code == .notImplemented)
  }

  @Test(
    arguments: [
      (TaskStatus(taskID: "t", state: .running, source: .executor), "'uuid'"),
      (
        TaskStatus(taskID: "t", state: .running, source: .executor, uuid: UUID(high: .max, low: .max)), "UUID"
      ),
      (
        TaskStatus(taskID: "t", state: .running, source: .master, uuid: UUID(random: 1, 1)), "SOURCE_EXECUTOR"
      ),
      (TaskStatus(taskID: "t", state: .running, uuid: UUID(random: 1, 1)), "SOURCE_EXECUTOR"),
      (
        TaskStatus(
          taskID: "t", state: .running, source: .executor, executorID: "zz", uuid: UUID(random: 1, 1)), "zz"
      ),
      (TaskStatus(taskID: "t", state: .staging, source: .executor, uuid: UUID(random: 1, 1)), "TASK_STAGING"),
      (TaskStatus(taskID: "c", state: .running, source: .executor, uuid: UUID(random: 1, 1)), "belongs to"),
    ])
  mutating func aStatusThatIsNotRightIsRefused(status: TaskStatus, text: String) {
    world.story.tell(.runTask(.test(), .command("c")))
    _ = world.story.take()
    _ = world.subscribe()
    let effects = world.call(.update(status))
    #expect(effects.count == 1)
    #expect(effects.first?.error?.code == .badRequest)
    #expect(effects.first?.error?.message.contains(text) == true, "\(effects)")
    #expect(world.update(.running, 1).first?.update?.state == .running)
  }

  @Test mutating func aTaskThatWasNeverSentIsReportedOnAllTheSame() {
    _ = world.subscribe()
    let effects = world.update(.running, 1, task: "nosuch")
    #expect(effects.compactMap(\.update?.taskID) == ["nosuch"])
    #expect(effects.compactMap(\.executorEvent) == [.acknowledged("nosuch", world.uuid(1))])
    world.story.tell(.acknowledge("F", "nosuch", world.uuid(1)))
    #expect(world.update(.finished, 2, task: "nosuch").compactMap(\.update?.state) == [.finished])
  }

  @Test mutating func messagesGoBothWays() {
    _ = world.subscribe()
    #expect(
      world.call(.message([1, 2])).first
        == .send(.agentMessage(.executorMessage("S0", "F", "e", data: [1, 2])), to: AgentStory.master))
    world.story.tell(.frameworkMessage("F", "e", data: [3]))
    world.story.tell(.frameworkMessage("F", "nobody", data: [3]))
    #expect(world.story.take() == [.send(.executorEvent(.message([3])), to: world.session)])
  }

  @Test mutating func messagesAndUpdatesAreCountedByWhetherTheyAreTaken() {
    func counts() -> [UInt64] {
      let metrics = world.story.agent.metrics
      return [
        metrics.validFrameworkMessages, metrics.invalidFrameworkMessages, metrics.validStatusUpdates,
        metrics.invalidStatusUpdates,
      ]
    }
    #expect(counts() == [0, 0, 0, 0])
    _ = world.subscribe()
    _ = world.call(.message([1]))
    world.story.tell(.frameworkMessage("F", "e", data: [2]))
    world.story.tell(.frameworkMessage("F", "nobody", data: [3]))
    #expect(counts() == [2, 1, 0, 0])
    _ = world.story.take()
    _ = world.update(.running, 1)
    // As in Mesos an update that comes again is no worse than the first.
    _ = world.update(.running, 1)
    #expect(counts() == [2, 1, 2, 0])
    world.story.tell(.runTask(.test(), .command("c")))
    #expect(counts() == [2, 1, 3, 0], "the agent reports that the command starts")
    _ = world.story.take()
    _ = world.update(.finished, 2, task: "c")
    #expect(counts() == [2, 1, 3, 1], "it is not the executor's")
    world.story.tell(.killTask("F", "nosuch", gracePeriod: nil))
    #expect(counts() == [2, 1, 4, 1], "what the agent reports by itself counts as well")
    world.story.tell(.shutdownFramework("F"))
    _ = world.story.take()
    _ = world.update(.killed, 3)
    #expect(counts() == [2, 1, 4, 2], "nobody wants to know")
    world.story.give(.closed(AgentStory.master, reason: "reset"))
    _ = world.story.take()
    _ = world.call(.message([4]))
    #expect(counts() == [2, 2, 4, 2], "there is no master to pass it on to")
  }

  // MARK: Kills

  @Test mutating func aKillIsPassedOnAndAQueuedTaskIsKilledHere() {
    world.story.tell(.killTask("F", "t", gracePeriod: nil))
    let queued = world.story.take().last?.update
    #expect(queued?.state == .killed && queued?.reason == .taskKilledDuringLaunch && queued?.source == .agent)
    world.story.tell(.runTask(.test(), .custom("u", under: world.info)))
    #expect(
      world.subscribe().compactMap(\.executorEvent).dropFirst() == [.launch(.custom("u", under: world.info))])
    world.story.tell(.killTask("F", "u", gracePeriod: 7))
    #expect(world.story.take() == [.send(.executorEvent(.kill("u", gracePeriod: 7)), to: world.session)])
  }

  @Test mutating func anExecutorWhoseTasksWereAllKilledBeforeItCameIsSentAway() {
    world.story.tell(.killTask("F", "t", gracePeriod: nil))
    _ = world.story.take()
    #expect(world.subscribe().compactMap(\.executorEvent) == [.shutdown])
    world.story.advance(.seconds(5))
    #expect(world.story.take().contains(.kill(world.container, grace: .zero)))
  }

  @Test mutating func aKillForAnExecutorThatIsAwayIsToldWhenItIsBack() {
    _ = world.subscribe()
    _ = world.update(.running, 1)
    world.story.give(.closed(world.session, reason: "reset"))
    world.story.tell(.killTask("F", "t", gracePeriod: 3))
    #expect(world.story.take().isEmpty)
    let events = world.subscribe(through: SessionID(51)).compactMap(\.executorEvent)
    #expect(events.last == .kill("t", gracePeriod: 3))
  }

  // MARK: Coming back

  @Test mutating func anExecutorThatComesBackRepeatsWhatWasNotAcknowledged() {
    _ = world.subscribe()
    world.story.give(.closed(world.session, reason: "reset"))
    let effects = world.subscribe(
      through: SessionID(51), tasks: [.custom("t", under: world.info)], updates: [world.status(.running, 1)])
    #expect(effects.compactMap(\.update?.state) == [.running])
    let events = effects.compactMap(\.executorEvent)
    // After SUBSCRIBED; and the task is not sent a second time.
    #expect(events.last == .acknowledged("t", world.uuid(1)))
    #expect(events.count == 2)
  }

  @Test mutating func aTaskThatWasLostOnTheWayIsReported() {
    _ = world.subscribe()
    world.story.give(.closed(world.session, reason: "reset"))
    let effects = world.subscribe(through: SessionID(51))
    let update = effects.compactMap(\.update).first
    #expect(update?.state == .lost && update?.reason == .agentRestarted && update?.source == .agent)
  }

  @Test mutating func tasksThatComeWhileTheExecutorIsAwayWaitForIt() {
    _ = world.subscribe()
    _ = world.update(.running, 1)
    world.story.give(.closed(world.session, reason: "reset"))
    world.story.tell(.runTask(.test(), .custom("u", under: world.info)))
    #expect(world.story.take().isEmpty)
    let events = world.subscribe(through: SessionID(51)).compactMap(\.executorEvent)
    #expect(events.last == .launch(.custom("u", under: world.info)))
  }

  @Test mutating func aSecondSubscriptionTakesThePlaceOfTheFirst() {
    _ = world.subscribe()
    _ = world.update(.running, 1)
    let effects = world.subscribe(through: SessionID(51))
    #expect(effects.contains(.close(world.session)))
    #expect(world.call(.message([1])).first?.error?.code == .unavailable)
  }

  // MARK: Ends

  @Test mutating func whenTheExecutorEndsItsTasksFail() {
    _ = world.subscribe()
    _ = world.update(.running, 1)
    world.story.tell(.runTask(.test(), .custom("u", under: world.info)))
    world.story.tell(.acknowledge("F", "t", world.uuid(1)))
    _ = world.story.take()
    world.ended(.exited(3))
    let effects = world.story.take()
    let updates = effects.compactMap(\.update)
    #expect(updates.map(\.taskID) == ["t", "u"])
    #expect(
      updates.allSatisfy { $0.state == .failed && $0.reason == .executorTerminated && $0.source == .agent })
    #expect(updates.first?.message == "Executor exited with status 3")
    #expect(
      effects.suffix(3) == [
        .close(world.session),
        .send(.agentMessage(.exitedExecutor("S0", "F", "e", status: 3 << 8)), to: AgentStory.master),
        .forget(world.container),
      ])
    // The next task gets a new executor, and all resources are there again.
    let all = Resources(["cpus": Scalar(3)])
    world.story.tell(.runTask(.test(), .custom("next", under: world.info, resources: all)))
    #expect(world.story.take().compactMap(\.launch).count == 1)
  }

  @Test mutating func anEndThatTheExecutorReportedStands() {
    _ = world.subscribe()
    _ = world.update(.finished, 1)
    world.ended(.exited(0))
    #expect(world.story.drainUpdates().isEmpty)
    world.story.advance(.seconds(10))
    #expect(world.story.takeUpdates().map(\.state) == [.finished])
  }

  @Test mutating func anExecutorThatCannotBeLaunchedFailsItsTasks() {
    _ = world.story.take()
    world.story.give(.local(.container(.launchFailed(containerID: world.container, reason: "no such file"))))
    let effects = world.story.take()
    #expect(
      effects.first?.update?.reason == .containerLaunchFailed && effects.first?.update?.state == .failed)
    #expect(
      effects.contains(
        .send(.agentMessage(.exitedExecutor("S0", "F", "e", status: -1)), to: AgentStory.master)))
  }

  @Test mutating func anExecutorThatDoesNotSubscribeInTimeIsKilled() {
    world.story.advance(.seconds(59))
    #expect(!world.story.take().contains(.kill(world.container, grace: .zero)))
    world.story.advance(.seconds(1))
    #expect(world.story.take().contains(.kill(world.container, grace: .zero)))
    #expect(world.subscribe().compactMap(\.executorEvent) == [.shutdown])
    world.ended(.signaled(9))
    let update = world.story.takeUpdates().first
    #expect(update?.state == .failed && update?.reason == .executorRegistrationTimeout)
  }

  @Test mutating func anExecutorThatSubscribedIsNotKilledByTheTimeout() {
    _ = world.subscribe()
    _ = world.update(.running, 1)
    world.story.tell(.acknowledge("F", "t", world.uuid(1)))
    world.story.advance(.seconds(70))
    #expect(world.story.take().isEmpty)
  }

  @Test mutating func anExecutorIsShutDownWithTheTimeItAskedFor() {
    world = ExecutorStory { $0.shutdownGracePeriod = Span.seconds(8).nanoseconds }
    _ = world.subscribe()
    world.story.tell(.shutdownExecutor("F", "e"))
    #expect(world.story.take() == [.send(.executorEvent(.shutdown), to: world.session)])
    world.story.tell(.runTask(.test("F", [.partitionAware]), .custom("u", under: world.info)))
    let update = world.story.takeUpdates().first
    #expect(update?.state == .lost && update?.reason == .executorTerminated)
    world.story.advance(.seconds(7))
    #expect(world.story.take().isEmpty)
    world.story.advance(.seconds(1))
    #expect(world.story.take() == [.kill(world.container, grace: .zero)])
  }

  @Test mutating func theExecutorsOfAFrameworkThatIsShutDownEndQuietly() {
    _ = world.subscribe()
    _ = world.update(.running, 1)
    world.story.tell(.shutdownFramework("F"))
    #expect(world.story.take() == [.send(.executorEvent(.shutdown), to: world.session)])
    #expect(world.update(.killed, 2) == [.respond(RequestID(103), .accepted), world.acknowledged(2)])
    world.ended(.exited(0))
    #expect(world.story.takeUpdates().isEmpty)
    world.story.advance(.seconds(30))
    #expect(world.story.take().isEmpty)
  }

  @Test mutating func aStoppingAgentTellsItsExecutors() {
    _ = world.subscribe()
    _ = world.update(.running, 1)
    world.story.give(.local(.stop))
    #expect(world.story.take() == [.send(.executorEvent(.shutdown), to: world.session)])
    world.ended(.exited(0))
    #expect(world.story.take().last == .exit)
  }

  @Test mutating func anAgentThatIsToldToStopTwiceDoesNotWaitForItsExecutors() {
    _ = world.subscribe()
    world.story.give(.local(.stop))
    _ = world.story.take()
    world.story.give(.local(.stop))
    #expect(world.story.take() == [.kill(world.container, grace: .zero)])
  }

  @Test mutating func aTaskThatMeetsItsExecutorsEndIsDropped() {
    var world = ExecutorStory(framework: .test("F", [.partitionAware]))
    world.ended(.exited(0))
    _ = world.story.drainUpdates()
    let task = TaskInfo.custom("u", under: world.info)
    world.story.tell(.runTask(.test("F", [.partitionAware]), task, launchesExecutor: false))
    let effects = world.story.take()
    #expect(effects.compactMap(\.agentMessage).count == 1 && effects.count == 1)
    let update = effects.compactMap(\.update).first
    #expect(update?.state == .dropped && update?.reason == .executorTerminated && update?.source == .agent)
    #expect(update?.message == "executor e of framework F has ended, and the master wants no new one")
  }

  @Test mutating func aTaskJoinsItsExecutorAlsoIfTheMasterDidNotKnowOfIt() {
    world.story.tell(.runTask(.test(), .custom("u", under: world.info), launchesExecutor: true))
    world.story.tell(.runTask(.test(), .custom("v", under: world.info), launchesExecutor: false))
    #expect(world.subscribe().compactMap(\.executorEvent).count == 4)
  }

  @Test(arguments: [true, false])
  func theMasterHearsOfAnExecutorThatIsNotLaunched(launchesExecutor: Bool) {
    var story = AgentStory.registered()
    let task = TaskInfo.custom("t", under: ExecutorInfo(id: "e", command: nil))
    story.tell(.runTask(.test(), task, launchesExecutor: launchesExecutor))
    let sent = story.takeSent()
    guard case .statusUpdate(let update) = sent.first else { return #expect(Bool(false), "\(sent)") }
    #expect(update.status.state.isTerminal)
    let exited = AgentMessage.exitedExecutor("S0", "F", "e", status: -1)
    #expect(Array(sent.dropFirst()) == (launchesExecutor ? [exited] : []))
  }

  @Test mutating func executorsThatTheMasterExpectsAndTheAgentDoesNotKnowAreReported() {
    _ = world.story.take()
    world.story.tell(.ping(isConnected: false))
    _ = world.story.take()
    let reconcile = AgentReconciliation(
      executors: [FrameworkExecutor("F", "e"), FrameworkExecutor("F", "x"), FrameworkExecutor("G", "e")])
    world.story.tell(.reregistered("S0", pingTimeout: 0, reconcile: reconcile))
    #expect(
      world.story.takeSent() == [
        .exitedExecutor("S0", "F", "x", status: -1), .exitedExecutor("S0", "G", "e", status: -1),
      ])
  }

  @Test mutating func anExecutorAndACommandCannotShareAnID() {
    world.story.tell(.runTask(.test(), .command("e")))
    let first = world.story.take().compactMap(\.update).last
    #expect(first?.taskID == "e" && first?.state == .lost && first?.reason == .taskInvalid)
    world.story.tell(.runTask(.test(), .command("c")))
    world.story.tell(
      .runTask(.test(), .custom("x", under: ExecutorInfo(id: "c", command: .shell("true")))))
    let second = world.story.take().compactMap(\.update).last
    #expect(second?.taskID == "x" && second?.state == .lost && second?.reason == .taskInvalid)
  }

  @Test mutating func theExecutorsOwnResourcesCountOnce() {
    // Of four cpus the executor holds one and its task one.
    world.story.tell(
      .runTask(.test(), .custom("u", under: world.info, resources: Resources(["cpus": Scalar(2)]))))
    world.story.tell(.runTask(.test(), .custom("v", under: world.info)))
    let update = world.story.take().compactMap(\.update).last
    #expect(update?.taskID == "v" && update?.reason == .resourcesUnknown)
  }
}

extension ExecutorStory {
  fileprivate func acknowledged(_ number: UInt64) -> AgentEffect {
    .send(.executorEvent(.acknowledged("t", uuid(number))), to: session)
  }
}
