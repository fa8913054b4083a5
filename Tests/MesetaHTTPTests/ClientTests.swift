import MesetaAgent
import MesetaFramework
import MesetaHTTP
import MesetaHost
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaService
import Testing

/// Schedulers and executors of Meseta that connect by HTTP, as they would to a master or an agent of Mesos.
@Suite(.timeLimit(.minutes(5))) struct ClientTests {
  @Test func aFrameworkThatIsRefusedIsToldWhy() async throws {
    try await withMaster { master in
      let framework = FrameworkService(
        BatchScheduler([]),
        framework: FrameworkInfo(user: "u", name: "n", roles: ["a//b"], capabilities: [.multiRole]),
        master: .http(master.server.address), logger: quietLogger)
      await #expect(throws: FrameworkFailure.self) { try await framework.run() }
    }
  }

  @Test func anExecutorRunsUnderAnAgentThatSpeaksHTTPAlone() async throws {
    try await withAgent { agent in
      let (framework, launch) = try await agent.launch("t")
      var environment = Dictionary(uniqueKeysWithValues: launch.environment.map { ($0.name, $0.value) })
      #expect(environment["MESETA_AGENT"] == nil)
      // It stops as soon as it has said everything, and that may take some time.
      environment["MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD"] = "10mins"
      let executor = ExecutorService(Finisher(), environment: environment, logger: quietLogger)
      async let ended: Void = executor.run()
      #expect(try await framework.event("MESSAGE")["message"]["data"].text == "ZG9uZQ==")
      #expect(try await framework.update(of: "t")["state"].text == "TASK_RUNNING")
      #expect(try await framework.update(of: "t")["state"].text == "TASK_FINISHED")
      try await ended
    }
  }

  @Test func anExecutorThatTheAgentDoesNotKnowEnds() async throws {
    try await withAgent { agent in
      let executor = ExecutorService(
        Finisher(),
        environment: [
          "MESOS_FRAMEWORK_ID": "f", "MESOS_EXECUTOR_ID": "e",
          "MESOS_AGENT_ENDPOINT": agent.server.address.description,
        ], logger: quietLogger)
      await #expect(throws: ExecutorFailure.self) { try await executor.run() }
    }
  }

  // MARK: The transport alone

  @Test func aMasterThatDoesNotLeadSendsItsClientsToTheOneThatDoes() async throws {
    try await withMaster { master in
      let follower = try await CannedServer.start(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: //\(master.server.address)/api/v1/scheduler\r\n"
          + "Content-Length: 0\r\n\r\n")
      let handler = SessionRecorder()
      HTTPConnector(follower.address, logger: quietLogger)
        .connect(ConnectRequest(.framework, name: "n", handler: handler))
      let link = try #require(await handler.link())
      link.send([
        .schedulerCall(SchedulerCall(frameworkID: nil, .subscribe(.init(Self.framework))), request: 7)
      ])
      #expect(await handler.next() == .accepted(request: 7))
      guard case .schedulerEvent(.subscribed(let id, _, _))? = await handler.next() else {
        return #expect(Bool(false), "it is not subscribed")
      }
      // Calls go to the one that leads, too, and their outcomes come back.
      link.send([.schedulerCall(SchedulerCall(frameworkID: id, .revive(roles: [])), request: 8)])
      // Heartbeats come by another connection.
      var answer = await handler.next()
      while answer == .schedulerEvent(.heartbeat) { answer = await handler.next() }
      #expect(answer == .accepted(request: 8))
      #expect(follower.answers == 1, "it is not asked again")
      link.close(reason: "done")
      await master.untilDisconnected(0)
      try await follower.stop()
    }
  }

  /// What a server may answer that is no stream of events, and how the session ends then.
  static let answers: [(answer: String, end: String)] = [
    ("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\n\r\nLater", "failed: Later"),
    ("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nNo", "failed: No"),
    ("HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\n\r\n", "failed: 418"),
    ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n", "answers with text/html"),
    (
      "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 9\r\n\r\nno digits",
      "not a stream of events"
    ),
    (
      "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 10\r\n\r\n999999999\n",
      "longer than the limit"
    ),
    (
      "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 5\r\n\r\n3\nabc",
      "an event cannot be read"
    ),
    (
      "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 3\r\n\r\n30\n",
      "ended within an event"
    ),
    (
      "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n",
      "the stream of events has ended"
    ),
    ("garbage\r\n\r\n", "/api/v1/scheduler: "),
  ]

  @Test(arguments: answers)
  func whatIsNoStreamOfEventsEndsTheSession(answer: String, end: String) async throws {
    let server = try await CannedServer.start(answer)
    let handler = SessionRecorder()
    HTTPConnector(server.address, logger: quietLogger)
      .connect(ConnectRequest(.framework, name: "n", handler: handler))
    let link = try #require(await handler.link())
    link.send([.schedulerCall(SchedulerCall(frameworkID: nil, .subscribe(.init(Self.framework))), request: 0)]
    )
    var heard = ""
    while let message = await handler.next() {
      if case .failed(let error, _) = message { heard += "failed: \(error)" }
    }
    heard += await handler.reason() ?? ""
    #expect(heard.contains(end), "\(heard)")
    try await server.stop()
  }

  @Test func whoIsNotThereEndsTheSession() async throws {
    // Nobody is given a port of that number.
    let address = HostPort(host: "127.0.0.1", port: 1)
    let handler = SessionRecorder()
    HTTPConnector(address, logger: quietLogger)
      .connect(ConnectRequest(.framework, name: "n", handler: handler))
    let link = try #require(await handler.link())
    link.send([.schedulerCall(SchedulerCall(frameworkID: nil, .subscribe(.init(Self.framework))), request: 0)]
    )
    #expect(await handler.next() == nil)
    #expect(await handler.reason()?.contains(address.description) == true)
  }

  @Test func aCallThatMesosDoesNotHaveIsNotMade() async throws {
    try await withMaster { master in
      let handler = SessionRecorder()
      HTTPConnector(master.server.address, logger: quietLogger)
        .connect(ConnectRequest(.framework, name: "n", handler: handler))
      let link = try #require(await handler.link())
      link.send([
        .schedulerCall(SchedulerCall(frameworkID: nil, .subscribe(.init(Self.framework))), request: 1)
      ])
      #expect(await handler.next() == .accepted(request: 1))
      link.send([.schedulerCall(SchedulerCall(frameworkID: "f", .withdraw("d")), request: 2)])
      while let message = await handler.next() {
        guard case .failed(let error, let request) = message else { continue }
        #expect(error.code == .notImplemented && request == 2)
        break
      }
      link.close(reason: "done")
    }
  }

  @Test func theAddressOfAMasterSaysWhatIsSpokenThere() throws {
    #expect(try MasterAddress(parsing: "a:1") == .native(HostPort(host: "a", port: 1)))
    #expect(try MasterAddress(parsing: "a") == .native(HostPort(host: "a", port: 5052)))
    #expect(try MasterAddress(parsing: "http://a/") == .http(HostPort(host: "a", port: 5050)))
    #expect(try MasterAddress(parsing: "http://a:8").description == "http://a:8")
    #expect(throws: (any Error).self) { try MasterAddress(parsing: "http://a:b") }
  }

  private static let framework = FrameworkInfo(
    user: "u", name: "n", roles: ["*"], capabilities: [.multiRole])
}

/// Finishes each task, and ends.
private struct Finisher: Executor {
  mutating func handle(_ input: ExecutorInput<Never>, _ agent: inout ExecutorCalls) {
    switch input {
    case .launch(let task):
      agent.message(Array("done".utf8))
      agent.update(task.id, .running)
      agent.update(task.id, .finished)
      agent.stop()
    case .shutdown: agent.stop()
    default: break
    }
  }
}
