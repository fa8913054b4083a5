import MesetaAgent
import MesetaHTTP
import MesetaHost
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaWire
import Testing

/// Executors that speak HTTP, from their launch to their end.
@Suite(.timeLimit(.minutes(5))) struct ExecutorLifeTests {
  /// UUIDs as executors draw them, in base64.
  private let uuids = ["uwxwAQ6fRQqOCNtf/Z/yAw==", "diKlxY/CRLeddnARso8tgA==", "hdRu1iAtRxe5I1s0D1WDQg=="]

  @Test func anExecutorRunsATaskAndIsToldWhatItsFrameworkWants() async throws {
    try await withAgent { agent in
      let (framework, launch) = try await agent.launch("t")
      #expect(launch["MESOS_AGENT_ENDPOINT"] == agent.server.address.description)
      #expect(launch["MESOS_SLAVE_PID"] == "slave(1)@\(agent.server.address)")
      #expect(launch["MESOS_FRAMEWORK_ID"] == framework.id)
      #expect(launch["MESOS_HTTP_COMMAND_EXECUTOR"] == "0")
      let executor = try await TestExecutor.subscribe(in: launch)

      let subscribed = try await executor.event("SUBSCRIBED")
      #expect(subscribed["executor_info"]["executor_id"]["value"].text == "e")
      #expect(subscribed["executor_info"]["framework_id"]["value"].text == framework.id)
      #expect(subscribed["framework_info"]["id"]["value"].text == framework.id)
      #expect(subscribed["agent_info"]["id"]["value"].text == launch["MESOS_SLAVE_ID"])
      #expect(subscribed["agent_info"]["port"].number == Double(agent.server.address.port))
      #expect(subscribed["container_id"]["value"].text == launch.containerID)
      let task = try await executor.event("LAUNCH")["task"]
      #expect(task["task_id"]["value"].text == "t")
      // Executors are told of resources as Mesos tells them: without the field that reservations replaced.
      #expect(!task["resources"][0]["role"].exists)
      #expect(task["resources"][0]["allocation_info"]["role"].text == "*")

      #expect(
        try await executor.update("t", "TASK_RUNNING", uuid: uuids[0], #""data": "aGk=""#).status == 202)
      let acknowledged = try await executor.event("ACKNOWLEDGED")
      #expect(acknowledged["uuid"].text == uuids[0])
      #expect(acknowledged["task_id"]["value"].text == "t")
      let running = try await framework.update(of: "t")
      #expect(running["state"].text == "TASK_RUNNING")
      #expect(running["source"].text == "SOURCE_EXECUTOR")
      #expect(running["data"].text == "aGk=")
      #expect(running["executor_id"]["value"].text == "e")

      #expect(try await executor.call("MESSAGE", #""message": {"data": "eW8="}"#).status == 202)
      #expect(try await framework.event("MESSAGE")["message"]["data"].text == "eW8=")
      let place = #""agent_id": {"value": "\#(launch["MESOS_SLAVE_ID"])"}, "executor_id": {"value": "e"}"#
      #expect(try await framework.call("MESSAGE", #""message": {\#(place), "data": "aGV5"}"#).status == 202)
      #expect(try await executor.event("MESSAGE")["data"].text == "aGV5")

      let kill = #""kill": {"task_id": {"value": "t"}, "kill_policy": {"grace_period": {"nanoseconds": 5}}}"#
      #expect(try await framework.call("KILL", kill).status == 202)
      let killed = try await executor.event("KILL")
      #expect(killed["task_id"]["value"].text == "t")
      #expect(killed["kill_policy"]["grace_period"]["nanoseconds"].number == 5)
      #expect(try await executor.update("t", "TASK_KILLED", uuid: uuids[1]).status == 202)
      #expect(try await executor.event("ACKNOWLEDGED")["uuid"].text == uuids[1])
      #expect(try await framework.update(of: "t")["state"].text == "TASK_KILLED")

      #expect(try await framework.call("SHUTDOWN", #""shutdown": {\#(place)}"#).status == 202)
      #expect(try await executor.event("SHUTDOWN").exists == false)
      agent.containers.end(launch.containerID, .exited(0))
      #expect(try await executor.event() == nil)
      #expect(try await framework.event("FAILURE")["failure"]["executor_id"]["value"].text == "e")
    }
  }

  @Test func anExecutorComesBackAfterItsStreamBroke() async throws {
    try await withAgent { agent in
      let (framework, launch, first) = try await agent.hand("t")
      // It gets another task, and is gone before it has heard of that.
      try await first.leave()
      await agent.untilExecutorIsConnected(false)
      let place = #""agent_id": {"value": "\#(launch["MESOS_SLAVE_ID"])"}, "executor_id": {"value": "e"}"#
      #expect(try await framework.call("MESSAGE", #""message": {\#(place), "data": "aGV5"}"#).status == 202)
      let kill = #""kill": {"task_id": {"value": "t"}}"#
      #expect(try await framework.call("KILL", kill).status == 202)

      let status = TestExecutor.status("t", "TASK_RUNNING", uuid: uuids[0])
      let second = try await TestExecutor.subscribe(
        in: launch,
        #""unacknowledged_tasks": [], "unacknowledged_updates": [{"status": \#(status)}]"#)
      // What it is told first is that it is back.
      _ = try await second.event("SUBSCRIBED")
      #expect(try await second.event("ACKNOWLEDGED")["uuid"].text == uuids[0])
      #expect(try await second.event("KILL")["task_id"]["value"].text == "t")
      #expect(try await framework.update(of: "t")["state"].text == "TASK_RUNNING")
      #expect(try await second.update("t", "TASK_FINISHED", uuid: uuids[1]).status == 202)
      #expect(try await framework.update(of: "t")["state"].text == "TASK_FINISHED")
    }
  }

  @Test func aTaskThatTheExecutorNeverGotIsLost() async throws {
    try await withAgent { agent in
      let (framework, launch) = try await agent.launch("t")
      let first = try await TestExecutor.subscribe(in: launch)
      _ = try await first.event("SUBSCRIBED")
      try await first.leave()
      let second = try await TestExecutor.subscribe(in: launch)
      _ = try await second.event("SUBSCRIBED")
      let status = try await framework.update(of: "t")
      #expect(status["state"].text == "TASK_LOST")
      #expect(status["reason"].text == "REASON_AGENT_RESTARTED")
    }
  }

  @Test func aTaskThatTheExecutorHasKeepsItsState() async throws {
    try await withAgent { agent in
      let (framework, launch, first) = try await agent.hand("t")
      try await first.leave()
      let task = #"{"name": "t", "task_id": {"value": "t"}, "agent_id": {"value": "any"}}"#
      let second = try await TestExecutor.subscribe(in: launch, #""unacknowledged_tasks": [\#(task)]"#)
      _ = try await second.event("SUBSCRIBED")
      #expect(try await second.update("t", "TASK_RUNNING", uuid: uuids[0]).status == 202)
      #expect(try await framework.update(of: "t")["state"].text == "TASK_RUNNING")
    }
  }

  @Test func anUpdateIsTakenWhileThereIsNoStream() async throws {
    try await withAgent { agent in
      let (framework, _, first) = try await agent.hand("t")
      try await first.leave()
      await agent.untilExecutorIsConnected(false)
      #expect(try await first.update("t", "TASK_RUNNING", uuid: uuids[0]).status == 202)
      #expect(try await framework.update(of: "t")["state"].text == "TASK_RUNNING")
    }
  }

  @Test func aSecondSubscriptionEndsTheFirst() async throws {
    try await withAgent { agent in
      let (framework, launch, first) = try await agent.hand("t")
      let status = TestExecutor.status("t", "TASK_RUNNING", uuid: uuids[0])
      let second = try await TestExecutor.subscribe(
        in: launch, #""unacknowledged_updates": [{"status": \#(status)}]"#)
      #expect(try await first.event() == nil)
      _ = try await second.event("SUBSCRIBED")
      _ = try await second.event("ACKNOWLEDGED")
      // Its calls belong to the stream that is there now, whatever connection they come by.
      #expect(try await first.update("t", "TASK_FINISHED", uuid: uuids[1]).status == 202)
      #expect(try await second.event("ACKNOWLEDGED")["uuid"].text == uuids[1])
      #expect(try await framework.update(of: "t")["state"].text == "TASK_RUNNING")
    }
  }

  @Test func whoseTasksWereKilledBeforeItCameIsToldToEnd() async throws {
    try await withAgent { agent in
      let (framework, launch) = try await agent.launch("t")
      #expect(try await framework.call("KILL", #""kill": {"task_id": {"value": "t"}}"#).status == 202)
      #expect(try await framework.update(of: "t")["state"].text == "TASK_KILLED")
      let executor = try await TestExecutor.subscribe(in: launch)
      _ = try await executor.event("SHUTDOWN")
    }
  }

  @Test func executorsAreToldToEndWhenTheAgentDoes() async throws {
    try await withAgent { agent in
      let (_, launch, executor) = try await agent.hand("t")
      agent.host.drain()
      _ = try await executor.event("SHUTDOWN")
      agent.containers.end(launch.containerID, .exited(0))
      #expect(try await executor.event() == nil)
    }
  }

  @Test func aQuietStreamHasHeartbeats() async throws {
    var options = HTTPOptions()
    options.executorHeartbeatInterval = .milliseconds(10)
    try await withAgent(options: options) { agent in
      let (_, _, executor) = try await agent.hand("t")
      for _ in 0..<3 { #expect(try await executor.event("HEARTBEAT").exists == false) }
    }
  }

  @Test(arguments: [true, false])
  func theFormOfEventsIsNotThatOfCalls(callsAreJSON: Bool) async throws {
    try await withAgent { agent in
      let (framework, _) = try await agent.launch("t")
      let json = "application/json"
      let protobuf = "application/x-protobuf"
      func request(_ kind: ExecutorCall.Kind) throws -> [UInt8] {
        let call = ExecutorCall(frameworkID: FrameworkID(framework.id), executorID: "e", kind)
        var body: [UInt8] = []
        var encoder = MessageEncoder()
        if callsAreJSON {
          try encoder.withMessage(of: call) { message throws(WireError) in try appendJSON(message, to: &body)
          }
        } else {
          encoder.encodeValue(call, into: &body)
        }
        let head = """
          POST /api/v1/executor HTTP/1.1\r\nContent-Length: \(body.count)\r\n\
          Content-Type: \(callsAreJSON ? json : protobuf)\r\nAccept: \(callsAreJSON ? protobuf : json)\r\n\r\n
          """
        return Array(head.utf8) + body
      }
      let events = try await agent.connect()
      try await events.send(try request(.subscribe(unacknowledgedTasks: [], unacknowledgedUpdates: [])))
      #expect(try await events.head().fields["content-type"] == (callsAreJSON ? protobuf : json))
      for type in ["SUBSCRIBED", "LAUNCH"] {
        let record = try #require(try await events.record())
        if callsAreJSON {
          var decoder = MessageDecoder()
          switch try decoder.decodeValue(ExecutorEvent.self, from: record) {
          case .subscribed(let info, _, _, _): #expect(type == "SUBSCRIBED" && info.id == "e")
          case .launch(let task): #expect(type == "LAUNCH" && task.id == "t")
          case let other: Issue.record("\(other)")
          }
        } else {
          #expect(try JSONValue(record)["type"].text == type)
        }
      }
      var status = TaskStatus(taskID: "t", state: .running)
      status.source = .executor
      status.uuid = UUID(high: 0x1234_5678_9abc_4def, low: 0x8000_0000_0000_0001)
      let calls = try await agent.connect()
      try await calls.send(try request(.update(status)))
      #expect(try await calls.reply().status == 202)
      #expect(try await framework.update(of: "t")["state"].text == "TASK_RUNNING")
    }
  }
}

extension TestAgent {
  /// Waits until the agent sees its only executor so.
  func untilExecutorIsConnected(_ isConnected: Bool) async {
    while !Task.isCancelled, await host.withAgent({ $0.connectedExecutors }) != (isConnected ? 1 : 0) {
      await Task.yield()
    }
  }
}
