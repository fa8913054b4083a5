// How an executor driver keeps its agent informed, and when it ends.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

/// Says that every task runs, and ends as it is told.
private struct Echo: Executor {
  enum Command: Hashable { case finish(TaskID) }
  var reports: [String] = []
  var heard: [ExecutorInput<Command>] = []
  var obeysShutdown = true

  mutating func handle(_ input: ExecutorInput<Command>, _ agent: inout ExecutorCalls) {
    heard.append(input)
    switch input {
    case .launch(let task):
      reports.append("start \(task.id)")
      agent.update(task.id, .running)
    case .launchGroup(let tasks): for task in tasks { agent.update(task.id, .running) }
    case .kill(let id, _): agent.update(id, .killed)
    case .command(.finish(let id)): agent.update(id, .finished)
    case .message(let data): agent.message(data.reversed())
    case .shutdown: if obeysShutdown { agent.stop() }
    default: break
    }
  }
}

/// An executor driver with a clock and a recorder around it.
private struct ExecutorStage {
  var driver: ExecutorDriver<Echo>
  var effects = Recorder<String>()
  var now = Instant.zero
  var session = SessionID(1)

  init(_ executor: Echo = Echo(), options: ExecutorOptions = ExecutorOptions()) {
    driver = ExecutorDriver(executor, frameworkID: "f1", executorID: "e1", options: options, seed: 7)
  }

  mutating func give(_ input: ExecutorDriver<Echo>.Input) {
    driver.handle(input, at: Time(monotonic: now, wall: 5_000_000_000), &effects)
  }
  mutating func event(_ event: ExecutorEvent) { give(.received(session, .none, .executorEvent(event))) }

  mutating func advance(_ span: Span) {
    let end = now + span
    while driver.nextWake <= end {
      now = max(now, driver.nextWake)
      give(.wake)
    }
    now = end
  }

  mutating func open() {
    session = SessionID(session.number + 1)
    give(.opened(session, Peer(.agent, address: "a:5051")))
  }

  mutating func welcome() {
    event(
      .subscribed(
        ExecutorInfo(id: "e1"), FrameworkInfo(name: "f"), AgentInfo(hostname: "a", resources: Resources()),
        containerID: nil))
  }

  mutating func subscribe() {
    advance(.seconds(2))
    open()
    welcome()
    effects.sent = []
  }

  mutating func takeCalls() -> [ExecutorCall.Kind] {
    defer { effects.sent = [] }
    return effects.sent.compactMap {
      if case .executorCall(let call, _) = $0.message { call.kind } else { nil }
    }
  }

  mutating func takeUpdates() -> [TaskStatus] {
    takeCalls().compactMap { if case .update(let status) = $0 { status } else { nil } }
  }
}

private func task(_ id: TaskID) -> TaskInfo {
  TaskInfo(name: id.value, id: id, agentID: "a1", resources: "cpus:1", command: .shell("true"))
}

@Suite struct ExecutorTests {
  @Test func anUpdateSaysWhoMadeItAndWhen() throws {
    var stage = ExecutorStage()
    stage.subscribe()
    stage.event(.launch(task("t1")))
    let update = try #require(stage.takeUpdates().first)
    #expect(update.state == .running && update.source == .executor && update.executorID == "e1")
    #expect(update.uuid != nil && update.timestamp == 5)
    #expect(stage.effects.reports == ["start t1"])
  }

  @Test func whatIsNotAcknowledgedIsToldAfterAReconnection() throws {
    var stage = ExecutorStage()
    stage.subscribe()
    stage.event(.launch(task("t1")))
    stage.event(.launch(task("t2")))
    let updates = stage.takeUpdates()
    stage.event(.acknowledged("t1", try #require(updates[0].uuid)))
    stage.give(.closed(stage.session, reason: "reset"))
    #expect(stage.effects.warnings == ["The agent is gone: reset"])
    stage.give(.local(.command(.finish("t1"))))
    #expect(stage.takeCalls().isEmpty)
    stage.advance(.seconds(2))
    stage.open()
    guard case .subscribe(let tasks, let again)? = stage.takeCalls().first else {
      Issue.record("no SUBSCRIBE")
      return
    }
    #expect(tasks == [task("t2")])
    #expect(again.map(\.taskID) == ["t2", "t1"])
    #expect(again.map(\.state) == [.running, .finished])
    stage.welcome()
    stage.event(.launch(task("t2")))
    #expect(stage.driver.executor.heard.count { $0 == .launch(task("t2")) } == 1, "it is launched already")
  }

  @Test func whatIsLeftOfManyIsToldInItsOrder() throws {
    var stage = ExecutorStage()
    stage.subscribe()
    let ids = (0..<100).map { TaskID("t\($0)") }
    for id in ids { stage.event(.launch(task(id))) }
    for (number, update) in stage.takeUpdates().enumerated() where number % 3 != 0 {
      stage.event(.acknowledged(update.taskID, try #require(update.uuid)))
    }
    stage.give(.closed(stage.session, reason: "reset"))
    stage.advance(.seconds(2))
    stage.open()
    guard case .subscribe(let tasks, let again)? = stage.takeCalls().first else {
      Issue.record("no SUBSCRIBE")
      return
    }
    let left = ids.indices.filter { $0 % 3 == 0 }.map { ids[$0] }
    #expect(tasks.map(\.id) == left)
    #expect(again.map(\.taskID) == left)
  }

  @Test func aKillAndAMessageReachTheExecutor() {
    var stage = ExecutorStage()
    stage.subscribe()
    stage.event(.launchGroup([task("t1")]))
    _ = stage.takeCalls()
    stage.event(.kill("t1", gracePeriod: 1_000_000_000))
    #expect(stage.driver.executor.heard.last == .kill("t1", grace: .seconds(1)))
    #expect(stage.takeUpdates().map(\.state) == [.killed])
    stage.event(.message([1, 2]))
    #expect(stage.takeCalls() == [.message([2, 1])])
  }

  @Test func itEndsWhenItsLastReportIsAcknowledged() throws {
    var stage = ExecutorStage()
    stage.subscribe()
    stage.event(.launch(task("t1")))
    let uuid = try #require(stage.takeUpdates().first?.uuid)
    stage.event(.shutdown)
    #expect(stage.effects.executorFinishes.isEmpty)
    stage.event(.acknowledged("t1", uuid))
    #expect(stage.effects.executorFinishes == [.stopped])
    #expect(stage.effects.closed.map(\.session) == [stage.session])
  }

  @Test func anExecutorThatDoesNotShutDownIsNotWaitedFor() {
    var stage = ExecutorStage(Echo(obeysShutdown: false))
    stage.subscribe()
    stage.event(.shutdown)
    stage.advance(.seconds(4))
    #expect(stage.effects.executorFinishes.isEmpty)
    stage.advance(.seconds(1))
    #expect(stage.effects.executorFinishes == [.stopped])
  }

  @Test func itEndsWhenTheAgentIsAwayForTooLong() {
    var stage = ExecutorStage()
    stage.subscribe()
    stage.give(.closed(stage.session, reason: "reset"))
    for _ in 0..<890 {
      stage.advance(.seconds(1))
      stage.give(.connectFailed(reason: "refused"))
    }
    #expect(stage.effects.executorFinishes.isEmpty)
    stage.advance(.seconds(20))
    #expect(stage.driver.executor.heard.last == .shutdown)
    #expect(stage.effects.executorFinishes == [.stopped])
  }

  @Test func withoutCheckpointsItDoesNotOutliveItsAgent() {
    var options = ExecutorOptions()
    options.recoveryTimeout = nil
    var stage = ExecutorStage(options: options)
    stage.subscribe()
    stage.give(.closed(stage.session, reason: "reset"))
    #expect(stage.effects.executorFinishes == [.stopped])
  }

  @Test func anErrorEndsIt() {
    var stage = ExecutorStage()
    stage.subscribe()
    stage.event(.error("unknown executor"))
    #expect(stage.effects.executorFinishes == [.failed("unknown executor")])
  }

  @Test func itSendsHeartbeats() {
    var stage = ExecutorStage()
    stage.subscribe()
    stage.advance(.seconds(45))
    #expect(stage.effects.sent.map(\.message) == [.heartbeat, .heartbeat, .heartbeat])
  }

  @Test func theEnvironmentIsRead() throws {
    let environment = try ExecutorEnvironment(from: [
      "MESOS_FRAMEWORK_ID": "f", "MESOS_EXECUTOR_ID": "e", "MESOS_AGENT_ENDPOINT": "10.0.0.1:5051",
      "MESOS_SANDBOX": "/sandbox", "MESOS_CHECKPOINT": "1", "MESOS_RECOVERY_TIMEOUT": "2mins",
      "MESOS_SUBSCRIPTION_BACKOFF_MAX": "250ms", "MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD": "1.5secs",
    ])
    #expect(environment.agentEndpoint == "10.0.0.1:5051" && environment.sandbox == "/sandbox")
    let options = ExecutorOptions(environment)
    #expect(options.recoveryTimeout == .minutes(2))
    #expect(options.reconnectBackoff.most == .milliseconds(125))
    #expect(options.shutdownGracePeriod == .milliseconds(1500))
  }

  @Test(arguments: [
    (["MESOS_FRAMEWORK_ID": ""], "MESOS_FRAMEWORK_ID: \"\" is not the framework's id"),
    (
      ["MESOS_RECOVERY_TIMEOUT": "soon"],
      "MESOS_RECOVERY_TIMEOUT: \"soon\" is not a duration such as 15mins or 250ms"
    ),
  ])
  func aWrongVariableIsNamed(change: [String: String], description: String) {
    var variables = [
      "MESOS_FRAMEWORK_ID": "f", "MESOS_EXECUTOR_ID": "e", "MESOS_AGENT_ENDPOINT": "10.0.0.1:5051",
    ]
    variables.merge(change) { $1 }
    #expect {
      try ExecutorEnvironment(from: variables)
    } throws: { "\($0)" == description }
  }
}
