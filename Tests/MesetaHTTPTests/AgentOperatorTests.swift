import MesetaAgent
import MesetaHTTP
import MesetaHost
import MesetaModel
import MesetaProtocol
import MesetaWire
import Testing

/// What operators ask of an agent.
@Suite(.timeLimit(.minutes(5))) struct AgentOperatorTests {
  private func ask(_ type: String, _ message: String = "", of agent: TestAgent) async throws -> JSONValue {
    let body = #"{"type": "\#(type)"\#(message.isEmpty ? "" : ", " + message)}"#
    let reply = try await agent.ask(post(body, to: "/slave(1)/api/v1"))
    #expect(reply.status == 200, "\(reply.text)")
    let answer = try JSONValue(reply.body)
    #expect(answer["type"].text == type)
    return answer[type.lowercased()]
  }

  @Test func anIdleAgentAnswersAsMesosDoes() async throws {
    try await withAgent { agent in
      let client = try await agent.connect()
      for (type, answer) in [
        ("GET_HEALTH", #"{"type":"GET_HEALTH","get_health":{"healthy":true}}"#),
        ("GET_CONTAINERS", #"{"type":"GET_CONTAINERS"}"#),
        ("GET_RESOURCE_PROVIDERS", #"{"type":"GET_RESOURCE_PROVIDERS","get_resource_providers":{}}"#),
        (
          "GET_STATE",
          #"{"type":"GET_STATE","get_state":{"get_tasks":{"pending_tasks":[],"queued_tasks":[],"launched_tasks":[],"#
            + #""terminated_tasks":[],"completed_tasks":[]},"get_executors":{"executors":[],"completed_executors":[]},"#
            + #""get_frameworks":{"frameworks":[],"completed_frameworks":[]}}}"#
        ),
      ] {
        let reply = try await client.ask(post(#"{"type": "\#(type)"}"#, to: "/api/v1"))
        #expect(reply.status == 200)
        #expect(reply.text == answer)
        #expect(reply.head.fields["content-type"] == "application/json")
      }
      let flags = try await ask("GET_FLAGS", of: agent)
      #expect(flags["flags"][0]["name"].text == "work_dir" && flags["flags"][0]["value"].text == "/srv")
      #expect(try await ask("GET_VERSION", of: agent)["version_info"]["version"].text == Version.mesos)
      let info = try await ask("GET_AGENT", of: agent)["agent_info"]
      #expect(info["hostname"].text == "machine")
      #expect(!info["resources"][0]["role"].exists)
    }
  }

  @Test func whatIsOnAnAgentIsTold() async throws {
    try await withAgent { agent in
      let (framework, launch) = try await agent.launch("t")
      #expect(try await ask("GET_TASKS", of: agent)["queued_tasks"][0]["task_id"]["value"].text == "t")
      let executor = try await TestExecutor.subscribe(in: launch)
      _ = try await executor.event("SUBSCRIBED")
      _ = try await executor.event("LAUNCH")
      #expect(
        try await executor.update("t", "TASK_RUNNING", uuid: "uwxwAQ6fRQqOCNtf/Z/yAw==").status == 202)
      let state = try await ask("GET_STATE", of: agent)
      let task = state["get_tasks"]["launched_tasks"][0]
      #expect(task["task_id"]["value"].text == "t")
      #expect(task["state"].text == "TASK_RUNNING")
      #expect(task["framework_id"]["value"].text == framework.id)
      #expect(state["get_tasks"]["queued_tasks"].count == 0)
      #expect(
        state["get_executors"]["executors"][0]["executor_info"]["executor_id"]["value"].text == "e")
      #expect(state["get_frameworks"]["frameworks"][0]["framework_info"]["id"]["value"].text == framework.id)
      #expect(try await ask("GET_EXECUTORS", of: agent)["executors"].count == 1)
      #expect(try await ask("GET_FRAMEWORKS", of: agent)["frameworks"].count == 1)
      #expect(!(try await ask("GET_OPERATIONS", of: agent)["operations"].exists))

      let container = try await ask("GET_CONTAINERS", of: agent)["containers"][0]
      #expect(container["container_id"]["value"].text == launch.containerID)
      #expect(container["executor_id"]["value"].text == "e")
      #expect(container["resource_statistics"]["cpus_limit"].number == 0.3)
      #expect(container["resource_statistics"]["mem_limit_bytes"].number == 67_108_864)
      #expect(container["resource_statistics"]["mem_rss_bytes"].number == 4096)
      #expect(container["resource_statistics"]["cpus_user_time_secs"].number == 1.5)

      agent.containers.end(launch.containerID, .exited(0))
      _ = try await framework.event("FAILURE")
      #expect(try await ask("GET_TASKS", of: agent)["terminated_tasks"][0]["state"].text == "TASK_FAILED")
    }
  }

  @Test func anAgentTellsWhatDashboardsAsk() async throws {
    try await withAgent { agent in
      let (framework, launch) = try await agent.launch("t")
      let executor = try await TestExecutor.subscribe(in: launch)
      _ = try await executor.event("SUBSCRIBED")
      let client = try await agent.connect()
      for path in ["/state", "/slave(1)/state"] {
        let state = try JSONValue(try await client.ask(get(path)).body)
        #expect(state["id"].text == launch["MESOS_SLAVE_ID"])
        #expect(state["pid"].text == launch["MESOS_SLAVE_PID"])
        #expect(state["hostname"].text == "machine" && state["master_hostname"].text == "master")
        #expect(state["resources"]["cpus"].number == 4)
        #expect(state["unreserved_resources_allocated"]["mem"].number == 64)
        #expect(state["flags"]["work_dir"].text == "/srv")
        let described = state["frameworks"][0]
        #expect(described["id"].text == framework.id && described["name"].text == "test")
        let ran = described["executors"][0]
        #expect(ran["id"].text == "e" && ran["container"].text == launch.containerID)
        #expect(ran["directory"].text == launch.sandbox)
        #expect(ran["tasks"][0]["id"].text == "t" && ran["tasks"][0]["state"].text == "TASK_STAGING")
        #expect(state["completed_frameworks"].count == 0)
      }
      let compressed = try await client.ask(get("/state", "Accept-Encoding: gzip"))
      #expect(compressed.head.fields["content-encoding"] == "gzip")
      #expect(compressed.body.starts(with: [0x1f, 0x8b]))
      let containers = try JSONValue(try await client.ask(get("/containers")).body)
      #expect(containers[0]["container_id"].text == launch.containerID)
      #expect(containers[0]["statistics"]["mem_rss_bytes"].number == 4096)
      let statistics = try JSONValue(try await client.ask(get("/monitor/statistics")).body)
      #expect(statistics[0]["executor_id"].text == "e")
      #expect(statistics[0]["statistics"]["cpus_limit"].number == 0.3)
    }
  }

  @Test func aPlainCommandHasAnExecutorAsInMesos() async throws {
    try await withAgent { agent in
      let framework = try await Subscription.open(at: agent.master.server.address, #""roles": ["*"]"#)
      #expect(try await framework.launch("t", "sleep 1000", on: try await framework.offer()).status == 202)
      let launch = try #require(await agent.containers.nextLaunch())
      func executors() async throws -> JSONValue { try await ask("GET_EXECUTORS", of: agent) }
      let name = "Command Executor (Task: t) (Command: sh -c 'sleep 1000')"
      let executor = try await executors()["executors"][0]["executor_info"]
      #expect(executor["executor_id"]["value"].text == "t" && executor["source"].text == "t")
      #expect(executor["framework_id"]["value"].text == framework.id && executor["name"].text == name)
      #expect(try await executors()["completed_executors"].count == 0)
      let state = try await ask("GET_STATE", of: agent)["get_executors"]["executors"]
      #expect(state.count == 1 && state[0]["executor_info"]["name"].text == name)
      let container = try JSONValue(try await agent.ask(get("/containers")).body)[0]
      #expect(container["executor_name"].text == name && container["source"].text == "t")
      let ran = try JSONValue(try await agent.ask(get("/state")).body)["frameworks"][0]["executors"][0]
      #expect(ran["id"].text == "t" && ran["name"].text == name && ran["source"].text == "t")

      agent.containers.end(launch.containerID, .exited(0))
      while !Task.isCancelled, try await executors()["completed_executors"].count == 0 { await Task.yield() }
      #expect(try await executors()["executors"].count == 0)
    }
  }

  @Test func whatHasEndedIsStillTold() async throws {
    try await withAgent { agent in
      let (framework, launch, executor) = try await agent.hand("t")
      let update = try await executor.update("t", "TASK_FINISHED", uuid: "uwxwAQ6fRQqOCNtf/Z/yAw==")
      #expect(update.status == 202)
      #expect(try await framework.state(of: "t", after: []) == "TASK_FINISHED")
      while !Task.isCancelled, try await ask("GET_TASKS", of: agent)["completed_tasks"].count == 0 {
        await Task.yield()
      }
      func state() async throws -> JSONValue { try JSONValue(try await agent.ask(get("/state")).body) }
      let running = try await state()["frameworks"][0]["executors"][0]
      #expect(running["completed_tasks"][0]["id"].text == "t" && running["tasks"].count == 0)

      agent.containers.end(launch.containerID, .exited(0))
      _ = try await framework.event("FAILURE")
      let over = try await state()["completed_frameworks"][0]
      #expect(over["id"].text == framework.id && over["executors"].count == 0)
      let run = over["completed_executors"][0]
      #expect(run["id"].text == "e" && run["container"].text == launch.containerID)
      #expect(run["directory"].text == launch.sandbox)
      #expect(run["completed_tasks"][0]["state"].text == "TASK_FINISHED")
      let told = try await ask("GET_STATE", of: agent)
      #expect(told["get_tasks"]["completed_tasks"][0]["task_id"]["value"].text == "t")
      let executors = told["get_executors"]
      #expect(executors["executors"].count == 0)
      #expect(executors["completed_executors"][0]["executor_info"]["executor_id"]["value"].text == "e")
      #expect(told["get_frameworks"]["completed_frameworks"].count == 1)
      let places = try JSONValue(try await agent.ask(get("/files/debug")).body)
      #expect(places.names == ["/frameworks/\(framework.id)/executors/e/runs/\(launch.containerID)"])
    }
  }

  @Test func anAgentIsMeasured() async throws {
    try await withAgent { agent in
      let (framework, launch) = try await agent.launch("t")
      let executor = try await TestExecutor.subscribe(in: launch)
      _ = try await executor.event("SUBSCRIBED")
      func metrics() async throws -> JSONValue {
        try JSONValue(try await agent.ask(get("/metrics/snapshot")).body)
      }
      let first = try await metrics()
      #expect(first["slave/registered"].number == 1)
      #expect(first["slave/tasks_staging"].number == 1)
      #expect(first["slave/executors_running"].number == 1)
      #expect(first["slave/cpus_total"].number == 4 && first["slave/mem_used"].number == 64)
      #expect(first["slave/mem_percent"].number == 0.0625)
      #expect(first["slave/tasks_finished"].number == 0)
      #expect(first["gc/path_removals_pending"].number == 0)
      #expect(first["slave/recovery_errors"].number == 0)
      #expect(first["slave/recovery_time_secs"].number ?? -1 >= 0)
      #expect(first["slave/valid_status_updates"].number == 0)
      #expect(first["slave/container_launch_errors"].number == 0)
      #expect(first["gc/path_removals_failed"].number == 0 && first["gc/path_removals_succeeded"].number == 0)
      _ = try await executor.event("LAUNCH")
      let reply = try await executor.update("t", "TASK_FINISHED", uuid: "uwxwAQ6fRQqOCNtf/Z/yAw==")
      #expect(reply.status == 202)
      agent.containers.end(launch.containerID, .exited(0))
      _ = try await framework.event("FAILURE")
      let last = try await metrics()
      #expect(last["slave/tasks_finished"].number == 1)
      #expect(last["slave/valid_status_updates"].number == 1)
      #expect(last["slave/invalid_status_updates"].number == 0)
      #expect(last["slave/valid_framework_messages"].number == 0)
      #expect(last["slave/invalid_framework_messages"].number == 0)
      #expect(last["slave/executors_terminated"].number == 1 && last["slave/executors_running"].number == 0)
      #expect(last["slave/cpus_used"].number == 0)
      let all = try await ask("GET_METRICS", #""get_metrics": {}"#, of: agent)["metrics"]
      #expect((0..<all.count).contains { all[$0]["name"].text == "slave/uptime_secs" })
      let text = try await agent.ask(get("/metrics")).text
      #expect(text.contains("mesos_slave_tasks_finished_total 1.0\n"))
    }
  }

  @Test func moreIsLoggedForAWhile() async throws {
    try await withAgent { agent in
      #expect(try await ask("GET_LOGGING_LEVEL", of: agent)["level"].number == 0)
      let set =
        #"{"type": "SET_LOGGING_LEVEL", "set_logging_level": {"level": 1, "duration": {"nanoseconds": 60000000000}}}"#
      #expect(try await agent.ask(post(set, to: "/api/v1")).status == 200)
      #expect(try await ask("GET_LOGGING_LEVEL", of: agent)["level"].number == 1)
      let level = try await agent.ask(get("/logging/toggle"))
      #expect(level.text == "1\n")
    }
  }

  @Test func filesAreListedReadAndDownloaded() async throws {
    try await withAgent { agent in
      let (framework, launch) = try await agent.launch("t")
      let sandbox = "/frameworks/\(framework.id)/executors/e/runs/latest"
      let files = try await ask("LIST_FILES", #""list_files": {"path": "\#(sandbox)"}"#, of: agent)
      #expect(files["file_infos"][0]["path"].text == "stdout")
      let file = try await ask(
        "READ_FILE", #""read_file": {"path": "\#(sandbox)/stdout", "offset": 2}"#, of: agent)
      #expect(file["data"].text == "bGxvICIK" && file["size"].number == 8)

      let list = try await agent.ask(get("/files/browse?path=\(sandbox)"))
      #expect(
        list.text
          == #"[{"gid":"staff","mode":"-rw-r--r--","mtime":5,"nlink":1,"path":"stdout","size":8,"uid":"me"}]"#
      )
      let encoded = sandbox.replacing("/", with: "%2F")
      #expect(try await agent.ask(get("/files/browse?path=\(encoded)")).text == list.text)
      let part = try await agent.ask(get("/files/read?path=\(sandbox)/stdout&offset=2&length=4"))
      #expect(part.text == #"{"data":"llo ","offset":2}"#)
      let length = try await agent.ask(get("/files/read?path=\(sandbox)/stdout"))
      #expect(length.text == #"{"data":"","offset":8}"#)
      let whole = try await agent.ask(get("/files/download?path=\(sandbox)/stdout"))
      #expect(whole.text == "hello \"\n")
      let long = try await agent.ask(get("/files/download?path=\(sandbox)/core"))
      #expect(long.body == (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 1000) })
      #expect(whole.head.fields["content-type"] == "application/octet-stream")
      #expect(whole.head.fields["content-disposition"] == #"attachment; filename="stdout""#)
      let places = try JSONValue(try await agent.ask(get("/files/debug")).body)
      #expect(places.names == ["/frameworks/\(framework.id)/executors/e/runs/\(launch.containerID)"])
      #expect(places[places.names[0]].text == launch.sandbox)
    }
  }

  @Test func whatIsWrongWithAQuestionAboutFilesIsSaid() async throws {
    try await withAgent { agent in
      let client = try await agent.connect()
      for path in ["browse", "read", "download"] {
        let bare = try await client.ask(get("/files/\(path)"))
        #expect(bare.status == 400 && bare.text == "Expecting 'path=value' in query.\n")
        #expect(try await client.ask(get("/files/\(path)?path=/nope")).status == 404)
      }
      let word = try await client.ask(get("/files/read?path=/nope&offset=x"))
      #expect(word.status == 400 && word.text.hasPrefix("Failed to parse offset: "))
      let negative = try await client.ask(get("/files/read?path=/nope&length=-2"))
      #expect(negative.status == 400 && negative.text == "Negative length provided: -2.\n")
      let missing = post(#"{"type": "LIST_FILES", "list_files": {"path": "/nope"}}"#, to: "/api/v1")
      #expect(try await client.ask(missing).status == 404)
    }
  }

  @Test func whatTheAgentCannotDoIsNotImplemented() async throws {
    try await withAgent { agent in
      let client = try await agent.connect()
      let container = #"{"container_id": {"value": "c"}}"#
      for (type, field) in [
        ("LAUNCH_CONTAINER", "launch_container"), ("WAIT_CONTAINER", "wait_container"),
        ("KILL_CONTAINER", "kill_container"), ("REMOVE_CONTAINER", "remove_container"),
        ("LAUNCH_NESTED_CONTAINER", "launch_nested_container"),
        ("WAIT_NESTED_CONTAINER", "wait_nested_container"),
        ("KILL_NESTED_CONTAINER", "kill_nested_container"),
        ("REMOVE_NESTED_CONTAINER", "remove_nested_container"),
        ("LAUNCH_NESTED_CONTAINER_SESSION", "launch_nested_container_session"),
        ("ATTACH_CONTAINER_OUTPUT", "attach_container_output"),
      ] {
        let reply = try await client.ask(
          post(#"{"type": "\#(type)", "\#(field)": \#(container)}"#, to: "/api/v1"))
        #expect(reply.status == 501)
        #expect(reply.text == "\(type) is not implemented")
        let bare = try await client.ask(post(#"{"type": "\#(type)"}"#, to: "/api/v1"))
        #expect(bare.status == 400)
        #expect(bare.text == "Failed to validate agent::Call: Expecting '\(field)' to be present")
      }
      #expect(try await client.ask(post(#"{"type": "PRUNE_IMAGES"}"#, to: "/api/v1")).status == 501)
      #expect(try await client.ask(post(#"{"type": "UNKNOWN"}"#, to: "/api/v1")).status == 501)
      let foo = try await client.ask(post(#"{"type": "FOO"}"#, to: "/api/v1"))
      #expect(foo.text == "Failed to validate agent::Call: Expecting 'type' to be present")
      #expect(try await client.ask(get("/api/v1/scheduler")).status == 405)
    }
  }

  @Test func answersComeInProtobufIfThatIsWanted() async throws {
    try await withAgent { agent in
      let (framework, _) = try await agent.launch("t")
      let call = AgentAPICall.files(
        .readFile(path: "/frameworks/\(framework.id)/executors/e/runs/latest/stdout", offset: 0, length: 5))
      var encoder = MessageEncoder()
      var body: [UInt8] = []
      encoder.encodeValue(call, into: &body)
      let client = try await agent.connect()
      let type = "application/x-protobuf"
      let head =
        "POST /api/v1 HTTP/1.1\r\nContent-Type: \(type)\r\nAccept: \(type)\r\nContent-Length: \(body.count)\r\n\r\n"
      try await client.send(Array(head.utf8) + body)
      let reply = try await client.reply()
      #expect(reply.head.fields["content-type"] == type)
      var decoder = MessageDecoder()
      guard
        case .files(.file(let size, let data)) = try decoder.decodeValue(
          AgentAPIResponse.self, from: reply.body)
      else { return #expect(Bool(false), "\(reply)") }
      #expect(size == 8 && data == Array("hello".utf8))
    }
  }
}
