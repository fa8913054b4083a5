import MesetaHTTP
import MesetaHost
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

/// The operator API of a master.
@Suite(.timeLimit(.minutes(5))) struct OperatorTests {
  private func ask(_ call: String, _ fields: [String: String] = [:], of master: TestMaster) async throws
    -> Reply
  {
    try await master.ask(post(call, to: "/api/v1", fields))
  }

  /// Questions to an idle master, and how a real one answers them.
  static let idle: [(call: String, answer: String)] = [
    ("GET_HEALTH", #"{"type":"GET_HEALTH","get_health":{"healthy":true}}"#),
    ("GET_VERSION", #"{"type":"GET_VERSION","get_version":{"version_info":{"version":"1.11.0"}}}"#),
    (
      "GET_FLAGS",
      #"{"type":"GET_FLAGS","get_flags":{"flags":[{"name":"port","value":"5050"},{"name":"roles","value":"a\"b"}]}}"#
    ),
    ("GET_LOGGING_LEVEL", #"{"type":"GET_LOGGING_LEVEL","get_logging_level":{"level":0}}"#),
    ("GET_EXECUTORS", #"{"type":"GET_EXECUTORS","get_executors":{"executors":[]}}"#),
    ("GET_OPERATIONS", #"{"type":"GET_OPERATIONS","get_operations":{}}"#),
    (
      "GET_TASKS",
      #"{"type":"GET_TASKS","get_tasks":{"tasks":[],"completed_tasks":[],"unreachable_tasks":[]}}"#
    ),
    ("GET_AGENTS", #"{"type":"GET_AGENTS","get_agents":{"agents":[],"recovered_agents":[]}}"#),
    (
      "GET_FRAMEWORKS",
      #"{"type":"GET_FRAMEWORKS","get_frameworks":{"frameworks":[],"completed_frameworks":[]}}"#
    ),
    ("GET_ROLES", #"{"type":"GET_ROLES","get_roles":{}}"#),
    ("GET_WEIGHTS", #"{"type":"GET_WEIGHTS"}"#),
    ("GET_QUOTA", #"{"type":"GET_QUOTA","get_quota":{"status":{}}}"#),
    (
      "GET_MAINTENANCE_SCHEDULE",
      #"{"type":"GET_MAINTENANCE_SCHEDULE","get_maintenance_schedule":{"schedule":{}}}"#
    ),
    (
      "GET_MAINTENANCE_STATUS",
      #"{"type":"GET_MAINTENANCE_STATUS","get_maintenance_status":{"status":{}}}"#
    ),
    (
      "GET_STATE",
      #"{"type":"GET_STATE","get_state":{"get_tasks":{"tasks":[],"completed_tasks":[],"unreachable_tasks":[]},"#
        + #""get_executors":{"executors":[]},"get_frameworks":{"frameworks":[],"completed_frameworks":[]},"#
        + #""get_agents":{"agents":[],"recovered_agents":[]}}}"#
    ),
  ]

  @Test(arguments: idle)
  func anIdleMasterAnswersQuestions(call: String, answer: String) async throws {
    try await withMaster { master in
      let reply = try await ask(#"{"type": "\#(call)"}"#, of: master)
      #expect(reply.status == 200)
      #expect(reply.head.fields["content-type"] == "application/json")
      #expect(reply.text == answer)
    }
  }

  @Test func flagsAreOneObjectToo() async throws {
    try await withMaster { master in
      for path in ["/flags", "/master/flags"] {
        let reply = try await master.ask(get(path))
        #expect(reply.text == #"{"flags":{"port":"5050","roles":"a\"b"}}"#)
      }
    }
  }

  @Test func theMasterSaysWhoItIs() async throws {
    try await withMaster { master in
      let reply = try await ask(#"{"type": "GET_MASTER"}"#, of: master)
      let answer = try JSONValue(reply.body)["get_master"]
      #expect(answer.names == ["elected_time", "master_info", "start_time"])
      #expect(answer["master_info"]["pid"].text == "master@127.0.0.1:5050")
      #expect(answer["start_time"].number ?? 0 > 1_700_000_000)
    }
  }

  @Test func frameworksAreListed() async throws {
    try await withMaster { master in
      let framework = try await Subscription.open(at: master.server.address)
      let reply = try await ask(#"{"type": "GET_FRAMEWORKS"}"#, of: master)
      let listed = try JSONValue(reply.body)["get_frameworks"]["frameworks"][0]
      #expect(listed["framework_info"]["id"]["value"].text == framework.id)
      #expect(listed["framework_info"]["name"].text == "test")
    }
  }

  @Test func answersComeInProtobufToWhoWantsThem() async throws {
    try await withMaster { master in
      let reply = try await ask(
        #"{"type": "GET_HEALTH"}"#, ["Accept": "application/x-protobuf"], of: master)
      #expect(reply.head.fields["content-type"] == "application/x-protobuf")
      #expect(reply.body == [0x08, 0x01, 0x12, 0x02, 0x08, 0x01])
    }
  }

  @Test func whatIsSetIsAnsweredAfterwards() async throws {
    try await withMaster { master in
      let set = try await ask(
        #"{"type": "UPDATE_WEIGHTS", "update_weights": {"weight_infos": [{"role": "dev", "weight": 2.5}]}}"#,
        of: master)
      #expect(set.status == 200)
      #expect(set.text.isEmpty)
      #expect(
        try await ask(#"{"type": "GET_WEIGHTS"}"#, of: master).text
          == #"{"type":"GET_WEIGHTS","get_weights":{"weight_infos":[{"weight":2.5,"role":"dev"}]}}"#)
      let bad = try await ask(
        #"{"type": "UPDATE_WEIGHTS", "update_weights": {"weight_infos": [{"role": "dev", "weight": 0}]}}"#,
        of: master)
      #expect(bad.status == 400)
    }
  }

  @Test func aTeardownEndsAFramework() async throws {
    try await withMaster { master in
      let framework = try await Subscription.open(at: master.server.address)
      let reply = try await ask(
        #"{"type": "TEARDOWN", "teardown": {"framework_id": {"value": "\#(framework.id)"}}}"#, of: master)
      #expect(reply.status == 200)
      #expect(try await framework.event() == nil)
    }
  }

  @Test(arguments: ["GET_AGENTS", "GET_STATE"])
  func agentsThatAreNotBackAreRecovered(call: String) async throws {
    var registry = RegistryState(isComplete: true)
    registry.apply(.admitAgent(AgentInfo(hostname: "node1", resources: "cpus:1", id: "S1")))
    let master = try await TestMaster(recovered: registry)
    let answer = try JSONValue(try await ask(#"{"type": "\#(call)"}"#, of: master).body)
    let agents = call == "GET_STATE" ? answer["get_state"]["get_agents"] : answer["get_agents"]
    #expect(agents["agents"].count == 0)
    #expect(agents["recovered_agents"].count == 1)
    let recovered = agents["recovered_agents"][0]
    #expect(recovered["id"]["value"].text == "S1" && recovered["hostname"].text == "node1")
    #expect(recovered["resources"][0]["scalar"]["value"].number == 1)
    await master.stop()
  }

  @Test func aMasterHasNoFiles() async throws {
    try await withMaster { master in
      for path in ["browse", "read", "download"] {
        let bare = try await master.ask(get("/files/\(path)"))
        #expect(bare.status == 400 && bare.text == "Expecting 'path=value' in query.\n")
        let missing = try await master.ask(get("/files/\(path)?path=/master/log"))
        #expect(missing.status == 404 && missing.text.isEmpty)
      }
      #expect(try await master.ask(get("/files/debug")).text == "{}")
      for call in [
        #"{"type": "LIST_FILES", "list_files": {"path": "/slave/log"}}"#,
        #"{"type": "READ_FILE", "read_file": {"path": "/nope", "offset": 0}}"#,
      ] {
        let reply = try await ask(call, of: master)
        #expect(reply.status == 404 && reply.text.contains("ask the agent"))
      }
    }
  }

  @Test func theMachineOfTheMasterIsMeasured() async throws {
    try await withMaster { master in
      let reply = try await master.ask(get("/system/stats.json"))
      #expect(reply.head.fields["content-type"] == "application/json")
      let system = try JSONValue(reply.body)
      #expect(
        system.names == [
          "avg_load_15min", "avg_load_1min", "avg_load_5min", "cpus_total", "mem_free_bytes",
          "mem_total_bytes",
        ])
      #expect(system["cpus_total"].number ?? 0 >= 1)
      #expect(system["mem_total_bytes"].number ?? 0 > system["mem_free_bytes"].number ?? .infinity)
    }
  }

  static let bad: [BadRequest] = [
    BadRequest(name: "an empty body", body: "", text: "Failed to parse body into JSON: "),
    BadRequest(name: "half of an object", body: #"{"type":"GET"#, text: "Failed to parse body into JSON: "),
    BadRequest(
      name: "a list", body: "[]", text: "Failed to convert JSON into Call protobuf: Expecting a JSON object"),
    BadRequest(
      name: "no type", body: "{}", text: "Failed to validate master::Call: Expecting 'type' to be present"),
    BadRequest(
      name: "a type that nobody knows", body: #"{"type": "FOO"}"#,
      text: "Failed to validate master::Call: Expecting 'type' to be present"),
    BadRequest(
      name: "a type that is a number", body: #"{"type": 1}"#,
      text: "Failed to convert JSON into Call protobuf: type is a number"),
    BadRequest(
      name: "no Content-Type", body: "{}", fields: ["Content-Type": ""],
      text: "Expecting 'Content-Type' to be present"),
    BadRequest(
      name: "plain text", body: "{}", fields: ["Content-Type": "text/plain"], status: 415,
      text: "Expecting 'Content-Type' of application/json or application/x-protobuf"),
    BadRequest(
      name: "JSON that is called protobuf", body: #"{"type": "GET_HEALTH"}"#,
      fields: ["Content-Type": "application/x-protobuf"], text: "Failed to parse body into Call protobuf"),
    BadRequest(
      name: "only HTML wanted", body: #"{"type": "GET_HEALTH"}"#, fields: ["Accept": "text/html"],
      status: 406,
      text: "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'"),
    BadRequest(
      name: "metrics without their message", body: #"{"type": "GET_METRICS"}"#,
      text: "Failed to validate master::Call: Expecting 'get_metrics' to be present"),
    BadRequest(
      name: "a teardown of nothing", body: #"{"type": "TEARDOWN"}"#,
      text: "Failed to validate master::Call: Expecting 'teardown' to be present"),
  ]

  @Test(arguments: bad)
  func whatIsWrongWithARequestIsSaid(bad: BadRequest) async throws {
    try await withMaster { master in
      let reply = try await ask(bad.body, bad.fields, of: master)
      #expect(reply.status == bad.status)
      #expect(reply.text.hasPrefix(bad.text), "\(reply.text)")
    }
  }

  @Test func aCallThatChangesSomethingIsNoQuestion() async throws {
    try await withMaster { master in
      let copy = await master.host.withMaster { $0 }
      let outcome = copy.answer(
        .updateWeights([]), for: Peer(.operator, address: "here"), at: HostClock.now())
      guard case .failed = outcome else {
        Issue.record("it was carried out")
        return
      }
    }
  }
}
