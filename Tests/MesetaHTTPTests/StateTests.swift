import MesetaHTTP
import MesetaMaster
import MesetaModel
import MesetaProtocol
import Testing

/// What dashboards read: `/state` and its like.
@Suite(.timeLimit(.minutes(5))) struct StateTests {
  /// What an idle master answers, as a real one does.
  @Test(arguments: [
    ("/slaves", #"{"slaves":[],"recovered_slaves":[]}"#),
    ("/slaves?slave_id=nope", #"{"slaves":[],"recovered_slaves":[]}"#),
    ("/frameworks", #"{"frameworks":[],"completed_frameworks":[],"unregistered_frameworks":[]}"#),
    (
      "/frameworks?framework_id=nope",
      #"{"frameworks":[],"completed_frameworks":[],"unregistered_frameworks":[]}"#
    ),
    ("/tasks", #"{"tasks":[]}"#), ("/tasks?limit=1&offset=0&order=asc", #"{"tasks":[]}"#),
    ("/roles", #"{"roles":[]}"#), ("/weights", "[]"), ("/quota", "{}"), ("/maintenance/schedule", "{}"),
    ("/maintenance/status", "{}"),
    ("/state-summary", #"{"hostname":"localhost","slaves":[],"frameworks":[]}"#),
  ])
  func anIdleMasterHasNothingToTell(path: String, answer: String) async throws {
    try await withMaster { master in
      for prefix in ["", "/master"] {
        let reply = try await master.ask(get(prefix + path))
        #expect(reply.status == 200)
        #expect(reply.head.fields["content-type"] == "application/json")
        #expect(reply.text == answer)
      }
    }
  }

  @Test func theStateOfAnIdleMasterHasTheFieldsOfARealOne() async throws {
    try await withMaster { master in
      let state = try JSONValue(try await master.ask(get("/state")).body)
      #expect(
        state.names == [
          "activated_slaves", "build_date", "build_time", "build_user", "capabilities",
          "completed_frameworks", "deactivated_slaves", "elected_time", "flags", "frameworks", "hostname",
          "id",
          "leader", "leader_info", "meseta_version", "orphan_tasks", "pid", "recovered_slaves", "slaves",
          "start_time", "unreachable_slaves", "unregistered_frameworks", "version",
        ])
      #expect(state["version"].text == "1.11.0")
      #expect(state["flags"]["port"].text == "5050")
      #expect(state["activated_slaves"].number == 0)
      #expect(state["leader_info"].names == ["hostname", "id", "pid", "port"])
      #expect(state["start_time"].number ?? 0 > 1_700_000_000)
    }
  }

  @Test func aFunctionThatIsNamedGetsTheStateAsItsArgument() async throws {
    try await withMaster { master in
      let reply = try await master.ask(get("/tasks?jsonp=show", "Accept-Encoding: gzip"))
      #expect(reply.head.fields["content-type"] == "text/javascript")
      #expect(reply.text == #"show({"tasks":[]})"#)
      #expect(try await master.ask(get("/state?jsonp=a(b")).status == 400)
    }
  }

  /// As the captured state of a real master with a framework, a task that runs and one that has ended.
  @Test func whatRunsIsToldAsARealMasterTellsIt() async throws {
    try await withCluster { address in
      let framework = try await Subscription.open(at: address)
      #expect(try await framework.launch("long", "sleep 1000", on: try await framework.offer()).status == 202)
      let early = ["TASK_STAGING", "TASK_STARTING"]
      #expect(try await framework.state(of: "long", after: early) == "TASK_RUNNING")
      #expect(try await framework.launch("short", "true", on: try await framework.offer()).status == 202)
      #expect(try await framework.state(of: "short", after: early + ["TASK_RUNNING"]) == "TASK_FINISHED")

      let client = try await RawClient.connect(to: address)
      func ask(_ path: String) async throws -> JSONValue {
        try JSONValue(try await client.ask(get(path)).body)
      }
      let state = try await ask("/state")
      #expect(state["activated_slaves"].number == 1)
      let agent = state["slaves"][0]
      #expect(
        agent.names == [
          "active", "attributes", "capabilities", "deactivated", "hostname", "id", "offered_resources", "pid",
          "port", "registered_time", "reserved_resources", "resources", "unreserved_resources",
          "used_resources", "version",
        ])
      #expect(agent["resources"]["cpus"].number == 2 && agent["resources"]["gpus"].number == 0)
      #expect(agent["active"].flag == true && agent["deactivated"].flag == false)
      #expect(agent["pid"].text?.hasPrefix("slave(1)@") == true)

      let told = state["frameworks"][0]
      #expect(
        told.names == [
          "active", "capabilities", "checkpoint", "completed_tasks", "connected", "executors",
          "failover_timeout", "hostname", "id", "name", "offer_constraints", "offered_resources", "offers",
          "recovered", "registered_time", "resources", "roles", "tasks", "unreachable_tasks",
          "unregistered_time", "used_resources", "user", "webui_url",
        ])
      #expect(told["used_resources"]["cpus"].number == 0.1)
      #expect(told["capabilities"][0].text == "MULTI_ROLE")
      let task = told["tasks"][0]
      #expect(
        task.names == [
          "executor_id", "framework_id", "id", "name", "resources", "role", "slave_id", "state", "statuses",
        ])
      #expect(task["id"].text == "long" && task["executor_id"].text == "")
      #expect(task["state"].text == "TASK_RUNNING" && task["role"].text == "*")
      #expect(task["slave_id"].text == agent["id"].text)
      let status = task["statuses"][task["statuses"].count - 1]
      #expect(status["state"].text == "TASK_RUNNING")
      #expect(status["container_status"]["container_id"]["value"].exists)
      #expect(status["timestamp"].number ?? 0 > 1_700_000_000)

      let tasks = try await ask("/tasks?order=asc")["tasks"]
      #expect([tasks[0]["id"].text, tasks[1]["id"].text] == ["long", "short"])
      #expect(try await ask("/tasks?limit=1")["tasks"][0]["id"].text == "short")
      #expect(try await ask("/tasks?offset=1")["tasks"][0]["id"].text == "long")
      #expect(try await ask("/tasks?task_id=long")["tasks"].count == 1)
      #expect(try await ask("/tasks?framework_id=nobody")["tasks"].count == 0)
      let frameworks = try await ask("/frameworks?framework_id=\(framework.id)")["frameworks"]
      #expect(frameworks.count == 1 && frameworks[0]["id"].text == framework.id)

      let summary = try await ask("/state-summary")
      #expect(summary["slaves"][0]["TASK_RUNNING"].number == 1)
      #expect(summary["slaves"][0]["framework_ids"][0].text == framework.id)
      #expect(summary["frameworks"][0]["TASK_RUNNING"].number == 1)
      #expect(summary["frameworks"][0]["slave_ids"][0].text == agent["id"].text)

      let slaves = try await ask("/slaves?slave_id=\(agent["id"].text ?? "")")["slaves"]
      #expect(slaves[0]["used_resources_full"][0]["allocation_info"]["role"].text == "*")
      #expect(slaves[0]["unreserved_resources_full"][0]["role"].text == "*")
      #expect(slaves[0]["reserved_resources_full"].exists)
      let role = try await ask("/roles")["roles"][0]
      #expect(
        role.names == [
          "allocated", "frameworks", "name", "offered", "quota", "reserved", "resources", "weight",
        ])
      #expect(role["allocated"]["cpus"].number == 0.1 && role["frameworks"][0].text == framework.id)

      #expect(try await framework.call("TEARDOWN").status == 202)
      expectOver(try await ask("/frameworks")["completed_frameworks"][0], framework.id)
    }
  }

  private func expectOver(_ framework: JSONValue, _ id: String) {
    #expect(framework["id"].text == id && framework["active"].flag == false)
    #expect(framework["unregistered_time"].number ?? 0 > 1_700_000_000)
    #expect(framework["completed_tasks"].count == 2)
    #expect(framework["completed_tasks"][1]["state"].text == "TASK_KILLED")
  }

  @Test(arguments: ["/slaves", "/state"])
  func agentsThatAreNotBackAreRecovered(_ path: String) async throws {
    var registry = RegistryState(isComplete: true)
    registry.apply(.admitAgent(AgentInfo(hostname: "node1", resources: "cpus:1", id: "S1")))
    let master = try await TestMaster(recovered: registry)
    let reply = try await master.ask(get(path))
    #expect(reply.text.contains(#""recovered_slaves":[{"id":"S1","hostname":"node1","port":5051}]"#))
    await master.stop()
  }
}
