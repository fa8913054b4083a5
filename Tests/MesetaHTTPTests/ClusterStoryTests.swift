import Foundation
import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaService
import MesetaWire
import Testing

/// Frameworks of raw requests on a cluster that runs real processes.
@Suite(.timeLimit(.minutes(5))) struct ClusterStoryTests {
  @Test func aFrameworkOfRawRequestsRunsTasks() async throws {
    try await withCluster { address in
      let framework = try await Subscription.open(at: address)
      let first = try await framework.offer()
      #expect(first["hostname"].text == "embedded0")
      #expect(first["framework_id"]["value"].text == framework.id)
      #expect(first["resources"][0]["role"].text == "*")
      #expect(first["allocation_info"]["role"].text == "*")

      // One that is killed.
      #expect(try await framework.launch("long", "sleep 1000", on: first).status == 202)
      #expect(
        try await framework.state(of: "long", after: ["TASK_STAGING", "TASK_STARTING"]) == "TASK_RUNNING")
      #expect(try await framework.call("KILL", #""kill": {"task_id": {"value": "long"}}"#).status == 202)
      #expect(try await framework.state(of: "long", after: ["TASK_KILLING"]) == "TASK_KILLED")

      // One that ends by itself.
      let second = try await framework.offer()
      #expect(try await framework.launch("short", "exit 3", on: second).status == 202)
      let running = ["TASK_STAGING", "TASK_STARTING", "TASK_RUNNING"]
      #expect(try await framework.state(of: "short", after: running) == "TASK_FAILED")

      // One that does not fit.
      let third = try await framework.offer()
      #expect(try await framework.launch("large", "true", on: third, cpus: 100).status == 202)
      let status = try await framework.update(of: "large")
      #expect(status["state"].text == "TASK_ERROR")
      #expect(status["reason"].text == "REASON_TASK_INVALID")
      #expect(status["source"].text == "SOURCE_MASTER")

      // One on an offer that is used.
      #expect(try await framework.launch("late", "true", on: first).status == 202)
      let late = try await framework.update(of: "late")
      #expect(late["state"].text == "TASK_LOST")
      #expect(late["reason"].text == "REASON_INVALID_OFFERS")
      #expect(try await framework.call("TEARDOWN").status == 202)
    }
  }

  @Test func aFrameworkFindsItsTaskAgainAfterAFailover() async throws {
    try await withCluster { address in
      let fields = #""roles": ["*"], "failover_timeout": 60"#
      let first = try await Subscription.open(at: address, fields)
      #expect(try await first.launch("t", "sleep 1000", on: try await first.offer()).status == 202)
      #expect(try await first.state(of: "t", after: ["TASK_STAGING", "TASK_STARTING"]) == "TASK_RUNNING")
      try await first.leave()
      let second = try await Subscription.open(at: address, fields, id: first.id)
      #expect(try await second.call("RECONCILE", #""reconcile": {"tasks": []}"#).status == 202)
      let status = try await second.update(of: "t")
      #expect(status["state"].text == "TASK_RUNNING")
      #expect(status["reason"].text == "REASON_RECONCILIATION")
      #expect(try await second.call("TEARDOWN").status == 202)
    }
  }

  @Test func aBatchRunsOverHTTP() async throws {
    try await withCluster { address in
      let small = try Resources(parsing: "cpus:0.1;mem:32")
      let jobs = (1...5).map { number in
        BatchJob(
          "job\(number)", .shell("exit 0"), resources: small, maxRetries: 0)
      }
      let framework = FrameworkService(
        BatchScheduler(jobs),
        framework: FrameworkInfo(
          user: NSUserName(), name: "batch", roles: ["*"], capabilities: [.multiRole, .partitionAware]),
        master: .http(address), logger: quietLogger)
      try await framework.run()
      #expect(await framework.frameworkID != nil)
    }
  }

  @Test func aFrameworkOfProtobufRunsATask() async throws {
    try await withCluster { address in
      let events = try await RawClient.connect(to: address)
      let info = FrameworkInfo(user: NSUserName(), name: "binary", roles: ["*"], capabilities: [.multiRole])
      try await events.send(post(SchedulerCall(frameworkID: nil, .subscribe(.init(info)))))
      let stream = try #require(try await events.head().fields["mesos-stream-id"])
      let calls = try await RawClient.connect(to: address)
      var decoder = MessageDecoder()
      var id: FrameworkID?
      var launched = false
      while let record = try await events.record() {
        var answer: SchedulerCall.Kind?
        switch try decoder.decodeValue(SchedulerEvent.self, from: record) {
        case .subscribed(let framework, _, _): id = framework
        case .offers(let offers) where !launched:
          let offer = try #require(offers.first)
          let task = TaskInfo(
            name: "t", id: "t", agentID: offer.agentID,
            resources: try Resources(parsing: "cpus:0.1;mem:32"), command: .shell("true"))
          answer = .accept(.init([offer.id], [Operation(.launch([task]))]))
          launched = true
        case .update(let status):
          if status.state == .finished { return }
          if let uuid = status.uuid, let agent = status.agentID {
            answer = .acknowledge(.init(agentID: agent, taskID: status.taskID, uuid: uuid))
          }
        default: break
        }
        guard let answer else { continue }
        try await calls.send(post(SchedulerCall(frameworkID: id, answer), ["Mesos-Stream-Id": stream]))
        #expect(try await calls.reply().status == 202)
      }
      Issue.record("the stream has ended before the task")
    }
  }
}

extension Subscription {
  func launch(_ task: String, _ command: String, on offer: JSONValue, cpus: Double = 0.1)
    async throws
    -> Reply
  {
    let agent = try #require(offer["agent_id"]["value"].text)
    let offerID = try #require(offer["id"]["value"].text)
    let launch = """
      {"task_infos": [{"name": "\(task)", "task_id": {"value": "\(task)"}, "agent_id": {"value": "\(agent)"}, \
      "command": {"value": "\(command)"}, "resources": [\
      {"name": "cpus", "type": "SCALAR", "scalar": {"value": \(cpus)}}, \
      {"name": "mem", "type": "SCALAR", "scalar": {"value": 32}}]}]}
      """
    return try await call(
      "ACCEPT",
      """
      "accept": {"offer_ids": [{"value": "\(offerID)"}], "filters": {"refuse_seconds": 0}, \
      "operations": [{"type": "LAUNCH", "launch": \(launch)}]}
      """)
  }

  /// The first state that a task is told to be in besides these.
  func state(of task: String, after states: [String]) async throws -> String? {
    while true {
      let state = try await update(of: task)["state"].text
      if let state, states.contains(state) { continue }
      return state
    }
  }
}
